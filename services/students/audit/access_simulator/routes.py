"""The simulator over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query

from services.students.audit.access_simulator import queries
from shared.contracts.students.access import SimulatedAccess
from shared.contracts.students.consent import PartnerPurpose
from shared.core.refusals import refusals
from shared.http.route import noun
from shared.persistence.database import Reader
from shared.security.callers import StudentsReader
from shared.security.principal import Role

router = noun("access", "/v1/students/{student_id}/access")
Viewer = Annotated[UUID, Query(description="The organization whose people would ask.")]
For = Annotated[PartnerPurpose, Query(description="The purpose for which they would ask.")]
As = Annotated[
    Literal[Role.CASE_WORKER, Role.PARTNER_ADMIN, Role.PARTNER_SYSTEM],
    Query(description="The role in which they would ask."),
]


@router.get("", responses=refusals(404))
async def simulate_access(
    student_id: UUID, viewer: Viewer, purpose: For, caller: StudentsReader, reader: Reader,
    role: As = Role.CASE_WORKER,
) -> SimulatedAccess:  # fmt: skip
    """The categories of the child that this organization's people would see today for this purpose,
    each with its clause; and for each other category the condition that is missing. For the family,
    the district, and the organization's own administrator. It discloses nothing of the child."""
    return await queries.simulated(reader, caller, student_id, viewer, purpose, role)
