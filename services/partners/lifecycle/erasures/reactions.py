"""The reaction of partners to the erasure of a child: memberships of the child, and of contacts of
no other child, end, invitations for them are withdrawn, and their sign-ins, names and addresses are
forgotten."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.identity.accounts import actions as accounts
from services.partners.identity.invitations import actions as invitations
from services.partners.identity.memberships import actions as memberships
from shared.contracts.partners.erasure import ChildErased
from shared.contracts.students.erasure import StudentErased
from shared.core.clock import now
from shared.events.erasure import confirm
from shared.events.inbox import Reaction


async def erase(session: AsyncSession, erased: Sequence[StudentErased]) -> None:
    for event in erased:
        ended = await memberships.end_all_of(session, event.people, await now())
        ended += await invitations.withdraw_all_of(session, event.people)
        await session.flush()
        forgotten = await accounts.forget(session, event.people)
        await confirm(session, ChildErased, event, ended + forgotten)


REACTIONS = [Reaction(StudentErased, erase)]
