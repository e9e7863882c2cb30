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
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

opening = noun("emergency-accesses", "/v1/students/{student_id}/emergency-accesses")
router = noun("emergency-accesses")
Opener = Annotated[Principal, may(Permission.EMERGENCIES_OPEN)]
Knower = Annotated[Principal, may(Permission.EMERGENCIES_READ)]
Reviewer = Annotated[Principal, may(Permission.EMERGENCIES_REVIEW)]

IsOpen = Annotated[
    bool | None,
    Query(alias="open", description="Only those that hold at this moment; false: the others."),
]
Reviewed = Annotated[
    bool | None, Query(description="Only those that were reviewed; false: those still to be.")
]


@opening.post("", status_code=201, responses=refusals(404, 409))
async def open_emergency_access(
    student_id: UUID, draft: EmergencyDraft, caller: Opener, session: Session, now: Now,
    response: Response,
) -> EmergencyAccess:  # fmt: skip
    """Open name, contacts and enrollment of any child for this account, because of a significant
    threat to health or safety (34 CFR 99.36). It ends by itself; the district and the family hear
    of it at once, and it is reviewed. Announces `students.emergency-access.opened.v1`."""
    row = await actions.open_access(session, caller, student_id, draft, now)
    await session.flush()
    return tagged(response, await queries.access_of(session, caller, row.id))


@router.get("")
async def list_emergency_accesses(
    caller: Knower, reader: Reader, paging: Paging, student_id: OfStudent = None,
    is_open: IsOpen = None, reviewed: Reviewed = None,
) -> Page[EmergencyAccess]:  # fmt: skip
    """Those to the district's children, to the family's own, or the caller's own; first those
    that nobody has reviewed for three days, then the latest."""
    return await queries.accesses(
        reader, caller, paging, student_id=student_id, is_open=is_open, reviewed=reviewed
    )


@router.get("/{access_id}", responses=refusals(404))
async def read_emergency_access(
    access_id: UUID, caller: Knower, reader: Reader, response: Response
) -> EmergencyAccess:
    """One of them; one that the caller may not know of answers like none."""
    return tagged(response, await queries.access_of(reader, caller, access_id))


@router.post("/{access_id}/ending", status_code=201, responses=refusals(404))
async def end_emergency_access(
    access_id: UUID, caller: Opener, session: Session, now: Now, response: Response
) -> EmergencyAccess:
    """End it before its time: its holder, or the district. Once more changes nothing. Announces
    `students.emergency-access.ended.v1`."""
    row = await actions.end(session, caller, access_id, now)
    await session.flush()
    return tagged(response, await queries.access_of(session, caller, row.id))


@router.post("/{access_id}/review", status_code=201, responses=refusals(404, 409))
async def review_emergency_access(
    access_id: UUID, finding: EmergencyReview, caller: Reviewer, session: Session, now: Now,
    response: Response,
) -> EmergencyAccess:  # fmt: skip
    """Say whether it was justified: another administrator of the child's district than who opened
    it. What was not justified ends at once. Announces `students.emergency-access.reviewed.v1`."""
    row = await actions.review(session, caller, access_id, finding, now)
    await session.flush()
    return tagged(response, await queries.access_of(session, caller, row.id))
