"""The copy and the engagements follow the changes of programs and partners."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.participation.programs import actions
from shared.contracts.partners.partner import PartnerChanged, PartnerRegistered
from shared.contracts.partners.partnership import MemberLeft
from shared.contracts.partners.program import ProgramChanged, ProgramClosed, ProgramOpened
from shared.core.clock import today
from shared.events.inbox import Reaction


async def keep_programs(
    session: AsyncSession, programs: Sequence[ProgramOpened | ProgramChanged]
) -> None:
    await actions.keep_programs(session, programs, await today())


async def close_programs(session: AsyncSession, closed: Sequence[ProgramClosed]) -> None:
    for program in closed:
        await actions.close_program(session, program)


async def follow_leavers(session: AsyncSession, leavers: Sequence[MemberLeft]) -> None:
    for left in leavers:
        await actions.follow_leaver(session, left)


REACTIONS = [
    Reaction(PartnerRegistered, actions.keep_partners),
    Reaction(PartnerChanged, actions.keep_partners),
    Reaction(ProgramOpened, keep_programs),
    Reaction(ProgramChanged, keep_programs),
    Reaction(ProgramClosed, close_programs),
    Reaction(MemberLeft, follow_leavers),
]
