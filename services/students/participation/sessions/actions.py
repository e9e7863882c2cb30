"""Planning sessions, changing them and calling their rolls. The dosage is counted at once.

Each change of a session locks its program first, so that one transaction at a time counts the
dosage.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.access.disclosures.rules import nameless
from services.students.participation.dosage import actions as dosage
from services.students.participation.engagements import actions as engagements
from services.students.participation.engagements.rules import ensure_program_takes
from services.students.participation.programs import queries as programs
from services.students.participation.programs.records import OfferedProgramRow
from services.students.participation.rolls.rules import ensure_on_roll
from services.students.participation.sessions import queries, rules
from services.students.participation.sessions.records import ProgramSessionRow, SessionMarkRow
from shared.contracts.students.access import Category
from shared.contracts.students.attendance import ABSENCES
from shared.contracts.students.session import (
    SessionAttendance,
    SessionAttendanceTaken,
    SessionChange,
    SessionChanged,
    SessionDraft,
    SessionMark,
    SessionPlanned,
    SessionStatus,
)
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.http.paging import Page, PageRequest
from shared.security.principal import PARTNER_STAFF, Principal

DISCLOSED = (Category.DOSAGE, Category.IDENTITY)


async def disclose_roll(
    session: AsyncSession, caller: Principal, paging: PageRequest, session_id: UUID
) -> Page[SessionAttendance]:
    """The list of `queries.roll`, after writing down the release of each child. A name that is
    withheld from the caller is null."""
    found = await queries.roll(session, caller, paging, session_id)

    children = [item.student_id for item in found.items]
    own = caller.role in PARTNER_STAFF
    told = await disclosures.release_list(session, caller, children, DISCLOSED, own_records=own)
    return found.model_copy(update={"items": nameless(found.items, told)})


async def plan(
    session: AsyncSession, caller: Principal, draft: SessionDraft, today: date
) -> ProgramSessionRow:
    program = await programs.program_row(session, draft.program_id)
    runs = await _runs(session, caller, program)

    rules.ensure_runs(runs)
    ensure_program_takes(program.status, program.ends_on, draft.held_on)

    row = ProgramSessionRow(
        **draft.model_dump(), partner_id=program.partner_id, status=SessionStatus.PENDING
    )

    announce(session, row, SessionPlanned(session_id=row.id, **_plan(row)))
    await _recount(session, program, [row.held_on], today)
    return row


async def change(
    session: AsyncSession,
    caller: Principal,
    session_id: UUID,
    expected: int,
    wanted: SessionChange,
    today: date,
) -> ProgramSessionRow:
    program, row = await queries.session_row(session, caller, session_id)
    ensure_version(row, expected)
    runs = await _runs(session, caller, program)
    previous = row.held_on

    rules.ensure_runs(runs)
    rules.ensure_may_become(SessionStatus(row.status), wanted.status)
    rules.ensure_happened(wanted.status, wanted.held_on, today)
    rules.ensure_same_plan(
        SessionStatus(row.status), (row.held_on, row.minutes), (wanted.held_on, wanted.minutes)
    )

    row.sqlmodel_update(wanted.model_dump())

    status = SessionStatus(row.status)
    announce(session, row, SessionChanged(session_id=row.id, status=status, **_plan(row)))
    await _recount(session, program, [previous, row.held_on], today)
    return row


async def take_roll(
    session: AsyncSession,
    caller: Principal,
    session_id: UUID,
    marks: Sequence[SessionMark],
    today: date,
) -> None:
    """Record the attendance at a session, which completes it. Sending the same marks again changes
    nothing."""
    program, row = await queries.session_row(session, caller, session_id)
    runs = await _runs(session, caller, program)
    listed = await queries.markable(session, caller, row.program_id, row.held_on)
    known = await queries.marks(session, session_id)

    rules.ensure_runs(runs)
    rules.ensure_roll_may_be_called(SessionStatus(row.status), row.held_on, today)
    ensure_on_roll([mark.engagement_id for mark in marks], listed, "engagement_id")
    said = {mark.engagement_id: _said(mark, row.minutes) for mark in marks}

    changed = [id for id, mark in said.items() if id not in known or mark != _known(known[id])]
    for id in changed:
        category, minutes = said[id]
        mark = known.setdefault(
            id,
            SessionMarkRow(
                session_id=session_id, engagement_id=id, category=category,
                minutes_attended=minutes,
            ),
        )  # fmt: skip
        mark.category, mark.minutes_attended = category, minutes
        session.add(mark)
    if not changed and row.status == SessionStatus.COMPLETE:
        return
    row.status = SessionStatus.COMPLETE
    if program.partner_id == caller.partner_id:
        await engagements.keep(session, changed)

    attended = sum(mark.category not in ABSENCES for mark in known.values())
    announce(
        session,
        row,
        SessionAttendanceTaken(
            session_id=row.id, program_id=row.program_id, partner_id=row.partner_id,
            held_on=row.held_on, marked=len(known), attended=attended,
        ),
    )  # fmt: skip
    await dosage.recount(session, changed, today)


async def _runs(session: AsyncSession, caller: Principal, program: OfferedProgramRow) -> bool:
    return await queries.runs(session, caller, program.program_id, program.partner_id)


def _plan(row: ProgramSessionRow) -> dict[str, object]:
    return row.model_dump(include={"program_id", "partner_id", "held_on", "minutes"})


def _said(mark: SessionMark, minutes: int) -> tuple[str, int]:
    return mark.category, rules.minutes_attended(mark.category, mark.minutes_attended, minutes)


def _known(mark: SessionMarkRow) -> tuple[str, int]:
    return mark.category, mark.minutes_attended


async def _recount(
    session: AsyncSession, program: OfferedProgramRow, days: Sequence[date], today: date
) -> None:
    await session.flush()
    engaged = await queries.engaged(session, program.program_id, days)
    await dosage.recount(session, engaged, today)
