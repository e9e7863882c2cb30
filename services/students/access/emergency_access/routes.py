"""Access in an emergency, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.students.access.emergency_access import actions, queries
from shared.contracts.students.emergency import EmergencyAccess, EmergencyDraft, EmergencyReview
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.etags import tagged
from shared.http.filters import OfStudent
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.callers import EmergenciesOpener, EmergenciesReader, EmergenciesReviewer

opening = noun("emergency-accesses", "/v1/students/{student_id}/emergency-accesses")
router = noun("emergency-accesses")

IsOpen = Annotated[
    bool | None,
    Query(alias="open", description="Only those open at this moment; false: only the others."),
]
Reviewed = Annotated[
    bool | None, Query(description="Only those with a review; false: only those without one.")
]


@opening.post("", status_code=201, responses=refusals(404, 409))
async def open_emergency_access(
    student_id: UUID, draft: EmergencyDraft, caller: EmergenciesOpener, session: Session, now: Now,
    response: Response,
) -> EmergencyAccess:  # fmt: skip
    """Open the name, contacts and enrollment of any child to this account, because of a significant
    threat to health or safety (34 CFR 99.36). The access ends by itself. The district and the
    family read of it at once, and the district reviews it. Announces
    `students.emergency-access.opened.v1`."""
    row = await actions.open_access(session, caller, student_id, draft, now)
    await session.flush()
    return tagged(response, await queries.access_of(session, caller, row.id))


@router.get("")
async def list_emergency_accesses(
    caller: EmergenciesReader, reader: Reader, paging: Paging, student_id: OfStudent = None,
    is_open: IsOpen = None, reviewed: Reviewed = None,
) -> Page[EmergencyAccess]:  # fmt: skip
    """The emergency accesses that the caller may see: a district's those to its children, a
    family's those to its own, any account its own. The overdue ones come first, then the latest."""
    return await queries.accesses(
        reader, caller, paging, student_id=student_id, is_open=is_open, reviewed=reviewed
    )


@router.get("/{access_id}", responses=refusals(404))
async def read_emergency_access(
    access_id: UUID, caller: EmergenciesReader, reader: Reader, response: Response
) -> EmergencyAccess:
    """One emergency access. A hidden one and an absent one are answered alike."""
    return tagged(response, await queries.access_of(reader, caller, access_id))


@router.post("/{access_id}/ending", status_code=201, responses=refusals(404))
async def end_emergency_access(
    access_id: UUID, caller: EmergenciesOpener, session: Session, now: Now, response: Response
) -> EmergencyAccess:
    """End an emergency access before its time: for its holder and the district. Ending it again
    changes nothing. Announces `students.emergency-access.ended.v1`."""
    row = await actions.end(session, caller, access_id, now)
    await session.flush()
    return tagged(response, await queries.access_of(session, caller, row.id))


@router.post("/{access_id}/review", status_code=201, responses=refusals(404, 409))
async def review_emergency_access(
    access_id: UUID, finding: EmergencyReview, caller: EmergenciesReviewer, session: Session, now: Now,
    response: Response,
) -> EmergencyAccess:  # fmt: skip
    """Record whether an emergency access was justified: for an administrator of the child's district
    who did not open it. An access that was not justified ends at once. Announces
    `students.emergency-access.reviewed.v1`."""
    row = await actions.review(session, caller, access_id, finding, now)
    await session.flush()
    return tagged(response, await queries.access_of(session, caller, row.id))
