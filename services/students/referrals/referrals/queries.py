"""Referrals as the caller may see them."""

from collections.abc import Collection, Sequence
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.students.access.policy import queries as access
from services.students.access.relations.queries import schools, under_way
from services.students.participation.programs.records import offered_program, offering_partner
from services.students.referrals.referral_links.queries import open_now
from services.students.referrals.referral_links.records import referral_link
from services.students.referrals.referrals import rules
from services.students.referrals.referrals.records import (
    ReferralRow,
    ReferralStepRow,
    referral,
    referral_step,
)
from services.students.roster.school_calendar.records import school_calendar
from services.students.roster.students.records import student
from shared.contracts.students.access import Category, Relation
from shared.contracts.students.referral import Referral, ReferralState, ReferralStep
from shared.contracts.students.school import NO_SCHOOL
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import TODAY, columns, many, one, row_for_change
from shared.security.principal import FAMILY, FOR_PARTNER, PARTNER_STAFF, Principal, Role

NOUN = "referral"
S = ReferralState
acting: Any = aliased(offering_partner, name="acting")
sender: Any = aliased(offering_partner, name="sender")
UNSENT = (S.DRAFT, S.AWAITING_CONSENT)


def state() -> ColumnElement[str]:
    """The state; `expired` from the day after the last day for an answer."""
    late = and_(referral.state == S.SENT, referral.expires_on < TODAY)
    return case((late, S.EXPIRED.value), else_=referral.state)


def visible(caller: Principal) -> ColumnElement[bool]:
    """The condition of the referrals that the caller may see: the partner's people those that are
    live, on a ground, and the holder of a link that one; the family all but drafts; a school's leaders and the district too; a teacher
    the own ones. A draft is its author's alone."""
    told = access.may_see(caller, referral.student_id, Category.SUPPORT)
    if caller.role in FOR_PARTNER:
        known = access.may_see(caller, referral.student_id, Category.IDENTITY)
        received = and_(referral.partner_id == caller.partner_id, under_way(), known, told)
        return received if caller.role in PARTNER_STAFF else and_(received, _linked(caller))
    begun = referral.begun_on.is_not(None)
    own = referral.sent_by == caller.account_id
    if caller.role in FAMILY:
        return and_(begun, told)
    if caller.role is Role.EDUCATOR:
        leads = access.stands(caller, referral.student_id, (Relation.SCHOOL_LEADER,))
        return and_(told, or_(own, and_(begun, leads)))
    return and_(told, or_(own, begun))


def _linked(caller: Principal) -> ColumnElement[bool]:
    """The condition of the one referral to which the caller holds a link."""
    held = select(referral_link.referral_id).where(
        referral_link.id == caller.account_id, *open_now()
    )
    linked: ColumnElement[bool] = referral.id.in_(held)
    return linked


@cache
def listed() -> Select[Any]:
    own = [each for each in columns(Referral, ReferralRow) if each.name != "state"]
    return (
        select(
            *own,
            state().label("state"),
            offered_program.name.label("program_name"),
            offering_partner.name.label("partner_name"),
            sender.name.label("from_name"),
        )
        .join(offered_program, offered_program.program_id == referral.program_id)
        .outerjoin(offering_partner, offering_partner.partner_id == referral.partner_id)
        .outerjoin(sender, sender.partner_id == referral.from_id)
    )


async def referrals(
    reader: Reading, caller: Principal, paging: PageRequest, *,
    student_id: UUID | None, program_id: UUID | None, wanted: ReferralState | None,
) -> Page[Referral]:  # fmt: skip
    filters = {
        referral.student_id: student_id, referral.program_id: program_id, state(): wanted,
    }  # fmt: skip
    found = listed().where(visible(caller), *(c == v for c, v in filters.items() if v is not None))
    read = await page(reader, found, Referral, paging, by=[referral.id], descending=True)
    return Page(items=await _timed(reader, read.items), next=read.next)


async def one_referral(reader: Reading, caller: Principal, referral_id: UUID) -> Referral:
    found = listed().where(referral.id == referral_id, visible(caller))
    [timed] = await _timed(reader, [await one(reader, found, Referral, NOUN)])
    return timed


async def every_referral(reader: Reading, student_id: UUID) -> list[Referral]:
    """Every referral of one child that is more than a draft, the oldest first."""
    found = listed().where(referral.student_id == student_id, referral.begun_on.is_not(None))
    return await _timed(reader, await many(reader, found.order_by(referral.id), Referral))


