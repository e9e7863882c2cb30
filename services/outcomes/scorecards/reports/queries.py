"""Reading the reports of scorecards."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from services.outcomes.indicators.disaggregates.queries import groups
from services.outcomes.indicators.indicators.queries import definitions_of, indicators_of
from services.outcomes.observations.figures.queries import figures
from services.outcomes.observations.figures.rules import Figures
from services.outcomes.observations.observations.rules import policy
from services.outcomes.scorecards.contributors.queries import contributors, partnership_name
from services.outcomes.scorecards.reports.records import report_part
from services.outcomes.scorecards.reports.rules import (
    Aims,
    Group,
    Measured,
    indicator_report,
    released,
)
from services.outcomes.scorecards.scorecards.queries import one_scorecard, shown
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
    """The report as JSON, from the parts that are kept ready."""
    card = await one_scorecard(reader, scorecard_id)
    found = select(report_part.indicator_id, report_part.content).where(
        report_part.scorecard_id == scorecard_id
    )
    content = {row.indicator_id: row.content for row in await reader.execute(found)}
    head = (await _head(reader, card, [])).model_dump_json()
    parts = ",".join(content[id] for id in card.indicators if id in content)
    return f"{head[: -len(NO_INDICATORS)]}[{parts}]}}".encode()


async def stale_ids(reader: Reading, scorecard_id: UUID) -> list[UUID]:
    """The indicators whose part has changed since it was written."""
    found = select(report_part.indicator_id).where(
        report_part.scorecard_id == scorecard_id, report_part.changed > report_part.written
    )
    return list((await reader.execute(found)).scalars())


async def changes(reader: Reading, scorecard_id: UUID) -> dict[UUID, int]:
    """How often each part has changed. Must be read before the figures are."""
    found = select(report_part.indicator_id, report_part.changed).where(
        report_part.scorecard_id == scorecard_id
    )
    return {row.indicator_id: row.changed for row in await reader.execute(found)}


async def report_anew(reader: Reading, scorecard_id: UUID) -> ScorecardReport:
    """The same report, added up anew from the observations."""
    card = await one_scorecard(reader, scorecard_id)
    return await report_of(reader, card, await measured(reader, scorecard_id, card.indicators))


async def report_of(
    reader: Reading, card: Scorecard, found: Sequence[Measured]
) -> ScorecardReport:
    """The report that these tables give."""
    aims = await _aims(reader, card.id)
    return await _head(reader, card, [indicator_report(each, aims) for each in found])


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
    """The parts of the wanted indicators that the scorecard shows, in its order."""
    aims = await _aims(reader, scorecard_id)
    parts = []
    for each in await measured(reader, scorecard_id, wanted):
        parts.append(indicator_report(each, aims))
        await asyncio.sleep(0)  # lets other requests run: a part takes milliseconds
    return parts


async def measured(reader: Reading, scorecard_id: UUID, wanted: Sequence[UUID]) -> list[Measured]:
    """The tables of the wanted indicators that the scorecard shows, in its order."""
    minimum_cell, indicators = await shown(reader, scorecard_id)
    ids = [id for id in indicators if id in set(wanted)]
    tables: dict[UUID, list[Figures]] = defaultdict(list)
    for table in await figures(reader, scorecard_id, ids):
        tables[table.definition_id].append(table)
    names = await groups(reader)
    known = await definitions_of(reader, ids)
    found = []
    for indicator, _ in await indicators_of(reader, ids):
        series = [
            (
                definition,
                [released(indicator, definition, t, names, minimum_cell) for t in tables[id]],
            )
            for id, definition in known[indicator.id]
        ]
        found.append(Measured(indicator, series))
        await asyncio.sleep(0)  # as above
    return found


async def _aims(reader: Reading, scorecard_id: UUID) -> Aims:
    aims: dict[tuple[UUID, int], dict[Group, Aim]] = defaultdict(dict)
    for target in await targets_of(reader, scorecard_id):
        aim = Aim(target.value, target.due_on, target.baseline_period)
        aims[target.indicator_id, target.definition][target.dimension, target.group] = aim
    return aims
