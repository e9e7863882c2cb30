"""Measures of children, for their pictures that the gateway composes."""

from uuid import UUID

from fastapi import Request, Response

from services.outcomes.observations.child_measures import queries
from shared.contracts.outcomes.measure import StudentMeasures
from shared.contracts.together import GrantedChildren
from shared.http.route import internal
from shared.http.together import BODY_BYTES, DECLARED, Together
from shared.persistence.database import Reader
from shared.security.callers import Composer, MeasuresReader
from shared.security.grants import Category, ChildGrant
from shared.security.permissions import Permission

composition = internal()


@composition.post(
    "/measures", max_body_size=BODY_BYTES, response_class=Response, responses=DECLARED
)
async def read_measures_of_many(
    question: GrantedChildren, _: Composer, reader: Reader, request: Request
) -> Response:
    """The measures of many children, of each what its caller's grant opens."""
    together = Together(request, question.items, question.callers, Permission.MEASURES_READ)
    granted = together.granted(question, Category.MEASURES)
    return together.answer(await queries.measures_of_many(reader, granted))


@composition.get("/students/{student_id}/measures")
async def read_measures(
    student_id: UUID, _: MeasuresReader, grant: ChildGrant, reader: Reader
) -> StudentMeasures:
    """The measures of the child that the grant names. 403 without a grant for them. Asked by a
    gateway of an earlier release."""
    return await queries.measures(reader, grant, student_id)
