"""Reading indicators and their definitions."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import Response
from sqlalchemy import Select, and_, any_, bindparam, func, literal, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.outcomes.indicators.indicators.records import (
    DefinitionRow,
    IndicatorRow,
    indicator,
    indicator_definition,
)
from services.outcomes.indicators.indicators.rules import KnownDefinition
from services.outcomes.scorecards.scorecards.records import scorecard
from shared.contracts.outcomes.indicator import (
    Definition,
    DefinitionDraft,
    Indicator,
    PeriodKind,
    Unit,
)
from shared.contracts.outcomes.outcome import Outcome
from shared.http.list_for_all import ListForAll
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, one, row_for_change, unknown
from shared.persistence.statements import Statement, among

IN_FORCE = and_(
    indicator_definition.indicator_id == indicator.id,
    indicator_definition.number == indicator.definition,
)


def _indicators() -> Select[Any]:
    definition = literal_column("to_jsonb(indicator_definition)", JSONB).label("definition")
    named = [column for column in columns(Indicator, IndicatorRow) if column.key != "definition"]
    return select(*named, definition).join(indicator_definition, IN_FORCE)


INDICATOR = Statement(_indicators().where(indicator.id == bindparam("indicator_id")), Indicator)
INDICATORS = ListForAll(
    _indicators(), Indicator, by=[indicator.key],
    filters={"ids": among(indicator.id), "outcome": indicator.outcome == bindparam("outcome")},
)  # fmt: skip


async def indicators(
    reader: Reading, ids: Sequence[UUID], outcome: Outcome | None, paging: PageRequest
) -> Response:
    return await INDICATORS.page(reader, paging, ids=ids, outcome=outcome)


async def one_indicator(reader: Reading, indicator_id: UUID) -> Indicator:
    return await INDICATOR.one(reader, "indicator", indicator_id=indicator_id)


async def indicators_of(reader: Reading, ids: Sequence[UUID]) -> list[tuple[Indicator, UUID]]:
    """The indicators in the order of `ids`, each with the id of its definition in force."""
    definition_id: Any = indicator_definition.id.label("definition_id")
    found = _indicators().add_columns(definition_id).where(indicator.id.in_(ids))
    rows = (await reader.execute(found)).mappings()
    by_id = {
        row["id"]: (Indicator.model_validate(dict(row)), row["definition_id"]) for row in rows
    }
    return [by_id[id] for id in ids]


async def definitions_of(
    reader: Reading, ids: Sequence[UUID]
) -> dict[UUID, list[tuple[UUID, Definition]]]:
    """Every definition of these indicators, each with its id, by indicator and in their order."""
    named: Any = indicator_definition.id.label("definition_id")
    found = (
        select(named, *columns(Definition, DefinitionRow))
        .where(indicator_definition.indicator_id.in_(ids))
        .order_by(indicator_definition.number)
    )
    by_indicator: dict[UUID, list[tuple[UUID, Definition]]] = defaultdict(list)
    for row in (await reader.execute(found)).mappings():
        definition = Definition.model_validate(dict(row))
        by_indicator[definition.indicator_id].append((row["definition_id"], definition))
    return by_indicator


async def definitions(
    reader: Reading, indicator_id: UUID, paging: PageRequest
) -> Page[Definition]:
    """The definitions of an indicator, newest first."""
    await one_indicator(reader, indicator_id)
    found = select(*columns(Definition, DefinitionRow)).where(
        indicator_definition.indicator_id == indicator_id
    )
    return await page(
        reader, found, Definition, paging, by=[indicator_definition.number], descending=True
    )


async def one_definition(reader: Reading, indicator_id: UUID, number: int) -> Definition:
    found = select(*columns(Definition, DefinitionRow)).where(
        indicator_definition.indicator_id == indicator_id, indicator_definition.number == number
    )
    return await one(reader, found, Definition, "definition")


async def indicator_row(session: AsyncSession, indicator_id: UUID) -> IndicatorRow:
    """For change: locked until the transaction ends."""
    return await row_for_change(session, IndicatorRow, indicator_id, "indicator")


async def definition_in_force(session: AsyncSession, indicator: IndicatorRow) -> DefinitionDraft:
    found = select(*columns(DefinitionDraft, DefinitionRow)).where(
        indicator_definition.indicator_id == indicator.id,
        indicator_definition.number == indicator.definition,
    )
    return await one(session, found, DefinitionDraft, "definition")


async def showing(session: AsyncSession, indicator_id: UUID) -> Sequence[UUID]:
    """The partnerships whose scorecard shows the indicator."""
    found = select(scorecard.partnership_id).where(
        literal(indicator_id) == any_(scorecard.indicator_ids)
    )
    return (await session.execute(found)).scalars().all()


async def key_taken(session: AsyncSession, key: str) -> bool:
    found = select(func.count()).select_from(indicator).where(indicator.key == key)
    return bool((await session.execute(found)).scalar_one())


async def locked_rows(session: AsyncSession, ids: Sequence[UUID]) -> list[IndicatorRow]:
    """Indicators for change, in the order of their ids; raises NotFound where one is missing.
    Writers of observations and makers of scorecards hold these locks, so that neither misses the
    other."""
    found = (
        select(IndicatorRow).where(indicator.id.in_(ids)).order_by(indicator.id).with_for_update()
    )
    rows = list((await session.execute(found)).scalars())
    if len(rows) != len(set(ids)):
        raise unknown("indicator")
    return rows


async def known_definitions(session: AsyncSession) -> dict[str, dict[int, KnownDefinition]]:
    """The definitions that import files may name, by the indicator's key and the definition's
    number."""
    found = select(
        indicator.key,
        indicator.derivation,
        indicator_definition.number,
        indicator_definition.id,
        indicator.id,
        indicator_definition.unit,
        indicator_definition.period_kind,
    ).join(indicator_definition, indicator_definition.indicator_id == indicator.id)
    known: dict[str, dict[int, KnownDefinition]] = {}
    for key, derivation, number, id, indicator_id, unit, kind in await session.execute(found):
        definition = KnownDefinition(
            id, indicator_id, Unit(unit), PeriodKind(kind), derivation is not None
        )
        known.setdefault(key, {})[number] = definition
    return known
