"""Entering and changing children by hand, and merging those of a roster."""

from datetime import date
from functools import partial
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.roster.identifiers import rules as identifiers
from services.students.roster.merging.rules import Mode
from services.students.roster.people import actions as people
from services.students.roster.possible_duplicates import actions as possible_duplicates
from services.students.roster.schools import queries as schools
from services.students.roster.students import queries, rules
from services.students.roster.students.records import (
    RosterClockRow,
    StudentIdentifierRow,
    StudentRow,
)
from shared.contracts.students.access import Category
from shared.contracts.students.student import (
    Student,
    StudentChange,
    StudentDraft,
    StudentRostered,
    StudentStatus,
)
from shared.core.settings import Settings
from shared.events.outbox import announce, announce_many
from shared.http.etags import ensure_version
from shared.persistence.alone import settle_for_ever
from shared.persistence.database import Database
from shared.security.principal import Principal

NAMES = {
    "given_name", "family_name", "middle_name", "preferred_given_name", "preferred_family_name",
}  # fmt: skip

PAUSE_SECONDS = 60
DISCLOSED = (Category.IDENTITY, Category.ENROLLMENT, Category.DEMOGRAPHICS)


async def disclose_student(session: AsyncSession, caller: Principal, student_id: UUID) -> Student:
    """One child, after writing down the release."""
    student, decision = await queries.one_student(session, caller, student_id)
    disclosures.release(session, caller, student_id, decision, DISCLOSED)
    return student


async def add(
    session: AsyncSession, caller: Principal, draft: StudentDraft, today: date, *, confirmed: bool
) -> StudentRow:
    """`confirmed`: the caller enters the child although another record may be of the same one."""
    source = rules.district_of(caller)
    await schools.ensure_school(session, source, draft.school_id)

    rules.ensure_born(draft.birth_date, today)
    rules.ensure_begun(draft.enrolled_on, today)
    identifiers.ensure_kept([(one.kind, one.value) for one in draft.identifiers])

    person = await people.add(session, source, draft.model_dump(include=NAMES))
    own = draft.model_dump(exclude=NAMES | {"identifiers", "enrolled_on"})
    student = StudentRow(id=person.id, source=source, **own)
    announce_child(session, student)  # before it is stored, so that it is stored once
    await session.flush()
    await _keep_identifiers(session, student, draft)
    _begin_enrollment(session, student, draft.enrolled_on, today)

    found = await possible_duplicates.find_of(session, source, student.id)
    if found and not confirmed:
        await possible_duplicates.ensure_confirmed(session, caller, student.id)
    return student


async def change(
    session: AsyncSession, caller: Principal, student_id: UUID, expected: int,
    wanted: StudentChange, today: date,
) -> StudentRow:  # fmt: skip
    student = await queries.student_row(session, caller, student_id)
    ensure_version(student, expected)
    person = await queries.person_row(session, student_id)
    fields = wanted.model_dump(exclude_unset=True)
    school_id = fields.get("school_id")
    await schools.ensure_school(session, student.source, school_id)

    rules.ensure_born(wanted.birth_date, today)
    rules.ensure_begun(wanted.enrolled_on, today)

    people.change(person, {name: fields.pop(name) for name in NAMES & set(fields)})
    enrolled_on = fields.pop("enrolled_on", None)
    before = student.school_id, student.status
    student.sqlmodel_update(fields)
    if before != (student.school_id, student.status):
        await _enroll(session, student, enrolled_on, today)

    announce_child(session, student)
    await possible_duplicates.find_of(session, student.source, student.id)
    return student


def announce_child(session: AsyncSession, student: StudentRow) -> None:
    """Announce the child's state, after any change of its record."""
    state = rules.rostered(student.id, student.school_id, student.grade, student.status)
    announce(session, student, state)


async def _keep_identifiers(
    session: AsyncSession, student: StudentRow, draft: StudentDraft
) -> None:
    for kind, value in {(one.kind, one.value) for one in draft.identifiers}:
        session.add(
            StudentIdentifierRow(
                student_id=student.id, source=student.source, kind=kind, value=value,
                rostered=False,
            )
        )  # fmt: skip


async def _enroll(
    session: AsyncSession, student: StudentRow, first_day: date | None, today: date
) -> None:
    """End the enrollment in the earlier school, and begin one in the present school of a child who
    has not left."""
    await people.end_roles(session, student.id, queries.STUDENT, today)
    _begin_enrollment(session, student, first_day, today)


def _begin_enrollment(
    session: AsyncSession, student: StudentRow, first_day: date | None, today: date
) -> None:
    if student.school_id is not None and student.status == StudentStatus.ACTIVE:
        people.begin_role(
            session, student.source, student.id, student.school_id, queries.STUDENT,
            first_day or today,
        )  # fmt: skip


async def keep_up_for_ever(database: Database, _: Settings) -> None:
    """Move children to the school of the day, without end."""
    await settle_for_ever(
        database, "schools of the day", partial(keep_up, database), PAUSE_SECONDS
    )


async def keep_up(database: Database) -> int:
    """Set the school and the status of each child to those of today, as the dates of its roles say,
    and announce each child that moved or left. It makes up for every day since the last time."""
    async with database.transaction() as session:
        since, today = await queries.days_to_make_up(session)
        if since >= today:
            return 0
        await session.execute(text("set local statement_timeout = 0"))
        moved = list((await session.execute(text(rules.TURNED), {"since": since})).scalars())
        await announce_many(session, StudentRostered, rules.MOVED, {"ids": moved})
        await session.merge(RosterClockRow(day=today))
    return len(moved)


async def merge(session: AsyncSession, source: dict[str, object], modes: dict[str, Mode]) -> None:
    """Staged children and what belongs to each, once people and roles are merged."""
    demographics = modes.get("demographics", Mode.ABSENT)
    known = source | {"demographics": str(demographics)}
    await session.execute(text(rules.CONCERNED), known)
    # A bulk file speaks of all children; a delta of those it has; none of nobody.
    told = "true" if demographics == Mode.BULK else "d.sourcedid is not null"
    if demographics == Mode.DELTA:
        told = "exists (select from stage_demographics x where x.sourcedid = p.source_id)"
    await session.execute(text(rules.STUDENTS.format(told=told)), source)
    await session.execute(text("analyze student"))
    if demographics != Mode.ABSENT:
        await session.execute(text(rules.DEMOGRAPHICS_GONE), known)
        await session.execute(text(rules.DEMOGRAPHICS), source)
    if "users" in modes:
        await session.execute(text(rules.IDENTIFIERS_GONE), source)
        await session.execute(text(rules.IDENTIFIERS_NEW), source)


async def announce_merged(session: AsyncSession) -> int:
    """Raises the version of every child that a merge touched, and announces it once."""
    await session.execute(text(rules.TELL))
    return await announce_many(session, StudentRostered, rules.ROSTERED)
