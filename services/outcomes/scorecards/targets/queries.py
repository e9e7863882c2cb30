"""Reading targets."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.outcomes.indicators.indicators.records import indicator, indicator_definition
from services.outcomes.scorecards.scorecards.records import scorecard
from services.outcomes.scorecards.targets.records import TargetRow, target
from shared.contracts.outcomes.target import Target, TargetDraft
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, one, row_for_change

IN_FORCE_THEN = (
    select(func.max(indicator_definition.number))
    .where(
        indicator_definition.indicator_id == target.indicator_id,
        indicator_definition.defined_at <= target.updated_at,
    )
    .correlate(TargetRow)
    .scalar_subquery()
)
IN_FORCE_OF_DERIVED = (
    select(indicator.definition)
    .where(indicator.id == target.indicator_id, indicator.derivation.is_not(None))
    .correlate(TargetRow)
    .scalar_subquery()
)
DEFINITION: Any = func.coalesce(IN_FORCE_OF_DERIVED, target.definition, IN_FORCE_THEN, 1)
"""The number of the definition that a target belongs to. A derived indicator is counted in one way
whatever its definition says, so its targets go along with the one in force."""


def _targets() -> Select[Any]:
    made = {"value", "definition"}
    named = [column for column in columns(Target, TargetRow) if column.key not in made]
    quantity = func.jsonb_build_object("value", target.value, "unit", target.unit, type_=JSONB)
    return (
        select(
            *named, quantity.label("value"), DEFINITION.label("definition"),
            scorecard.title.label("scorecard_title"), indicator.name.label("indicator_name"),
        )
        .join(scorecard, scorecard.id == target.scorecard_id)
        .join(indicator, indicator.id == target.indicator_id)
    )  # fmt: skip


async def targets(
    reader: Reading, scorecard_id: UUID | None, indicator_id: UUID | None, paging: PageRequest
) -> Page[Target]:
    found = _targets()
    if scorecard_id is not None:
        found = found.where(target.scorecard_id == scorecard_id)
    if indicator_id is not None:
        found = found.where(target.indicator_id == indicator_id)
    return await page(reader, found, Target, paging, by=[target.id])


async def targets_of(reader: Reading, scorecard_id: UUID) -> list[Target]:
    found = _targets().where(target.scorecard_id == scorecard_id).order_by(target.updated_at)
    return [Target.model_validate(dict(row)) for row in (await reader.execute(found)).mappings()]


async def one_target(reader: Reading, target_id: UUID) -> Target:
    found = _targets().where(target.id == target_id)
    return await one(reader, found, Target, "target")


async def target_row(session: AsyncSession, target_id: UUID) -> TargetRow:
    """For change: locked until the transaction ends."""
    return await row_for_change(session, TargetRow, target_id, "target")


async def scorecard_of(session: AsyncSession, target_id: UUID) -> UUID:
    """The target's scorecard. Every writer locks the scorecard first, then the target."""
    return (await one_target(session, target_id)).scorecard_id


async def taken(session: AsyncSession, draft: TargetDraft, definition: int) -> bool:
    """Whether the group has a target for this definition already."""
    found = select(func.count()).where(
        target.scorecard_id == draft.scorecard_id,
        target.indicator_id == draft.indicator_id,
        definition == DEFINITION,
        target.dimension == draft.dimension,
        target.group == draft.group,
    )
    return bool((await session.execute(found)).scalar_one())
