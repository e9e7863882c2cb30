"""The child's picture, for the gateway to compose."""

from typing import Annotated
from uuid import UUID

from fastapi import Request

from services.students.pictures import queries
from shared.access import Permission, may
from shared.contracts.students.picture import ChildGrantAnswer, Picture
from shared.database import Reader
from shared.principal import Principal
from shared.refusals import refusals
from shared.route import internal

composed = internal()
Viewer = Annotated[Principal, may(Permission.STUDENTS_READ)]


@composed.get("/students/{student_id}/picture", responses=refusals(404))
async def read_picture(
    student_id: UUID, caller: Viewer, reader: Reader, request: Request
) -> Picture:
    """Everything known here of the child that this caller may have, and the grant for more."""
    return await queries.picture(reader, caller, student_id, request.app.state.grant_signer)


@composed.get("/students/{student_id}/grant", responses=refusals(404))
async def read_grant(
    student_id: UUID, caller: Viewer, reader: Reader, request: Request
) -> ChildGrantAnswer:
    """The grant alone, for a request to resources or outcomes that names the child."""
    return await queries.grant(reader, caller, student_id, request.app.state.grant_signer)
