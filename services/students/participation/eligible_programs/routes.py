"""What a child could join, for the gateway to compose."""

from typing import Annotated
from uuid import UUID

from services.students.participation.eligible_programs import actions
from shared.contracts.students.opportunity import Opportunities
from shared.core.refusals import refusals
from shared.http.route import internal
from shared.persistence.database import Session
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

composed = internal()
Viewer = Annotated[Principal, may(Permission.STUDENTS_READ)]


@composed.get("/students/{student_id}/opportunities", responses=refusals(403, 404))
async def read_opportunities(student_id: UUID, caller: Viewer, session: Session) -> Opportunities:
    """Programs open to the child by age and grade, as far as both may be told to the caller."""
    return await actions.tell_opportunities(session, caller, student_id)
