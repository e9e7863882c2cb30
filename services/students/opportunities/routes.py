"""What a child could join, for the gateway to compose."""

from typing import Annotated
from uuid import UUID

from services.students.opportunities import actions
from shared.access import Permission, may
from shared.contracts.students.opportunity import Opportunities
from shared.database import Session
from shared.principal import Principal
from shared.refusals import refusals
from shared.route import internal

composed = internal()
Viewer = Annotated[Principal, may(Permission.STUDENTS_READ)]


@composed.get("/students/{student_id}/opportunities", responses=refusals(403, 404))
async def read_opportunities(student_id: UUID, caller: Viewer, session: Session) -> Opportunities:
    """Programs open to the child by age and grade, as far as both may be told to the caller."""
    return await actions.tell_opportunities(session, caller, student_id)
