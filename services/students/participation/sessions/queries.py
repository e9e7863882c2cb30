"""Sessions, who runs them, and their lists of engaged students."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.policy import queries as access
from services.students.participation.engagements.records import EngagementRow
from services.students.participation.programs import queries as programs
from services.students.participation.programs.records import OfferedProgramRow, OfferingPartnerRow
from services.students.participation.sessions.records import ProgramSessionRow, SessionMarkRow
from services.students.roster.people.records import PersonRow
from services.students.roster.students.records import StudentRow
from shared.contracts.students.access import Category
from shared.contracts.students.session import ProgramSession, SessionAttendance
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, one, row_for_change, unknown
from shared.security.principal import Principal, Role

S: Any = ProgramSessionRow  # columns, where mypy would see values
E: Any = EngagementRow
M: Any = SessionMarkRow
C: Any = StudentRow
P: Any = OfferedProgramRow
O: Any = OfferingPartnerRow  # noqa: E741


async def sessions(
    reader: Reading,
    _: Principal,
    paging: PageRequest,
    *,
    program_id: UUID | None,
    first: date | None,
    last: date | None,
) -> Page[ProgramSession]:
    """When and where programs meet is no child's business and told to everybody signed in."""
    found = _answers()
    if program_id is not None:
        found = found.where(S.program_id == program_id)
    if first is not None:
        found = found.where(S.held_on >= first)
    if last is not None:
        found = found.where(S.held_on <= last)
    return await page(reader, found, ProgramSession, paging, by=[S.held_on, S.id])


async def session(reader: Reading, _: Principal, session_id: UUID) -> ProgramSession:
    found = _answers().where(S.id == session_id)
    return await one(reader, found, ProgramSession, "session")


def _answers() -> Any:
    named = P.name.label("program_name")
    return select(*columns(ProgramSession, S), named).join(P, P.program_id == S.program_id)


async def roll(
    reader: Reading, caller: Principal, paging: PageRequest, session_id: UUID
) -> Page[SessionAttendance]:
    """Who is on the list of a session; for a district, of its children. Other partners' lists
    answer like none. The names are of all, to be told by the policy."""
    held = await session(reader, caller, session_id)
    if not await runs(reader, caller, held.program_id, held.partner_id):
        raise unknown("session")
    found = (
        select(
            E.id.label("engagement_id"),
            E.student_id,
            *columns(SessionAttendance, PersonRow),
            M.category,
            M.minutes_attended,
        )
        .join(PersonRow, PersonRow.id == E.student_id)
        .outerjoin(M, and_(M.engagement_id == E.id, M.session_id == session_id))
        .where(*on_list(held.program_id, held.held_on), _own(caller))
    )
    return await page(reader, found, SessionAttendance, paging, by=[E.id])


def on_list(program_id: UUID, day: date) -> list[Any]:
    """Engaged on that day; the first and the last day count."""
    return [
        E.program_id == program_id,
        E.started_on <= day,
        or_(E.ended_on.is_(None), E.ended_on >= day),
    ]


async def runs(reader: Reading, caller: Principal, program_id: UUID, partner_id: UUID) -> bool:
    """The program, of this partner, is the caller's business: of a partner's people its own, of a
    district its own, its schools', and one that a child of it has taken part in."""
    if partner_id == caller.partner_id:
        return True
    if caller.role is not Role.DISTRICT_ADMIN:
        return False
    of_school = exists().where(O.partner_id == partner_id, O.parent_id == caller.partner_id)
    attended = (
        select(E.id)
        .join(C, C.id == E.student_id)
        .where(
            E.program_id == program_id, E.started_on.is_not(None), C.source == caller.partner_id
        )
    )
    return bool((await reader.execute(select(or_(of_school, attended.exists())))).scalar_one())


def _own(caller: Principal) -> ColumnElement[bool]:
    """Whom on a list the caller may know of: who runs the program all, a district its children."""
    if caller.role is Role.DISTRICT_ADMIN:
        return access.may_see(caller, E.student_id, Category.DOSAGE)
    return true()


async def session_row(
    session: AsyncSession, _: Principal, session_id: UUID
) -> tuple[OfferedProgramRow, ProgramSessionRow]:
    """For change. The program is locked before the session, by everybody."""
    found = select(S.program_id).where(S.id == session_id)
    program_id = (await session.execute(found)).scalar_one_or_none()
    if program_id is None:
        raise unknown("session")
    program = await programs.program_row(session, program_id)
    return program, await row_for_change(session, ProgramSessionRow, session_id, "session")


async def markable(
    session: AsyncSession, caller: Principal, program_id: UUID, day: date
) -> set[UUID]:
    """The engagements on the list of that day that the caller may mark."""
    found = select(E.id).where(*on_list(program_id, day), _own(caller))
    return set((await session.execute(found)).scalars())


async def engaged(session: AsyncSession, program_id: UUID, days: Sequence[date]) -> list[UUID]:
    """The engagements with the program that hold one of these days."""
    found = select(E.id).where(or_(*(and_(*on_list(program_id, day)) for day in days)))
    return list((await session.execute(found)).scalars())


async def marks(session: AsyncSession, session_id: UUID) -> dict[UUID, SessionMarkRow]:
    """The marks made so far, by engagement; for change, under the program's lock."""
    found = await session.execute(select(M).where(M.session_id == session_id))
    return {mark.engagement_id: mark for mark in found.scalars()}
