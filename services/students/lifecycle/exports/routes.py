"""The whole record, which the gateway combines with the records of the other services."""

from uuid import UUID

from fastapi import Request

from services.students.lifecycle.exports import actions
from shared.contracts.students.export import StudentExport
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.route import internal
from shared.persistence.database import Session
from shared.security.callers import RecordsExporter

composed = internal()


@composed.get("/students/{student_id}/export", responses=refusals(403, 404))
async def read_export(
    student_id: UUID, caller: RecordsExporter, session: Session, request: Request, now: Now
) -> StudentExport:
    """Everything that students holds about the child, and the grant for the other services' records
    about it."""
    return await actions.disclose_record(
        session, caller, student_id, request.app.state.grant_signer, now
    )
