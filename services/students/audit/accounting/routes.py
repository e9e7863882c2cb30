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
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("disclosures", "/v1/students/{student_id}/disclosures")
WentTo = Annotated[UUID | None, Query(description="Only what this organization asked for.")]
Since = Annotated[Day | None, Query(description="Only from this day on.")]
Family = Annotated[Principal, may(Permission.STUDENTS_READ)]


@router.get("", responses=refusals(404))
async def list_disclosures(
    student_id: UUID,
    caller: Family,
    reader: Reader,
    paging: Paging,
    organization_id: WentTo = None,
    outcome: OfOutcome[DisclosureOutcome] = None,
    since: Since = None,
) -> Page[DisclosureLine]:
    """Who got what of the child, who was refused, and why, newest first (34 CFR 99.32): for the
    parents, the student from 18 on, and the district. What one organization got on one day on one
    ground is one line. Where the family has a say, `stop` tells what stopping it would do."""
    return await queries.lines(
        reader, caller, student_id, paging,
        organization_id=organization_id, outcome=outcome, since=since,
    )  # fmt: skip
