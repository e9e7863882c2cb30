"""Beginning engagements, moving them on, and giving free places to the first students in line.

Each change of an engagement locks its program first, so that one transaction at a time counts the
places.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.consent.signers import queries as signers
from services.students.consent.signers.rules import ensure_entitled
from services.students.participation.application_grounds import queries as grounds
from services.students.participation.application_grounds.rules import ensure_ground
from services.students.participation.dosage import actions as dosage
from services.students.participation.engagements import queries, rules
from services.students.participation.engagements.records import (
    EngagementRow,
    EngagementStepRow,
    engagement,
)
from services.students.participation.programs import queries as programs
from services.students.participation.programs.records import OfferedProgramRow
from services.students.participation.workers import queries as workers
from services.students.participation.workers.rules import ensure_works_for
from services.students.roster.students import queries as students
from shared.contracts.students.access import Category
from shared.contracts.students.engagement import (
    Engagement,
    EngagementChanged,
    EngagementDraft,
    EngagementPlan,
    EngagementStage,
    StageChange,
)
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.http.paging import Page
from shared.security.principal import FAMILY, PARTNER_STAFF, Principal, Role

PLACE_FREE = "place-free"


@dataclass(frozen=True)
class Step:
    """A change of stage: its day, its reason, and its account. An event or a free place has none.
    `given_by`: the person of the family who applied, on paper where `signed_on` is the day."""

    on: date
    reason: str | None
    account_id: UUID | None = None
    given_by: UUID | None = None
    signed_on: date | None = None


async def disclose_engagements(
    session: AsyncSession, caller: Principal, found: Page[Engagement]
) -> Page[Engagement]:
    """The page with the children's names, after writing down the release of each engagement."""
    own = caller.role in PARTNER_STAFF
    return await disclosures.named(session, caller, found, [Category.ENGAGEMENT], own_records=own)


async def disclose_engagement(
    session: AsyncSession, caller: Principal, engagement_id: UUID
) -> Engagement:
    found = await queries.one_engagement(session, caller, engagement_id)
    told = await disclose_engagements(session, caller, Page(items=[found], next=None))
    return told.items[0]


async def begin(
    session: AsyncSession, caller: Principal, draft: EngagementDraft, today: date
) -> EngagementRow:
    program = await programs.program_row(session, draft.program_id)
    child = await students.student_for_engagement(session, caller, draft.student_id)
    given_by = await _applicant(session, caller, draft)
    engaged = await queries.is_engaged(session, draft.student_id, draft.program_id)
    free = await _free_places(session, program)
    works = await workers.works_for(session, draft.worker_id, program.partner_id)
    on = draft.on or today

    own = program.partner_id == caller.partner_id
    own_record = given_by is not None or await _is_own_record(
        session, caller, program, draft.student_id
    )
    rules.ensure_may_begin(caller.role, draft.stage, own_program=own)
    rules.ensure_follows(None, draft.stage)
    rules.ensure_not_engaged(engaged)
    rules.ensure_dated(on, None, today)
    signed_on = draft.signing.signed_on if draft.signing else None
    rules.ensure_dated(signed_on or on, None, today)
    rules.ensure_program_takes(program.status, program.ends_on, on)
    rules.ensure_eligible(_eligibility(program), child.birth_date, child.grade, on)
    rules.ensure_plan_whole(draft.minutes_per_week, draft.weeks)
    ensure_works_for(works)
    if not own_record:
        known = await grounds.facts_for(session, program.partner_id, draft.student_id)
        ensure_ground(program.partner_id, program.program_id, known)
    stage = rules.stage_given(draft.stage, None, free)

    row = EngagementRow(
        student_id=draft.student_id, program_id=program.program_id,
        partner_id=program.partner_id, stage=stage, since=on, worker_id=draft.worker_id,
        minutes_per_week=draft.minutes_per_week, weeks=draft.weeks, own_record=own_record,
    )  # fmt: skip
    session.add(row)
    await session.flush()

    step = Step(on, draft.reason, caller.account_id, given_by, signed_on)
    await _enter(session, row, stage, None, step)
    await dosage.recount(session, [row.id], today)
    return row


async def _applicant(
    session: AsyncSession, caller: Principal, draft: EngagementDraft
) -> UUID | None:
    """The person of the family whose own act the application is; None for any other application."""
    if draft.signing is not None:
        _, signer = await signers.speaking(session, caller, draft.student_id, draft.signing)
        return signer
    await _ensure_entitled(session, caller, draft.student_id)
    return caller.person_id if caller.role in FAMILY else None


async def _ensure_entitled(session: AsyncSession, caller: Principal, student_id: UUID) -> None:
    """Refuses a student before the rights in the record are the student's own (34 CFR 99.5). A
    guardian without rights does not get here: the policy shows that guardian no child."""
    if caller.role is Role.STUDENT:
        facts, _ = await signers.known(session, caller, student_id)
        ensure_entitled(student_id, facts)


async def _is_own_record(
    session: AsyncSession, caller: Principal, program: OfferedProgramRow, student_id: UUID
) -> bool:
    """Whether a step of this caller makes the engagement a record of the partner's own: its people
    take the step, or the partner is the child's district or one of its schools."""
    own = program.partner_id == caller.partner_id
    return own or await grounds.is_of_keeper(session, program.partner_id, student_id)


