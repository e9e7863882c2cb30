"""The whole record, for the gateway to put together with what the other services hold."""

from typing import Annotated
from uuid import UUID

from fastapi import Request

from services.students.lifecycle.exports import actions
from shared.contracts.students.export import StudentExport
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.route import internal
from shared.persistence.database import Session
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

composed = internal()
Holder = Annotated[Principal, may(Permission.RECORDS_EXPORT)]


@composed.get("/students/{student_id}/export", responses=refusals(403, 404))
async def read_export(
    student_id: UUID, caller: Holder, session: Session, request: Request, now: Now
) -> StudentExport:
    """All that is held here of the child, and the grant for what the others hold."""
    return await actions.tell_all(session, caller, student_id, request.app.state.grant_signer, now)
