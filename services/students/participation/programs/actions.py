"""Keeping the copy of programs and partners, and changing the engagements that it affects."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.participation.engagements import actions as engagements
from services.students.participation.programs import queries
from services.students.participation.programs.records import (
    OfferedProgramRow,
    OfferingPartnerRow,
    offered_program,
    offering_partner,
)
from shared.contracts.partners.partner import PartnerChanged, PartnerRegistered
from shared.contracts.partners.partnership import MemberLeft
from shared.contracts.partners.program import ProgramChanged, ProgramClosed, ProgramOpened

DEFUNCT = "defunct"  # HSDS 3.0 service status
PROGRAM_CLOSED = "program-closed"
PARTNER_LEFT = "partner-left"


async def keep_partners(
    session: AsyncSession, partners: Sequence[PartnerRegistered | PartnerChanged]
) -> None:
    """Write the latest state of each partner into the copy."""
    latest = {partner.partner_id: partner for partner in partners}
    kept = insert(offering_partner)
    await session.execute(
        kept.on_conflict_do_update(
            index_elements=["partner_id"],
            set_={name: kept.excluded[name] for name in ("name", "kind", "status", "parent_id")},
        ),
        [
            partner.model_dump(include=set(OfferingPartnerRow.model_fields))
            for partner in latest.values()
        ],
    )


async def keep_programs(
    session: AsyncSession, programs: Sequence[ProgramOpened | ProgramChanged], today: date
) -> None:
    """Write the latest state of each program into the copy. New places go to the first students in
    line; where a program has fewer places now, its students keep theirs."""
    latest = {program.program_id: program for program in programs}
    fields = set(OfferedProgramRow.model_fields)
    kept = insert(offered_program)
    await session.execute(
        kept.on_conflict_do_update(
            index_elements=["program_id"],
            set_={name: kept.excluded[name] for name in fields - {"program_id"}},
        ),
        [latest[id].model_dump(include=fields) for id in sorted(latest)],
    )
    for program in await queries.program_rows(session, offered_program.program_id.in_(latest)):
        await engagements.promote(session, program, today)


async def close_program(session: AsyncSession, closed: ProgramClosed) -> None:
    """Withdraw every engagement that has not ended, waiting ones included."""
    for program in await queries.program_rows(
        session, offered_program.program_id == closed.program_id
    ):
        program.status = DEFUNCT
        session.add(program)
        await engagements.end_all(session, program, closed.closed_on, PROGRAM_CLOSED)


async def follow_leaver(session: AsyncSession, left: MemberLeft) -> None:
    """Withdraw the engagements of a partner that has left its last partnership."""
    if left.remaining_partnerships > 0:
        return
    for program in await queries.program_rows(
        session, offered_program.partner_id == left.partner_id
    ):
        await engagements.end_all(session, program, left.left_on, PARTNER_LEFT)
