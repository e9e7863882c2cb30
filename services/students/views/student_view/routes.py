"""Children's pictures, for the gateway to compose."""

from uuid import UUID

from fastapi import Request, Response

from services.students.views.student_view import actions
from shared.contracts.students.access import Category
from shared.contracts.students.picture import ChildGrantAnswer, Picture
from shared.contracts.together import AskedChildren
from shared.core.refusals import refusals
from shared.http.route import internal
from shared.http.together import BODY_BYTES, DECLARED, Together
from shared.persistence.database import Session
from shared.security.callers import Composer, StudentsReader
from shared.security.permissions import Permission

composed = internal()
GRANTED = (Category.RESOURCES, Category.MEASURES)
"""The categories of a child that resources and outcomes disclose."""


@composed.post("/pictures", max_body_size=BODY_BYTES, response_class=Response, responses=DECLARED)
async def read_pictures(
    question: AskedChildren, _: Composer, session: Session, request: Request
) -> Response:
    """Everything that students holds about many children, of each what its own caller may have, and
    the grants for resources and outcomes."""
    together = Together(request, question.items, question.callers, Permission.STUDENTS_READ)
    told, withheld, grants = await actions.disclose_pictures(
        session, together.asked(), request.app.state.grant_signer
    )
    return together.answer(told, withheld=withheld, grants=grants)


@composed.get("/students/{student_id}/picture", responses=refusals(404))
async def read_picture(
    student_id: UUID, caller: StudentsReader, session: Session, request: Request
) -> Picture:
    """Everything that students holds about the child and this caller may have, and the grant for
    resources and outcomes. Asked by a gateway of an earlier release."""
    return await actions.disclose_picture(
        session, caller, student_id, request.app.state.grant_signer
    )


@composed.get("/students/{student_id}/grant", responses=refusals(403, 404))
async def read_grant(
    student_id: UUID,
    caller: StudentsReader,
    session: Session,
    request: Request,
    category: Category | None = None,
) -> ChildGrantAnswer:
    """The grant alone, for a request to resources or outcomes that names the child. A gateway of an
    earlier release names no category: its grant covers the categories of both services that this
    caller may have."""
    signer = request.app.state.grant_signer
    wanted = GRANTED if category is None else (category,)
    return await actions.give_grant(session, caller, student_id, wanted, signer)
