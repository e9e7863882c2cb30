"""The programs that a child could join, for the gateway to compose."""

from uuid import UUID

from services.students.participation.eligible_programs import actions
from shared.contracts.students.opportunity import Opportunities
from shared.core.refusals import refusals
from shared.http.route import internal
from shared.persistence.database import Session
from shared.security.callers import StudentsReader

composed = internal()


@composed.get("/students/{student_id}/opportunities", responses=refusals(403, 404))
async def read_opportunities(
    student_id: UUID, caller: StudentsReader, session: Session
) -> Opportunities:
    """The programs open to the child by age and grade, as far as both may be disclosed to the
    caller."""
    return await actions.disclose_opportunities(session, caller, student_id)
