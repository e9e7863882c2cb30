"""Classes over HTTP."""

from uuid import UUID

from services.students.roster.classes import actions, queries
from shared.contracts.students.school import ClassWithStudents, SchoolClass
from shared.core.refusals import refusals
from shared.http.filters import ByIdentifier, OfIds, OfSchool
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.callers import StudentsReader

router = noun("classes")


@router.get("")
async def list_classes(
    caller: StudentsReader,
    reader: Reader,
    paging: Paging,
    ids: OfIds,
    school_id: OfSchool = None,
    identifier: ByIdentifier = None,
) -> Page[SchoolClass]:
    """The classes that the caller may see: those of the caller's district or school, those that the
    caller teaches, and those of the family's child. Those that have ended are found by `id` alone."""
    return await queries.classes(
        reader, caller, paging, ids=ids, school_id=school_id, identifier=identifier
    )


@router.get("/{class_id}", responses=refusals(404))
async def read_class(
    class_id: UUID, caller: StudentsReader, session: Session
) -> ClassWithStudents:
    """One class with its teachers, and with the students whom the caller may see."""
    return await actions.disclose_class(session, caller, class_id)
