"""Classes over HTTP."""

from typing import Annotated
from uuid import UUID

from services.students.classes import actions, queries
from shared.access import Permission, may
from shared.contracts.students.school import ClassWithStudents, SchoolClass
from shared.database import Reader, Session
from shared.filters import ByIdentifier, OfSchool
from shared.paging import Page, Paging
from shared.principal import Principal
from shared.refusals import refusals
from shared.route import noun

router = noun("classes")
Viewer = Annotated[Principal, may(Permission.STUDENTS_READ)]


@router.get("")
async def list_classes(
    caller: Viewer,
    reader: Reader,
    paging: Paging,
    school_id: OfSchool = None,
    identifier: ByIdentifier = None,
) -> Page[SchoolClass]:
    """The classes that the caller teaches, leads, keeps, or whose child is in them."""
    return await queries.classes(
        reader, caller, paging, school_id=school_id, identifier=identifier
    )


@router.get("/{class_id}", responses=refusals(404))
async def read_class(class_id: UUID, caller: Viewer, session: Session) -> ClassWithStudents:
    """A class with its teachers and those of its students that the caller may see."""
    return await actions.tell_class(session, caller, class_id)
