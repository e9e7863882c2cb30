"""What partners does when a child is erased: those who signed in as the child, or as a contact of
nobody else's, do so no more, and how they signed in is forgotten."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.identity.memberships import actions as memberships
from shared.contracts.partners.erasure import ChildErased
from shared.contracts.students.erasure import StudentErased
from shared.core.clock import now
from shared.events.erasure import confirm
from shared.events.inbox import Reaction

FORGET_SUBJECTS = text("""
    update account a set subject = 'erased:' || a.id
    where exists (select 1 from membership m
                  where m.account_id = a.id and m.person_id = any(:people))
      and not exists (select 1 from membership m
                      where m.account_id = a.id and m.status = 'live')
    returning 1
""")


async def erase(session: AsyncSession, erased: Sequence[StudentErased]) -> None:
    for event in erased:
        ended = await memberships.end_all_of(session, event.people, await now())
        await session.flush()
        forgotten = await session.execute(FORGET_SUBJECTS, {"people": event.people})
        await confirm(session, ChildErased, event, ended + len(forgotten.all()))


REACTIONS = [Reaction(StudentErased, erase)]
