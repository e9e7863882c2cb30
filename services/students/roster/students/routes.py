"""Children over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.students.access.disclosures import actions as disclosures
from services.students.roster.students import actions, queries
from shared.contracts.students.access import Category
from shared.contracts.students.student import (
    Grade,
    Student,
    StudentChange,
    StudentDraft,
    StudentSummary,
)
from shared.core.clock import Today
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import STORABLE, OfClass, OfSchool
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("students")
Viewer = Annotated[Principal, may(Permission.STUDENTS_READ)]
Keeper = Annotated[Principal, may(Permission.STUDENTS_WRITE)]
ByName = Annotated[
    str | None,
    Query(
        min_length=1, max_length=100, pattern=STORABLE,
        description="How a name begins, family, given or preferred; of several words, each.",
    ),
]  # fmt: skip
KnownAs = Annotated[
    str | None,
    Query(
        min_length=1, max_length=100, pattern=STORABLE,
        description="Any identifier that a source of the records has for the child.",
    ),
]  # fmt: skip
InGrade = Annotated[Grade | None, Query(description="Only those in this grade.")]


@router.get("")
async def list_students(
    caller: Viewer,
    session: Session,
    paging: Paging,
    q: ByName = None,
    grade: InGrade = None,
    school_id: OfSchool = None,
    class_id: OfClass = None,
    identifier: KnownAs = None,
) -> Page[StudentSummary]:
    """The children that the caller may see, by name. `q`: beginnings of names. `class_id` and
    `identifier` find only those whose enrollments the caller may see."""
    found = await queries.students(
        session, caller, paging, q=q, grade=grade, school_id=school_id, class_id=class_id,
        identifier=identifier,
    )  # fmt: skip
    told = (
        [Category.IDENTITY, Category.ENROLLMENT] if class_id or identifier else [Category.IDENTITY]
    )
    return await disclosures.listed(session, caller, found, told)


@router.post("", status_code=201, responses=refusals(404, 409))
async def add_student(
    draft: StudentDraft, caller: Keeper, session: Session, today: Today, response: Response
) -> Student:
    """Enter a child by hand, in the caller's district. Announces `students.student.rostered.v1`."""
    row = await actions.add(session, caller, draft, today)
    await session.flush()
    return tagged(response, await actions.tell_student(session, caller, row.id))


@router.get("/{student_id}", responses=refusals(404))
async def read_student(
    student_id: UUID, caller: Viewer, session: Session, response: Response
) -> Student:
    """A child with what the caller may see of it; `access` names the clause for each part."""
    return tagged(response, await actions.tell_student(session, caller, student_id))


@router.patch("/{student_id}", responses=refusals(404, 409, 412, 428))
async def change_student(
    student_id: UUID, wanted: StudentChange, expected: IfMatch, caller: Keeper, session: Session,
    today: Today, response: Response,
) -> Student:  # fmt: skip
    """Change a child's record. Announces `students.student.rostered.v1`."""
    await actions.change(session, caller, student_id, expected, wanted, today)
    await session.flush()
    return tagged(response, await actions.tell_student(session, caller, student_id))