def told_steps(answer: type[ReferralStep]) -> Select[Any]:
    """Acts with the names of the organizations that took them, beside their `referral`."""
    return (
        select(*columns(answer, ReferralStepRow), acting.name.label("organization_name"))
        .join(referral, referral.id == referral_step.referral_id)
        .outerjoin(acting, acting.partner_id == referral_step.organization_id)
    )


async def steps(
    reader: Reading, caller: Principal, referral_id: UUID, paging: PageRequest
) -> Page[ReferralStep]:
    found = told_steps(ReferralStep).where(referral.id == referral_id, visible(caller))
    return await page(reader, found, ReferralStep, paging, by=[referral_step.number])


async def referral_row(
    session: AsyncSession, caller: Principal, referral_id: UUID
) -> tuple[ReferralRow, ReferralState]:
    """The referral for change, and its state."""
    row = await row_for_change(session, ReferralRow, referral_id, NOUN, visible(caller))
    now = await session.execute(select(state()).where(referral.id == referral_id))
    return row, S(now.scalar_one())


async def own_row(
    session: AsyncSession, caller: Principal, referral_id: UUID
) -> tuple[ReferralRow, ReferralState]:
    """The referral for change by its sender, and its state."""
    row, now = await referral_row(session, caller, referral_id)
    rules.ensure_own(caller, row.sent_by)
    return row, now


async def rows_of_engagements(
    session: AsyncSession, engagement_ids: Collection[UUID]
) -> Sequence[ReferralRow]:
    """The live referrals that led to these engagements, for change."""
    return await _rows(session, referral.engagement_id.in_(engagement_ids), under_way())


async def rows_of_consents(
    session: AsyncSession, consent_ids: Collection[UUID]
) -> Sequence[ReferralRow]:
    """The live referrals that rest on these consents, for change."""
    return await _rows(session, referral.consent_id.in_(consent_ids), under_way())


async def late_rows(session: AsyncSession, most: int) -> Sequence[ReferralRow]:
    """Referrals whose last day for an answer is over, for change."""
    late = (referral.state == S.SENT, referral.expires_on < TODAY)
    return await _rows(session, *late, most=most)


async def _rows(
    session: AsyncSession, *where: ColumnElement[bool], most: int | None = None
) -> Sequence[ReferralRow]:
    found = select(ReferralRow).where(*where).order_by(referral.id).limit(most).with_for_update()
    rows: Sequence[ReferralRow] = (await session.execute(found)).scalars().all()
    return rows


async def written(
    session: AsyncSession, caller: Principal, referral_id: UUID
) -> ReferralRow | None:
    """The caller's own referral with this id, which its client has made. Raises
    `Conflict("id-taken")` where another has it."""
    row: ReferralRow | None = await session.get(ReferralRow, referral_id)
    if row is not None:
        rules.ensure_same_author(caller, row.sent_by)
    return row


async def live_one(
    session: AsyncSession, caller: Principal, student_id: UUID, program_id: UUID
) -> UUID | None:
    """The child's referral to the program that has not ended, where the caller may know of it."""
    found = select(referral.id).where(
        referral.student_id == student_id, referral.program_id == program_id, visible(caller),
        or_(under_way(), referral.state.in_(UNSENT)),
    )  # fmt: skip
    id: UUID | None = (await session.execute(found.limit(1))).scalar_one_or_none()
    return id


async def closed_days(reader: Reading, student_ids: Collection[UUID]) -> dict[UUID, set[date]]:
    """The closed days of each child's district and schools."""
    if not student_ids:
        return {}
    found = (
        select(student.id, school_calendar.closed)
        .join(school_calendar, school_calendar.source == student.source)
        .where(
            student.id.in_(student_ids),
            or_(
                school_calendar.school_id == NO_SCHOOL,
                school_calendar.school_id.in_(schools(student.id).correlate(student)),
            ),
        )
    )
    closed: dict[UUID, set[date]] = {id: set() for id in student_ids}
    for student_id, days in await reader.execute(found):
        closed[student_id].update(days)
    return closed


async def _timed(reader: Reading, found: Sequence[Referral]) -> list[Referral]:
    """Each referral with the last days of its clocks."""
    closed = await closed_days(reader, {each.student_id for each in found})
    return [
        each.model_copy(
            update=rules.clocks(
                each.state, each.sent_on, each.answered_on, closed[each.student_id]
            )._asdict()
        )
        for each in found
    ]
