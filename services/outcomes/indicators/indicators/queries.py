"""Reading indicators and their definitions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.outcomes.indicators.indicators.records import DefinitionRow, IndicatorRow
from services.outcomes.indicators.indicators.rules import KnownDefinition
from shared.contracts.outcomes.indicator import (
    Definition,
    DefinitionDraft,
    Indicator,
    PeriodKind,
    Unit,
)
from shared.contracts.outcomes.outcome import Outcome
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, one, row_for_change, unknown

IN_FORCE = and_(
    col(DefinitionRow.indicator_id) == col(IndicatorRow.id),
    col(DefinitionRow.number) == col(IndicatorRow.definition),
)


def _indicators() -> Select[Any]:
    definition = literal_column("to_jsonb(indicator_definition)", JSONB).label("definition")
    named = [column for column in columns(Indicator, IndicatorRow) if column.key != "definition"]
    return select(*named, definition).join(DefinitionRow, IN_FORCE)


async def indicators(
    reader: Reading, outcome: Outcome | None, paging: PageRequest
) -> Page[Indicator]:
    found = _indicators()
    if outcome is not None:
        found = found.where(col(IndicatorRow.outcome) == outcome)
    return await page(reader, found, Indicator, paging, by=[col(IndicatorRow.key)])


async def indicator(reader: Reading, indicator_id: UUID) -> Indicator:
    found = _indicators().where(col(IndicatorRow.id) == indicator_id)
    return await one(reader, found, Indicator, "indicator")


async def indicators_of(reader: Reading, ids: Sequence[UUID]) -> list[tuple[Indicator, UUID]]:
    """In the order of `ids`, each with the id of its definition in force."""
    definition_id: Any = col(DefinitionRow.id).label("definition_id")
    found = _indicators().add_columns(definition_id).where(col(IndicatorRow.id).in_(ids))
    rows = (await reader.execute(found)).mappings()
    by_id = {
        row["id"]: (Indicator.model_validate(dict(row)), row["definition_id"]) for row in rows
    }
    return [by_id[id] for id in ids]


async def definitions(
    reader: Reading, indicator_id: UUID, paging: PageRequest
) -> Page[Definition]:
    """Newest first."""
    await indicator(reader, indicator_id)
    found = select(*columns(Definition, DefinitionRow)).where(
        col(DefinitionRow.indicator_id) == indicator_id
    )
    return await page(
        reader, found, Definition, paging, by=[col(DefinitionRow.number)], descending=True
    )


async def indicator_row(session: AsyncSession, indicator_id: UUID) -> IndicatorRow:
    """For change: locked until the transaction ends."""
    return await row_for_change(session, IndicatorRow, indicator_id, "indicator")


async def definition_in_force(session: AsyncSession, indicator: IndicatorRow) -> DefinitionDraft:
    found = select(*columns(DefinitionDraft, DefinitionRow)).where(
        col(DefinitionRow.indicator_id) == indicator.id,
        col(DefinitionRow.number) == indicator.definition,
    )
    return await one(session, found, DefinitionDraft, "definition")


async def key_taken(session: AsyncSession, key: str) -> bool:
    found = select(func.count()).select_from(IndicatorRow).where(col(IndicatorRow.key) == key)
    return bool((await session.execute(found)).scalar_one())


async def locked_rows(session: AsyncSession, ids: Sequence[UUID]) -> list[IndicatorRow]:
    """For change, in the order of their ids; raises NotFound where one is missing. Held by
    whoever writes observations of them or makes a scorecard of them, which then miss none."""
    found = (
        select(IndicatorRow)
        .where(col(IndicatorRow.id).in_(ids))
        .order_by(col(IndicatorRow.id))
        .with_for_update()
    )
    rows = list((await session.execute(found)).scalars())
    if len(rows) != len(set(ids)):
        raise unknown("indicator")
    return rows


async def known_definitions(session: AsyncSession) -> dict[str, dict[int, KnownDefinition]]:
    """What files may name: every definition by the indicator's key and its number."""
    found = select(
        col(IndicatorRow.key),
        col(IndicatorRow.derivation),
        col(DefinitionRow.number),
        col(DefinitionRow.id),
        col(IndicatorRow.id),
        col(DefinitionRow.unit),
        col(DefinitionRow.period_kind),
    ).join(DefinitionRow, col(DefinitionRow.indicator_id) == col(IndicatorRow.id))
    known: dict[str, dict[int, KnownDefinition]] = {}
    for key, derivation, number, id, indicator_id, unit, kind in await session.execute(found):
        definition = KnownDefinition(
            id, indicator_id, Unit(unit), PeriodKind(kind), derivation is not None
        )
        known.setdefault(key, {})[number] = definition
    return known
