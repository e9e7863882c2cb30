"""The whole record, for the gateway to put together with what the other services hold."""

from typing import Annotated
from uuid import UUID

from fastapi import Request

from services.students.exports import actions
from shared.access import Permission, may
from shared.clock import Now
from shared.contracts.students.export import StudentExport
from shared.database import Session
from shared.principal import Principal
from shared.refusals import refusals
from shared.route import internal

composed = internal()
Holder = Annotated[Principal, may(Permission.RECORDS_EXPORT)]


@composed.get("/students/{student_id}/export", responses=refusals(403, 404))
async def read_export(
    student_id: UUID, caller: Holder, session: Session, request: Request, now: Now
) -> StudentExport:
    """All that is held here of the child, and the grant for what the others hold."""
    return await actions.tell_all(session, caller, student_id, request.app.state.grant_signer, now)
