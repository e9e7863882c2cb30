"""Sessions, the people who run them, and their lists of engaged students."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.policy import queries as access
from services.students.participation.engagements.records import engagement
from services.students.participation.programs import queries as programs
from services.students.participation.programs.records import (
    OfferedProgramRow,
    offered_program,
    offering_partner,
)
from services.students.participation.sessions.records import (
    ProgramSessionRow,
    SessionMarkRow,
    program_session,
    session_mark,
)
from services.students.roster.people.records import PersonRow, person
from services.students.roster.students.records import student
from shared.contracts.students.access import Category
from shared.contracts.students.session import ProgramSession, SessionAttendance, SessionStatus
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, one, row_for_change, unknown
from shared.security.principal import Principal, Role


async def sessions(
    reader: Reading,
    _: Principal,
    paging: PageRequest,
    *,
    program_id: UUID | None,
    first: date | None,
    last: date | None,
) -> Page[ProgramSession]:
    """Sessions by date. They name no child, and everybody who has signed in may read them."""
    found = _answers()
    if program_id is not None:
        found = found.where(program_session.program_id == program_id)
    if first is not None:
        found = found.where(program_session.held_on >= first)
    if last is not None:
        found = found.where(program_session.held_on <= last)
    return await page(
        reader, found, ProgramSession, paging, by=[program_session.held_on, program_session.id]
    )


async def one_session(reader: Reading, _: Principal, session_id: UUID) -> ProgramSession:
    found = _answers().where(program_session.id == session_id)
    return await one(reader, found, ProgramSession, "session")


def _answers() -> Any:
    return (
        select(
            *columns(ProgramSession, ProgramSessionRow),
            offered_program.name.label("program_name"),
            offering_partner.name.label("partner_name"),
        )
        .join(offered_program, offered_program.program_id == program_session.program_id)
        .outerjoin(offering_partner, offering_partner.partner_id == program_session.partner_id)
    )


async def roll(
    reader: Reading, caller: Principal, paging: PageRequest, session_id: UUID
) -> Page[SessionAttendance]:
    """The students on a session's list; for a district those of its children. Another partner's list
    is answered as absent. It holds all names: the action removes those that the policy withholds."""
    held = await one_session(reader, caller, session_id)
    if not await runs(reader, caller, held.program_id, held.partner_id):
        raise unknown("session")
    found = (
        select(
            engagement.id.label("engagement_id"),
            engagement.student_id,
            *columns(SessionAttendance, PersonRow),
            session_mark.category,
            session_mark.minutes_attended,
        )
        .join(person, person.id == engagement.student_id)
        .outerjoin(
            session_mark,
            and_(
                session_mark.engagement_id == engagement.id, session_mark.session_id == session_id
            ),
        )
        .where(*on_list(held.program_id, held.held_on), _own(caller))
    )
    return await page(reader, found, SessionAttendance, paging, by=[engagement.id])


async def first_attended(reader: Reading, engagement_id: UUID) -> date | None:
    """The day of the first session at which the child of this engagement was present."""
    found = (
        select(func.min(program_session.held_on))
        .join(session_mark, session_mark.session_id == program_session.id)
        .where(
            session_mark.engagement_id == engagement_id,
            program_session.status == SessionStatus.COMPLETE,
            session_mark.category.not_like("%Absence"),
        )
    )
    day: date | None = (await reader.execute(found)).scalar_one()
    return day


def on_list(program_id: UUID, day: date) -> list[Any]:
    """The condition of an engagement on that day. Its first and its last day count."""
    return [
        engagement.program_id == program_id,
        engagement.started_on <= day,
        or_(engagement.ended_on.is_(None), engagement.ended_on >= day),
    ]


async def runs(reader: Reading, caller: Principal, program_id: UUID, partner_id: UUID) -> bool:
    """Whether the caller may run this program of this partner. A partner's people may run its own. A
    district may run its own, those of its schools, and one in which a child of it has taken part."""
    if partner_id == caller.partner_id:
        return True
    if caller.role is not Role.DISTRICT_ADMIN:
        return False
    of_school = exists().where(
        offering_partner.partner_id == partner_id, offering_partner.parent_id == caller.partner_id
    )
    attended = (
        select(engagement.id)
        .join(student, student.id == engagement.student_id)
        .where(
            engagement.program_id == program_id,
            engagement.started_on.is_not(None),
            student.source == caller.partner_id,
        )
    )
    return bool((await reader.execute(select(or_(of_school, attended.exists())))).scalar_one())


def _own(caller: Principal) -> ColumnElement[bool]:
    """The condition of the students on a list whom the caller may know: the people of the program
    its participants, a district its children."""
    if caller.role is Role.DISTRICT_ADMIN:
        return access.may_see(caller, engagement.student_id, Category.DOSAGE)
    return access.participates(caller, engagement)


async def session_row(
    session: AsyncSession, _: Principal, session_id: UUID
) -> tuple[OfferedProgramRow, ProgramSessionRow]:
    """The program and the session, for change. Every writer locks the program first."""
    found = select(program_session.program_id).where(program_session.id == session_id)
    program_id = (await session.execute(found)).scalar_one_or_none()
    if program_id is None:
        raise unknown("session")
    program = await programs.program_row(session, program_id)
    return program, await row_for_change(session, ProgramSessionRow, session_id, "session")


async def markable(
    session: AsyncSession, caller: Principal, program_id: UUID, day: date
) -> set[UUID]:
    """The engagements on the list of that day that the caller may mark."""
    found = select(engagement.id).where(*on_list(program_id, day), _own(caller))
    return set((await session.execute(found)).scalars())


async def engaged(session: AsyncSession, program_id: UUID, days: Sequence[date]) -> list[UUID]:
    """The engagements with the program on one of these days."""
    found = select(engagement.id).where(or_(*(and_(*on_list(program_id, day)) for day in days)))
    return list((await session.execute(found)).scalars())


async def marks(session: AsyncSession, session_id: UUID) -> dict[UUID, SessionMarkRow]:
    """The marks made so far, by engagement; for change, under the program's lock."""
    found = await session.execute(
        select(SessionMarkRow).where(session_mark.session_id == session_id)
    )
    return {mark.engagement_id: mark for mark in found.scalars()}
