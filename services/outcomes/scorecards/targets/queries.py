"""Reading targets."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.outcomes.scorecards.scorecards.records import ScorecardRow
from services.outcomes.scorecards.targets.records import TargetRow
from shared.contracts.outcomes.target import Target
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, one, row_for_change


def _targets() -> Select[Any]:
    named = [column for column in columns(Target, TargetRow) if column.key != "value"]
    quantity = func.jsonb_build_object(
        "value", TargetRow.value, "unit", TargetRow.unit, type_=JSONB
    )
    return select(*named, quantity.label("value"))


async def targets(
    reader: Reading, scorecard_id: UUID | None, indicator_id: UUID | None, paging: PageRequest
) -> Page[Target]:
    found = _targets()
    if scorecard_id is not None:
        found = found.where(col(TargetRow.scorecard_id) == scorecard_id)
    if indicator_id is not None:
        found = found.where(col(TargetRow.indicator_id) == indicator_id)
    return await page(reader, found, Target, paging, by=[col(TargetRow.id)])


async def targets_of(reader: Reading, scorecard_id: UUID) -> list[Target]:
    found = _targets().where(col(TargetRow.scorecard_id) == scorecard_id)
    return [Target.model_validate(dict(row)) for row in (await reader.execute(found)).mappings()]


async def target(reader: Reading, target_id: UUID) -> Target:
    found = _targets().where(col(TargetRow.id) == target_id)
    return await one(reader, found, Target, "target")


async def target_row(session: AsyncSession, target_id: UUID) -> TargetRow:
    """For change: locked until the transaction ends."""
    return await row_for_change(session, TargetRow, target_id, "target")


async def scorecard_of(session: AsyncSession, target_id: UUID) -> UUID:
    """The scorecard is locked first, then the target, by everybody."""
    return (await target(session, target_id)).scorecard_id


async def taken(
    session: AsyncSession, scorecard: ScorecardRow, indicator_id: UUID, dimension: str, group: str
) -> bool:
    found = select(func.count()).where(
        col(TargetRow.scorecard_id) == scorecard.id,
        col(TargetRow.indicator_id) == indicator_id,
        col(TargetRow.dimension) == dimension,
        col(TargetRow.group) == group,
    )
    return bool((await session.execute(found)).scalar_one())
