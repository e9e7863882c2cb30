"""Children over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.students.access.disclosures import actions as disclosures
from services.students.roster.students import actions, queries
from shared.contracts.grade import Grade
from shared.contracts.students.access import Category
from shared.contracts.students.student import Student, StudentChange, StudentDraft, StudentSummary
from shared.core.clock import Today
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import AS_KEPT, STORABLE, OfClass, OfIds, OfSchool
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.callers import StudentsReader, StudentsWriter

router = noun("students")
ByName = Annotated[
    str | None,
    Query(
        min_length=1, max_length=100, pattern=STORABLE,
        description="The words of a name: given, middle, family or preferred, in any order, each whole or"
        " begun, in any capitals, with or without accents and apostrophes. Whole words come first.",
    ),
]  # fmt: skip
KnownAs = Annotated[
    str | None, AS_KEPT,
    Query(
        min_length=1, max_length=100, pattern=STORABLE,
        description="Any identifier of the child in a source of the records.",
    ),
]  # fmt: skip
Confirmed = Annotated[
    bool, Query(description="Enter the child although another record may be of the same one.")
]
InGrade = Annotated[Grade | None, Query(description="Only those in this grade.")]


@router.get("")
async def list_students(
    caller: StudentsReader,
    session: Session,
    paging: Paging,
    ids: OfIds,
    q: ByName = None,
    grade: InGrade = None,
    school_id: OfSchool = None,
    class_id: OfClass = None,
    identifier: KnownAs = None,
) -> Page[StudentSummary]:
    """The children whom the caller may see, by name. `class_id` and `identifier` find only those
    whose enrollments the caller may see."""
    found = await queries.students(
        session, caller, paging, ids=ids, q=q, grade=grade, school_id=school_id, class_id=class_id,
        identifier=identifier,
    )  # fmt: skip
    told = (
        [Category.IDENTITY, Category.ENROLLMENT] if class_id or identifier else [Category.IDENTITY]
    )
    return await disclosures.listed(session, caller, found, told)


@router.post("", status_code=201, responses=refusals(404, 409))
async def add_student(
    draft: StudentDraft, caller: StudentsWriter, session: Session, today: Today,
    response: Response, confirmed: Confirmed = False,
) -> Student:  # fmt: skip
    """Enter a child by hand in the caller's district. Where the district may have a record of this
    child already, the answer is 409 `possible-duplicates` with the ids of the records, and nothing
    is entered unless `confirmed`. Announces `students.student.rostered.v1`."""
    row = await actions.add(session, caller, draft, today, confirmed=confirmed)
    await session.flush()
    return tagged(response, await actions.disclose_student(session, caller, row.id))


@router.get("/{student_id}", responses=refusals(404))
async def read_student(
    student_id: UUID, caller: StudentsReader, session: Session, response: Response
) -> Student:
    """A child with the parts that the caller may see. `access` names the clause for each part."""
    return tagged(response, await actions.disclose_student(session, caller, student_id))


@router.patch("/{student_id}", responses=refusals(404, 409, 412, 428))
async def change_student(
    student_id: UUID, wanted: StudentChange, expected: IfMatch, caller: StudentsWriter, session: Session,
    today: Today, response: Response,
) -> Student:  # fmt: skip
    """Change a child's record. Announces `students.student.rostered.v1`."""
    await actions.change(session, caller, student_id, expected, wanted, today)
    await session.flush()
    return tagged(response, await actions.disclose_student(session, caller, student_id))
