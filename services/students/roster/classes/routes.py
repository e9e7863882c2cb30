"""Classes over HTTP."""

from typing import Annotated
from uuid import UUID

from services.students.roster.classes import actions, queries
from shared.contracts.students.school import ClassWithStudents, SchoolClass
from shared.core.refusals import refusals
from shared.http.filters import ByIdentifier, OfSchool
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

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
