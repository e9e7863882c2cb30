"""Entering and changing children by hand, where no roster does."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.roster.identifiers import rules as identifiers
from services.students.roster.people.records import PersonRoleRow, PersonRow
from services.students.roster.people.rules import search_name
from services.students.roster.schools import queries as schools
from services.students.roster.students import queries, rules
from services.students.roster.students.records import StudentIdentifierRow, StudentRow
from shared.contracts.students.access import Category
from shared.contracts.students.school import RosterStatus
from shared.contracts.students.student import (
    Student,
    StudentChange,
    StudentDraft,
)
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.security.principal import Principal

NAMES = {
    "given_name", "family_name", "middle_name", "preferred_given_name", "preferred_family_name",
}  # fmt: skip


TOLD = (Category.IDENTITY, Category.ENROLLMENT, Category.DEMOGRAPHICS)


async def tell_student(session: AsyncSession, caller: Principal, student_id: UUID) -> Student:
    """One child, with the release written down."""
    student, decision = await queries.student(session, caller, student_id)
    disclosures.release(session, caller, student_id, decision, TOLD)
    return student


async def add(
    session: AsyncSession, caller: Principal, draft: StudentDraft, today: date
) -> StudentRow:
    source = rules.district_of(caller)
    await schools.ensure_school(session, source, draft.school_id)

    rules.ensure_born(draft.birth_date, today)
    identifiers.ensure_kept([(one.kind, one.value) for one in draft.identifiers])

    names = draft.model_dump(include=NAMES)
    person = PersonRow(
        source=source, search_name=search_name(draft.family_name, draft.given_name), **names
    )
    session.add(person)
    await session.flush()
    own = draft.model_dump(exclude=NAMES | {"identifiers"})
    student = StudentRow(id=person.id, source=source, **own)
    session.add(student)
    await session.flush()
    await _keep_identifiers(session, student, draft)
    await _enroll(session, student, today)

    tell(session, student)
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

    rename(person, {name: fields.pop(name) for name in NAMES & set(fields)})
    moves = "school_id" in fields and school_id != student.school_id
    student.sqlmodel_update(fields)
    if moves:
        await _enroll(session, student, today)

    tell(session, student)
    return student


def tell(session: AsyncSession, student: StudentRow) -> None:
    """Announces the child's state after any change of what belongs to it."""
    state = rules.rostered(student.id, student.school_id, student.grade, student.status)
    announce(session, student, state)


def rename(person: PersonRow, names: dict[str, Any]) -> None:
    person.sqlmodel_update(names)
    person.search_name = search_name(person.family_name, person.given_name)


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


async def _enroll(session: AsyncSession, student: StudentRow, today: date) -> None:
    """Ends the enrollment in the school before, and begins the one in the school now."""
    roles: Any = PersonRoleRow
    await session.execute(
        update(roles)
        .where(
            roles.person_id == student.id,
            roles.role == queries.STUDENT,
            roles.status == RosterStatus.ACTIVE,
        )
        .values(status=RosterStatus.ENDED, ends_on=today)
    )
    if student.school_id is not None:
        session.add(
            PersonRoleRow(
                source=student.source, person_id=student.id, org_id=student.school_id,
                role=queries.STUDENT, begins_on=today,
            )
        )  # fmt: skip
