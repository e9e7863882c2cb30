"""The child's picture, for the gateway to compose."""

from typing import Annotated
from uuid import UUID

from fastapi import Request

from services.students.views.student_view import actions
from shared.contracts.students.access import Category
from shared.contracts.students.picture import ChildGrantAnswer, Picture
from shared.core.refusals import refusals
from shared.http.route import internal
from shared.persistence.database import Session
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

composed = internal()
Viewer = Annotated[Principal, may(Permission.STUDENTS_READ)]
GRANTED = (Category.RESOURCES, Category.MEASURES)
"""What resources and outcomes release of a child."""


@composed.get("/students/{student_id}/picture", responses=refusals(404))
async def read_picture(
    student_id: UUID, caller: Viewer, session: Session, request: Request
) -> Picture:
    """Everything known here of the child that this caller may have, and the grant for more."""
    return await actions.tell_picture(session, caller, student_id, request.app.state.grant_signer)


@composed.get("/students/{student_id}/grant", responses=refusals(403, 404))
async def read_grant(
    student_id: UUID,
    caller: Viewer,
    session: Session,
    request: Request,
    category: Category | None = None,
) -> ChildGrantAnswer:
    """The grant alone, for a request to resources or outcomes that names the child. A gateway of
    an earlier release does not say for which: it gets what both may release to this caller."""
    signer = request.app.state.grant_signer
    wanted = GRANTED if category is None else (category,)
    return await actions.give_grant(session, caller, student_id, wanted, signer)
