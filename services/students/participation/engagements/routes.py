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
from shared.security.callers import EngagementsApplicant, EngagementsReader, EngagementsWriter

router = noun("engagements")
AtStage = Annotated[EngagementStage | None, Query(description="Only those at this stage.")]
OfWorker = Annotated[
    UUID | None, Query(description="Only those of the case worker with this account.")
]


@router.get("")
async def list_engagements(
    caller: EngagementsReader,
    session: Session,
    paging: Paging,
    student_id: OfStudent = None,
    program_id: OfProgram = None,
    partner_id: OfPartner = None,
    stage: AtStage = None,
    worker_id: OfWorker = None,
) -> Page[Engagement]:
    """The engagements that the caller may see: a partner's people those with its programs, educators
    those of their students, a guardian those of the own children."""
    found = await queries.engagements(
        session, caller, paging, student_id=student_id, program_id=program_id,
        partner_id=partner_id, stage=stage, worker_id=worker_id,
    )  # fmt: skip
    return await actions.disclose_engagements(session, caller, found)


@router.post("", status_code=201, responses=refusals(404, 409))
async def begin_engagement(
    draft: EngagementDraft,
    caller: EngagementsApplicant,
    session: Session,
    today: Today,
    response: Response,
) -> Engagement:
    """Apply for a place in a program, or enroll at once. In a full program the student is waitlisted
    instead.

    Parents apply, and from the day on which the rights move to the student, the student
    (`student-not-eligible` before). A hidden child and an absent one are answered alike. Announces
    `students.engagement.changed.v1`, and `students.dosage.counted.v1` where the student gets a place.
    """
    row = await actions.begin(session, caller, draft, today)
    return tagged(response, await actions.disclose_engagement(session, caller, row.id))


@router.get("/{engagement_id}", responses=refusals(404))
async def read_engagement(
    engagement_id: UUID, caller: EngagementsReader, session: Session, response: Response
) -> Engagement:
    """One engagement. A hidden one and an absent one are answered alike."""
    return tagged(response, await actions.disclose_engagement(session, caller, engagement_id))


@router.get("/{engagement_id}/steps", responses=refusals(404))
async def list_engagement_steps(
    engagement_id: UUID, caller: EngagementsReader, session: Session, paging: Paging
) -> Page[StageStep]:
    """The steps of an engagement, the oldest first, each with its date and reason."""
    await actions.disclose_engagement(session, caller, engagement_id)
    return await queries.steps(session, paging, engagement_id)


@router.post("/{engagement_id}/steps", status_code=201, responses=refusals(404, 409, 412, 428))
async def move_engagement(
    engagement_id: UUID,
    change: StageChange,
    expected: IfMatch,
    caller: EngagementsApplicant,
    session: Session,
    today: Today,
    response: Response,
) -> Engagement:
    """Move an engagement to its next stage. A family may withdraw: the parents, and from the day on
    which the rights move to the student, the student.

    In a full program, a student who is to get a place is waitlisted instead. A place that becomes
    free goes at once to the first student in line, who becomes `enrolled` with the reason
    `place-free`. Announces `students.engagement.changed.v1` for each engagement that moves.
    """
    row = await actions.move(session, caller, engagement_id, expected, change, today)
    return tagged(response, await actions.disclose_engagement(session, caller, row.id))


@router.put("/{engagement_id}/plan", responses=refusals(404, 409, 412, 428))
async def plan_engagement(
    engagement_id: UUID,
    plan: EngagementPlan,
    expected: IfMatch,
    caller: EngagementsWriter,
    session: Session,
    today: Today,
    response: Response,
) -> Engagement:
    """Set the case worker and the intended dosage of an engagement. Announces
    `students.engagement.changed.v1`."""
    row = await actions.plan(session, caller, engagement_id, expected, plan, today)
    return tagged(response, await actions.disclose_engagement(session, caller, row.id))
