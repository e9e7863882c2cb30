"""Measures of one child, for the child's picture that the gateway composes."""

from uuid import UUID

from services.outcomes.observations.child_measures import queries
from shared.contracts.outcomes.measure import StudentMeasures
from shared.http.route import internal
from shared.persistence.database import Reader
from shared.security.callers import MeasuresReader
from shared.security.grants import ChildGrant

composition = internal()


@composition.get("/students/{student_id}/measures")
async def read_measures(
    student_id: UUID, _: MeasuresReader, grant: ChildGrant, reader: Reader
) -> StudentMeasures:
    """The measures of the child that the grant names. 403 without a grant for them."""
    return await queries.measures(reader, grant, student_id)