async def move(
    session: AsyncSession,
    caller: Principal,
    engagement_id: UUID,
    expected: int,
    change: StageChange,
    today: date,
) -> EngagementRow:
    program, row = await queries.engagement_row(session, caller, engagement_id)
    ensure_version(row, expected)
    await _ensure_entitled(session, caller, row.student_id)
    previous, on = EngagementStage(row.stage), change.on or today
    free = await _free_places(session, program)

    own = program.partner_id == caller.partner_id
    rules.ensure_may_move(caller.role, change.stage, own_program=own)
    rules.ensure_follows(previous, change.stage)
    rules.ensure_reason(change.stage, change.reason)
    rules.ensure_dated(on, row.since, today)
    if change.stage in rules.WANTS_PLACE:
        rules.ensure_program_takes(program.status, program.ends_on, on)
    stage = rules.stage_given(change.stage, previous, free)

    row.own_record = row.own_record or await _is_own_record(
        session, caller, program, row.student_id
    )
    await _enter(session, row, stage, previous, Step(on, change.reason, caller.account_id))
    await dosage.recount(session, [row.id], today)
    await promote(session, program, today)
    return row


async def plan(
    session: AsyncSession,
    caller: Principal,
    engagement_id: UUID,
    expected: int,
    intended: EngagementPlan,
    today: date,
) -> EngagementRow:
    program, row = await queries.engagement_row(session, caller, engagement_id)
    ensure_version(row, expected)
    stays = intended.worker_id == row.worker_id
    works = stays or await workers.works_for(session, intended.worker_id, program.partner_id)

    rules.ensure_runs(caller.role, own_program=program.partner_id == caller.partner_id)
    rules.ensure_plan_whole(intended.minutes_per_week, intended.weeks)
    ensure_works_for(works)

    row.own_record = row.own_record or program.partner_id == caller.partner_id
    row.worker_id = intended.worker_id
    row.minutes_per_week = intended.minutes_per_week
    row.weeks = intended.weeks

    announce(session, row, _changed(row, EngagementStage(row.stage), today))
    await dosage.recount(session, [row.id], today)
    return row


async def keep(session: AsyncSession, engagement_ids: Sequence[UUID]) -> None:
    """Make the engagements that the partner's people have recorded time for the partner's own
    records."""
    ours = update(engagement).where(
        engagement.id.in_(engagement_ids), engagement.own_record.is_not(True)
    )
    await session.execute(ours.values(own_record=True))


async def promote(session: AsyncSession, program: OfferedProgramRow, today: date) -> None:
    """Give the free places of a program, which is locked, to the first of its waiting list."""
    waiting = await queries.waiting_rows(session, program.program_id)
    if not waiting:
        return
    free = await _free_places(session, program)

    open_now = rules.takes(program.status, program.ends_on, today)
    first = rules.promoted(waiting, free if open_now else 0)

    for row in first:
        step = Step(max(today, row.since), PLACE_FREE)
        await _enter(session, row, EngagementStage.ENROLLED, EngagementStage.WAITLISTED, step)
    await dosage.recount(session, [row.id for row in first], today)


async def end_all(
    session: AsyncSession, program: OfferedProgramRow, on: date, reason: str
) -> None:
    """Withdraw every engagement with the program, which is locked, that has not ended."""
    rows = await queries.live_rows(session, program.program_id)

    for row in rows:
        step = Step(max(on, row.since), reason)
        await _enter(session, row, EngagementStage.WITHDRAWN, EngagementStage(row.stage), step)
    await dosage.recount(session, [row.id for row in rows], on)


async def _enter(
    session: AsyncSession,
    row: EngagementRow,
    stage: EngagementStage,
    previous: EngagementStage | None,
    step: Step,
) -> None:
    """The one way into a stage: row, history and event change together."""
    waits = stage is EngagementStage.WAITLISTED
    row.stage, row.since = stage, step.on
    row.waiting_number = await queries.next_number(session, row.program_id) if waits else None
    if stage in rules.PLACED and row.started_on is None:
        row.started_on = step.on
    if stage not in rules.LIVE:
        row.ended_on = step.on
    row.steps += 1
    session.add(
        EngagementStepRow(
            engagement_id=row.id, number=row.steps, stage=stage, previous_stage=previous,
            changed_on=step.on, reason=step.reason, account_id=step.account_id,
            given_by=step.given_by, signed_on=step.signed_on,
        )
    )  # fmt: skip
    announce(session, row, _changed(row, previous, step.on))


def _changed(row: EngagementRow, previous: EngagementStage | None, on: date) -> EngagementChanged:
    return EngagementChanged(
        engagement_id=row.id, student_id=row.student_id, program_id=row.program_id,
        partner_id=row.partner_id, stage=EngagementStage(row.stage), previous_stage=previous,
        planned_minutes=rules.planned_minutes(row.minutes_per_week, row.weeks), changed_on=on,
    )  # fmt: skip


async def _free_places(session: AsyncSession, program: OfferedProgramRow) -> int | None:
    taken = await programs.taken(session, program.program_id)
    return rules.free_places(program.capacity, taken)


def _eligibility(program: OfferedProgramRow) -> rules.Eligibility:
    return rules.Eligibility(
        program.minimum_age, program.maximum_age, program.grades, program.starts_on
    )
