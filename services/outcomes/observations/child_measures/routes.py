"""Measures of one child, for the gateway's picture of it."""

from typing import Annotated
from uuid import UUID

from services.outcomes.observations.child_measures import queries
from shared.contracts.outcomes.measure import StudentMeasures
from shared.http.route import internal
from shared.persistence.database import Reader
from shared.security.grants import ChildGrant
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

composition = internal()
Viewer = Annotated[Principal, may(Permission.MEASURES_READ)]


@composition.get("/students/{student_id}/measures")
async def read_measures(
    student_id: UUID, _: Viewer, grant: ChildGrant, reader: Reader
) -> StudentMeasures:
    """What the grant's child has measured of it. 403 without a grant for its measures."""
    return await queries.measures(reader, grant, student_id)
