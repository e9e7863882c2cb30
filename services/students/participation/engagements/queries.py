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
from services.students.participation.engagements.records import EngagementRow, EngagementStepRow
from services.students.participation.programs import queries as programs
from services.students.participation.programs.records import OfferedProgramRow, OfferingPartnerRow
from shared.contracts.students.access import Category
from shared.contracts.students.engagement import Engagement, EngagementStage, StageStep
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, one, row_for_change, unknown
from shared.security.principal import PARTNER_STAFF, Principal

H: Any = EngagementStepRow
N: Any = OfferingPartnerRow
P: Any = OfferedProgramRow
E: Any = EngagementRow  # columns, where mypy would see values


def visible(caller: Principal) -> ColumnElement[bool]:
    """The program's own people see its engagements; others those of the children whose
    engagements they may see."""
    if caller.role in PARTNER_STAFF:
        own: ColumnElement[bool] = E.partner_id == caller.partner_id
        return own
    return access.may_see(caller, E.student_id, Category.ENGAGEMENT)


def position() -> ColumnElement[int | None]:
    """Place in the waiting list, from 1; null for who does not wait."""
    before: Any = aliased(EngagementRow)
    line = select(func.count()).where(
        before.program_id == E.program_id, before.waiting_number <= E.waiting_number
    )
    return case((E.waiting_number.is_not(None), line.correlate(E).scalar_subquery()))


@cache
def listed() -> Select[Any]:
    return (
        select(
            *columns(Engagement, E),
            P.name.label("program_name"),
            N.name.label("partner_name"),
            position().label("position"),
        )
        .join(P, P.program_id == E.program_id)
        .outerjoin(N, N.partner_id == E.partner_id)
    )


async def engagement(reader: Reading, caller: Principal, engagement_id: UUID) -> Engagement:
    found = listed().where(E.id == engagement_id, visible(caller))
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
    wanted = {E.student_id: student_id, E.program_id: program_id, E.partner_id: partner_id,
              E.stage: stage, E.worker_id: worker_id}  # fmt: skip
    filters = [column == value for column, value in wanted.items() if value is not None]
    found = listed().where(visible(caller), *filters)
    return await page(reader, found, Engagement, paging, by=[E.id])


async def steps(reader: Reading, paging: PageRequest, engagement_id: UUID) -> Page[StageStep]:
    """Whoever calls this has read the engagement."""
    found = select(*columns(StageStep, H)).where(H.engagement_id == engagement_id)
    return await page(reader, found, StageStep, paging, by=[H.number])


async def engagement_row(
    session: AsyncSession, caller: Principal, engagement_id: UUID
) -> tuple[OfferedProgramRow, EngagementRow]:
    """For change. The program is locked before the engagement, by everybody."""
    found = select(E.program_id).where(E.id == engagement_id, visible(caller))
    program_id = (await session.execute(found)).scalar_one_or_none()
    if program_id is None:
        raise unknown("engagement")
    program = await programs.program_row(session, program_id)
    return program, await row_for_change(session, E, engagement_id, "engagement", visible(caller))


async def is_engaged(session: AsyncSession, student_id: UUID, program_id: UUID) -> bool:
    """Whether an engagement of the student with the program has not ended."""
    found = select(E.id).where(
        E.student_id == student_id, E.program_id == program_id, E.stage.in_(rules.LIVE)
    )
    return (await session.execute(found)).first() is not None


async def live_rows(session: AsyncSession, program_id: UUID) -> Sequence[EngagementRow]:
    """For change, under the program's lock."""
    found = select(E).where(E.program_id == program_id, E.stage.in_(rules.LIVE))
    rows: Sequence[EngagementRow] = (await session.execute(found.order_by(E.id))).scalars().all()
    return rows


async def waiting_rows(session: AsyncSession, program_id: UUID) -> Sequence[EngagementRow]:
    """The waiting list in its order, for change, under the program's lock."""
    found = select(E).where(E.program_id == program_id, E.waiting_number.is_not(None))
    ordered = found.order_by(E.waiting_number)
    rows: Sequence[EngagementRow] = (await session.execute(ordered)).scalars().all()
    return rows


async def next_number(session: AsyncSession, program_id: UUID) -> int:
    """The waiting number behind everybody who waits, under the program's lock."""
    last = select(func.coalesce(func.max(E.waiting_number), 0)).where(E.program_id == program_id)
    return int((await session.execute(last)).scalar_one()) + 1
