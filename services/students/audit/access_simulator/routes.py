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
from shared.security.permissions import Permission, may
from shared.security.principal import Principal, Role

router = noun("access", "/v1/students/{student_id}/access")
Asker = Annotated[Principal, may(Permission.STUDENTS_READ)]
Viewer = Annotated[UUID, Query(description="The organization whose people would ask.")]
For = Annotated[PartnerPurpose, Query(description="For what they would ask.")]
As = Annotated[
    Literal[Role.CASE_WORKER, Role.PARTNER_ADMIN, Role.PARTNER_SYSTEM],
    Query(description="As what they would ask."),
]


@router.get("", responses=refusals(404))
async def simulate_access(
    student_id: UUID, viewer: Viewer, purpose: For, caller: Asker, reader: Reader,
    role: As = Role.CASE_WORKER,
) -> SimulatedAccess:  # fmt: skip
    """What this organization's people would see of the child today for this purpose, by which
    clause, and what is missing for more. For the family, the district, and the organization's own
    administrator. Nothing of the child is told."""
    return await queries.simulated(reader, caller, student_id, viewer, purpose, role)
