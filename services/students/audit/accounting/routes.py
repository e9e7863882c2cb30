"""A child's log of disclosures over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.students.audit.accounting import queries
from shared.contracts.base import Day
from shared.contracts.students.disclosure import DisclosureLine, DisclosureOutcome
from shared.core.refusals import refusals
from shared.http.filters import OfOutcome
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader
from shared.security.callers import StudentsReader

router = noun("disclosures", "/v1/students/{student_id}/disclosures")
WentTo = Annotated[UUID | None, Query(description="Only the requests of this organization.")]
Since = Annotated[Day | None, Query(description="Only those of this day and later.")]


@router.get("", responses=refusals(404))
async def list_disclosures(
    student_id: UUID,
    caller: StudentsReader,
    reader: Reader,
    paging: Paging,
    organization_id: WentTo = None,
    outcome: OfOutcome[DisclosureOutcome] = None,
    since: Since = None,
) -> Page[DisclosureLine]:
    """The disclosures of the child's record and the refused requests, newest first (34 CFR 99.32):
    for the parents, the student from 18 on, and the district. The disclosures to one organization
    on one day on one ground are one line. Where the family can stop one, `stop` describes the
    effect."""
    return await queries.lines(
        reader, caller, student_id, paging,
        organization_id=organization_id, outcome=outcome, since=since,
    )  # fmt: skip
