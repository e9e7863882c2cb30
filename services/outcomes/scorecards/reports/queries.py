"""Reading how a scorecard stands."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from services.outcomes.indicators.disaggregates.queries import groups
from services.outcomes.indicators.indicators.queries import indicators_of
from services.outcomes.observations.figures.queries import figures
from services.outcomes.observations.figures.rules import Figures
from services.outcomes.observations.observations.rules import policy
from services.outcomes.scorecards.contributors.queries import contributors, partnership_name
from services.outcomes.scorecards.reports.records import ReportPartRow
from services.outcomes.scorecards.reports.rules import Group, indicator_report
from services.outcomes.scorecards.scorecards.queries import scorecard, shown
from services.outcomes.scorecards.scorecards.rules import Aim
from services.outcomes.scorecards.targets.queries import targets_of
from shared.contracts.outcomes.scorecard import (
    IndicatorReport,
    Scorecard,
    ScorecardReport,
)
from shared.persistence.database import Reading

NO_INDICATORS = "[]}"


async def report(reader: Reading, scorecard_id: UUID) -> bytes:
    """The report as JSON, out of the parts that are kept ready."""
    card = await scorecard(reader, scorecard_id)
    found = select(col(ReportPartRow.indicator_id), col(ReportPartRow.content)).where(
        col(ReportPartRow.scorecard_id) == scorecard_id
    )
    content = {row.indicator_id: row.content for row in await reader.execute(found)}
    head = (await _head(reader, card, [])).model_dump_json()
    parts = ",".join(content[id] for id in card.indicators if id in content)
    return f"{head[: -len(NO_INDICATORS)]}[{parts}]}}".encode()


async def stale_ids(reader: Reading, scorecard_id: UUID) -> list[UUID]:
    """The indicators whose part has changed since it was written."""
    table = ReportPartRow
    found = select(col(table.indicator_id)).where(
        col(table.scorecard_id) == scorecard_id, col(table.changed) > col(table.written)
    )
    return list((await reader.execute(found)).scalars())


async def changes(reader: Reading, scorecard_id: UUID) -> dict[UUID, int]:
    """How often each part has changed. Read before the figures are."""
    found = select(col(ReportPartRow.indicator_id), col(ReportPartRow.changed)).where(
        col(ReportPartRow.scorecard_id) == scorecard_id
    )
    return {row.indicator_id: row.changed for row in await reader.execute(found)}


async def report_anew(reader: Reading, scorecard_id: UUID) -> ScorecardReport:
    """The same, added up from the observations."""
    card = await scorecard(reader, scorecard_id)
    return await _head(reader, card, await parts_anew(reader, scorecard_id, card.indicators))


async def _head(
    reader: Reading, card: Scorecard, indicators: list[IndicatorReport]
) -> ScorecardReport:
    return ScorecardReport.model_construct(
        scorecard_id=card.id,
        partnership_id=card.partnership_id,
        partnership_name=await partnership_name(reader, card.partnership_id),
        title=card.title,
        places=card.places,
        minimum_cell=card.minimum_cell,
        policy=policy(card.minimum_cell),
        contributors=await contributors(reader, card.partnership_id),
        indicators=indicators,
    )


async def parts_anew(
    reader: Reading, scorecard_id: UUID, wanted: Sequence[UUID]
) -> list[IndicatorReport]:
    """Of the wanted indicators that the scorecard shows, in its order."""
    minimum_cell, indicators = await shown(reader, scorecard_id)
    ids = [id for id in indicators if id in set(wanted)]
    tables: dict[UUID, list[Figures]] = defaultdict(list)
    for table in await figures(reader, scorecard_id, ids):
        tables[table.definition_id].append(table)
    names = await groups(reader)
    aims = await _aims(reader, scorecard_id)
    parts = []
    for indicator, definition_id in await indicators_of(reader, ids):
        tables_of, aims_of = tables[definition_id], aims[indicator.id]
        parts.append(indicator_report(indicator, tables_of, names, aims_of, minimum_cell))
        await asyncio.sleep(0)  # Others have their turn: a part takes milliseconds.
    return parts


async def _aims(reader: Reading, scorecard_id: UUID) -> dict[UUID, dict[Group, Aim]]:
    aims: dict[UUID, dict[Group, Aim]] = defaultdict(dict)
    for target in await targets_of(reader, scorecard_id):
        aim = Aim(target.value, target.due_on, target.baseline_period)
        aims[target.indicator_id][target.dimension, target.group] = aim
    return aims
