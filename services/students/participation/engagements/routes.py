"""Engagements over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.students.participation.engagements import actions, queries
from shared.contracts.students.engagement import (
    Engagement,
    EngagementDraft,
    EngagementPlan,
    EngagementStage,
    StageChange,
    StageStep,
)
from shared.core.clock import Today
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import OfPartner, OfProgram, OfStudent
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("engagements")
Viewer = Annotated[Principal, may(Permission.ENGAGEMENTS_READ)]
Applicant = Annotated[Principal, may(Permission.ENGAGEMENTS_APPLY)]
Planner = Annotated[Principal, may(Permission.ENGAGEMENTS_WRITE)]
AtStage = Annotated[EngagementStage | None, Query(description="Only those at this stage.")]
OfWorker = Annotated[
    UUID | None, Query(description="Only those whose case worker has this account.")
]


@router.get("")
async def list_engagements(
    caller: Viewer,
    session: Session,
    paging: Paging,
    student_id: OfStudent = None,
    program_id: OfProgram = None,
    partner_id: OfPartner = None,
    stage: AtStage = None,
    worker_id: OfWorker = None,
) -> Page[Engagement]:
    """Engagements the caller may see: a partner's people those of its programs, educators those
    of their students, a guardian those of the own children."""
    found = await queries.engagements(
        session, caller, paging, student_id=student_id, program_id=program_id,
        partner_id=partner_id, stage=stage, worker_id=worker_id,
    )  # fmt: skip
    return await actions.tell_engagements(session, caller, found)


@router.post("", status_code=201, responses=refusals(404, 409))
async def begin_engagement(
    draft: EngagementDraft, caller: Applicant, session: Session, today: Today, response: Response
) -> Engagement:
    """Apply, or enroll at once; in a full program the student is waitlisted instead.

    A child that the caller may not see answers like none. Announces
    `students.engagement.changed.v1`, and `students.dosage.counted.v1` where a place was given.
    """
    row = await actions.begin(session, caller, draft, today)
    return tagged(response, await actions.tell_engagement(session, caller, row.id))


@router.get("/{engagement_id}", responses=refusals(404))
async def read_engagement(
    engagement_id: UUID, caller: Viewer, session: Session, response: Response
) -> Engagement:
    """One engagement; one that the caller may not see answers like none."""
    return tagged(response, await actions.tell_engagement(session, caller, engagement_id))


@router.get("/{engagement_id}/steps", responses=refusals(404))
async def list_steps(
    engagement_id: UUID, caller: Viewer, session: Session, paging: Paging
) -> Page[StageStep]:
    """The engagement's history, oldest step first; every step has its date and reason."""
    await actions.tell_engagement(session, caller, engagement_id)
    return await queries.steps(session, paging, engagement_id)


@router.post("/{engagement_id}/steps", status_code=201, responses=refusals(404, 409, 412, 428))
async def move_engagement(
    engagement_id: UUID,
    change: StageChange,
    expected: IfMatch,
    caller: Applicant,
    session: Session,
    today: Today,
    response: Response,
) -> Engagement:
    """Move an engagement to its next stage.

    A wish for a place in a full program makes the student wait. A place that becomes free goes
    at once to the first in line, who becomes `enrolled` with the reason `place-free`. Announces
    `students.engagement.changed.v1` for each engagement moved.
    """
    row = await actions.move(session, caller, engagement_id, expected, change, today)
    return tagged(response, await actions.tell_engagement(session, caller, row.id))


@router.put("/{engagement_id}/plan", responses=refusals(404, 409, 412, 428))
async def plan_engagement(
    engagement_id: UUID,
    plan: EngagementPlan,
    expected: IfMatch,
    caller: Planner,
    session: Session,
    today: Today,
    response: Response,
) -> Engagement:
    """Say who works with the student and how much is intended. Announces
    `students.engagement.changed.v1`."""
    row = await actions.plan(session, caller, engagement_id, expected, plan, today)
    return tagged(response, await actions.tell_engagement(session, caller, row.id))
