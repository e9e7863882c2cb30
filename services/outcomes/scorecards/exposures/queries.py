"""The tables of a scorecard as its next edition may show them."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from services.outcomes.scorecards.clashes.rules import Beside, beside
from services.outcomes.scorecards.exposures import rules
from services.outcomes.scorecards.place_differences.queries import Apart, Pair, apart_of, pair
from services.outcomes.scorecards.published_tables.queries import earlier, placed
from services.outcomes.scorecards.published_tables.rules import Published, Shown
from services.outcomes.scorecards.reports.queries import measured
from services.outcomes.scorecards.reports.rules import Measured, Table
from shared.contracts.outcomes.exposure import Exposure
from shared.contracts.outcomes.indicator import Indicator
from shared.contracts.outcomes.scorecard import Scorecard
from shared.persistence.database import Reading


class Controlled(NamedTuple):
    """The tables of an edition after disclosure control, laid out as a report takes them and as
    they are kept, and the figures that were kept or withheld."""

    measured: list[Measured]
    tables: list[Published]
    exposures: list[Exposure]


async def controlled(reader: Reading, card: Scorecard) -> Controlled:
    """The figures of the scorecard as they are, beside all that was ever published."""
    found = await measured(reader, card.id, card.indicators)
    new = await placed(reader, _shown(found), card.places, card.minimum_cell)
    places = {place for table in new for place in (*table.covers, *table.place_ids)}
    before = await earlier(reader, card.indicators, places)
    indicators = {each.indicator.id: each.indicator for each in found}
    pairs = (pair(table, old) for table in new for old in before[table.indicator_id, table.period])
    apart = await apart_of(reader, indicators, pairs)
    tables, exposures = [], []
    for table in new:
        indicator = indicators[table.indicator_id]
        known = before[table.indicator_id, table.period]
        decided, clashes = rules.decided(table, _beside(table, known, indicator, apart))
        known.append(decided)  # another definition in this edition is held against it
        tables.append(decided)
        exposures += [
            rules.exposure(indicator.key, indicator.name, decided, clash) for clash in clashes
        ]
        await asyncio.sleep(0)  # lets other requests run: a table takes milliseconds
    return Controlled(_laid_out(found, tables), tables, exposures)


def _beside(
    table: Published, known: Sequence[Published], indicator: Indicator, apart: Mapping[Pair, Apart]
) -> list[Beside]:
    derived = indicator.derivation is not None
    found = (
        beside(table, old, derived=derived, apart=apart.get(pair(table, old), ())) for old in known
    )
    return [each for each in found if each is not None]


def _shown(found: Sequence[Measured]) -> list[Shown]:
    return [
        Shown(each.indicator.id, definition.number, table.period, table.as_of, table.cells)
        for each in found
        for definition, tables in each.series
        for table in tables
    ]


def _laid_out(found: Sequence[Measured], tables: Sequence[Published]) -> list[Measured]:
    by_series: Mapping[tuple[UUID, int], list[Table]] = {
        (each.indicator.id, definition.number): []
        for each in found
        for definition, _ in each.series
    }
    for table in tables:
        by_series[table.indicator_id, table.definition].append(
            Table(table.period, table.as_of, table.cells)
        )
    return [
        each._replace(
            series=[
                (definition, by_series[each.indicator.id, definition.number])
                for definition, _ in each.series
            ]
        )
        for each in found
    ]
