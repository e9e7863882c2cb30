"""Engagements as the caller may see them."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.students.access.policy import queries as access
from services.students.participation.engagements import rules
from services.students.participation.engagements.records import (
    EngagementRow,
    EngagementStepRow,
    engagement,
    engagement_step,
)
from services.students.participation.programs import queries as programs
from services.students.participation.programs.records import (
    OfferedProgramRow,
    offered_program,
    offering_partner,
)
from shared.contracts.students.access import Category
from shared.contracts.students.engagement import Engagement, EngagementStage, StageStep
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, one, row_for_change, unknown
from shared.security.principal import PARTNER_STAFF, Principal


def visible(caller: Principal) -> ColumnElement[bool]:
    """The condition of the engagements that the caller may see: the program's own people those with
    it, others those of children whose category `engagement` they may have."""
    if caller.role in PARTNER_STAFF:
        return access.participates(caller, engagement)
    return access.may_see(caller, engagement.student_id, Category.ENGAGEMENT)


def position() -> ColumnElement[int | None]:
    """The place in the waiting list, from 1; null for an engagement that does not wait."""
    before: Any = aliased(engagement)
    line = select(func.count()).where(
        before.program_id == engagement.program_id,
        before.waiting_number <= engagement.waiting_number,
    )
    return case(
        (engagement.waiting_number.is_not(None), line.correlate(engagement).scalar_subquery())
    )


@cache
def listed() -> Select[Any]:
    return (
        select(
            *columns(Engagement, EngagementRow),
            offered_program.name.label("program_name"),
            offering_partner.name.label("partner_name"),
            position().label("position"),
        )
        .join(offered_program, offered_program.program_id == engagement.program_id)
        .outerjoin(offering_partner, offering_partner.partner_id == engagement.partner_id)
    )


async def one_engagement(reader: Reading, caller: Principal, engagement_id: UUID) -> Engagement:
    found = listed().where(engagement.id == engagement_id, visible(caller))
    return await one(reader, found, Engagement, "engagement")


async def engagements(
    reader: Reading,
    caller: Principal,
    paging: PageRequest,
    *,
    student_id: UUID | None,
    program_id: UUID | None,
    partner_id: UUID | None,
    stage: EngagementStage | None,
    worker_id: UUID | None,
) -> Page[Engagement]:
    wanted = {
        engagement.student_id: student_id,
        engagement.program_id: program_id,
        engagement.partner_id: partner_id,
        engagement.stage: stage,
        engagement.worker_id: worker_id,
    }
    filters = [column == value for column, value in wanted.items() if value is not None]
    found = listed().where(visible(caller), *filters)
    return await page(reader, found, Engagement, paging, by=[engagement.id])


async def steps(reader: Reading, paging: PageRequest, engagement_id: UUID) -> Page[StageStep]:
    """The steps of an engagement, the oldest first. The caller has been allowed to read it."""
    found = select(*columns(StageStep, EngagementStepRow)).where(
        engagement_step.engagement_id == engagement_id
    )
    return await page(reader, found, StageStep, paging, by=[engagement_step.number])


async def engagement_row(
    session: AsyncSession, caller: Principal, engagement_id: UUID
) -> tuple[OfferedProgramRow, EngagementRow]:
    """The program and the engagement, for change. Every writer locks the program first."""
    found = select(engagement.program_id).where(engagement.id == engagement_id, visible(caller))
    program_id = (await session.execute(found)).scalar_one_or_none()
    if program_id is None:
        raise unknown("engagement")
    program = await programs.program_row(session, program_id)
    return program, await row_for_change(
        session, EngagementRow, engagement_id, "engagement", visible(caller)
    )


async def is_engaged(session: AsyncSession, student_id: UUID, program_id: UUID) -> bool:
    """Whether an engagement of the student with the program has not ended."""
    found = select(engagement.id).where(
        engagement.student_id == student_id,
        engagement.program_id == program_id,
        engagement.stage.in_(rules.LIVE),
    )
    return (await session.execute(found)).first() is not None


async def live_rows(session: AsyncSession, program_id: UUID) -> Sequence[EngagementRow]:
    """The live engagements with a program, for change, under the program's lock."""
    found = select(EngagementRow).where(
        engagement.program_id == program_id, engagement.stage.in_(rules.LIVE)
    )
    rows: Sequence[EngagementRow] = (
        (await session.execute(found.order_by(engagement.id))).scalars().all()
    )
    return rows


async def waiting_rows(session: AsyncSession, program_id: UUID) -> Sequence[EngagementRow]:
    """The waiting list in its order, for change, under the program's lock."""
    found = select(EngagementRow).where(
        engagement.program_id == program_id, engagement.waiting_number.is_not(None)
    )
    ordered = found.order_by(engagement.waiting_number)
    rows: Sequence[EngagementRow] = (await session.execute(ordered)).scalars().all()
    return rows


async def next_number(session: AsyncSession, program_id: UUID) -> int:
    """The waiting number after the last in line, under the program's lock."""
    last = select(func.coalesce(func.max(engagement.waiting_number), 0)).where(
        engagement.program_id == program_id
    )
    return int((await session.execute(last)).scalar_one()) + 1
