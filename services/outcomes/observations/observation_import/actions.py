"""Taking in a file of observations: parsed in pieces, staged by COPY, compared and kept by sets."""

import asyncio
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.outcomes.indicators.disaggregates.actions import ensure_groups
from services.outcomes.indicators.indicators import queries as indicators
from services.outcomes.indicators.periods.actions import ensure_periods
from services.outcomes.indicators.places.actions import ensure_places
from services.outcomes.observations.observation_import import rules
from services.outcomes.observations.observation_import.rules import FILE, Names, Parser, Row
from services.outcomes.observations.observations import actions as observations
from services.outcomes.scorecards.reports.actions import refresh
from shared.contracts.imports import ImportEffect
from shared.contracts.outcomes.observation import ObservationsPublished
from shared.events.outbox import announce
from shared.imports.codes import Code
from shared.imports.findings import Findings, Place
from shared.imports.routes import Loaded, Progress
from shared.persistence.copying import copy_records
from shared.security.principal import Principal

BYTES_A_ROW = 80  # a guess, for the progress only
STAGED, COMPARED, KEPT = 0.6, 0.7, 0.95

STAGE = text("""
    create temporary table incoming (
      line int, definition_id uuid, place_id int, period_id int, group_id int,
      numerator bigint, denominator bigint, as_of timestamptz, source text
    ) on commit drop
""")
DOUBLE = text("""
    select max(line), min(line) from incoming
    group by definition_id, place_id, period_id, group_id having count(*) > 1 order by 1
""")
# What was ever reported with the same figures, time and source is known, also where something
# newer has taken its place since: the same file again has no effect.
FORGET_KNOWN = text("""
    delete from incoming i using observation o
    where o.definition_id = i.definition_id and o.place_id = i.place_id
      and o.period_id = i.period_id and o.group_id = i.group_id
      and (o.numerator, o.denominator, o.as_of, o.source)
        = (i.numerator, i.denominator, i.as_of, i.source)
""")
OLDER = text("""
    select i.line from incoming i join observation o
      on o.definition_id = i.definition_id and o.place_id = i.place_id
      and o.period_id = i.period_id and o.group_id = i.group_id and o.superseded_at is null
    where i.as_of < o.as_of order by i.line
""")
# Figures of a place are facts that all partnerships share which show them; a backbone that leads
# none of these brings no other figures there.
FOREIGN = text("""
    select i.line from incoming i
      join indicator_definition d on d.id = i.definition_id
      join scorecard s on d.indicator_id = any(s.indicator_ids) and i.place_id = any(s.place_ids)
    group by i.line
    having not bool_or(s.partnership_id = any(cast(:led as uuid[]))) order by i.line
""")
COUNTS = text("""
    select d.indicator_id, d.id, d.number, count(*) as count,
           count(*) filter (where o.revision > 1) as corrected
    from observation o join indicator_definition d on d.id = o.definition_id
    where o.recorded_at = now() and o.definition_id = any(cast(:definitions as uuid[]))
    group by d.indicator_id, d.id, d.number order by d.indicator_id, d.number
""")


async def load(
    session: AsyncSession, caller: Principal, file: bytes, progress: Progress
) -> Loaded:
    """The observations of one file, all or none. Counts rows, what was new, what was corrected
    and what was known. Announces `outcomes.observations.published.v1` per definition."""
    parser = Parser(await indicators.known_definitions(session))
    await session.execute(STAGE)
    findings = Findings()
    rows = await _stage(session, parser, file, findings, progress)
    held = {row.id: row for row in await indicators.locked_rows(session, [*parser.indicator_ids])}

    await _refuse(session, DOUBLE, Code.ROW_DOUBLE, "The same key stands on line {}.")
    await session.execute(text("analyze incoming"))
    await session.execute(FORGET_KNOWN)
    await _refuse(session, OLDER, Code.OLDER_THAN_KNOWN, "A newer figure is known already.")
    foreign = FOREIGN.bindparams(led=list(caller.leads))
    await _refuse(session, foreign, Code.PARTNERSHIP_NOT_LED, Code.PARTNERSHIP_NOT_LED.meaning)
    await progress(COMPARED)

    await observations.keep_incoming(session)
    await progress(KEPT)
    wanted = {"definitions": [*parser.definition_ids]}
    counts = list(await session.execute(COUNTS, wanted))
    await refresh(session, [row.indicator_id for row in counts])

    for row in counts:
        announce(session, held[row.indicator_id], _published(row))
    kept, corrected = sum(r[3] for r in counts), sum(r[4] for r in counts)
    counts_of_rows = {
        "rows": rows, "observations": kept - corrected, "corrected": corrected,
        "unchanged": rows - kept,
    }  # fmt: skip
    effect = ImportEffect(noun="observations", added=kept - corrected, changed=corrected)
    return Loaded(counts_of_rows, findings, [effect])


def _published(row: Any) -> ObservationsPublished:
    return ObservationsPublished(
        indicator_id=row.indicator_id,
        version=row.number,
        count=row[3],
        corrected=row.corrected,
    )


async def _stage(
    session: AsyncSession, parser: Parser, file: bytes, findings: Findings, progress: Progress
) -> int:
    """Rows are parsed in a thread, a piece at a time, so that requests are answered meanwhile."""
    numbers = Numbers([], [], [])
    count = 0
    pieces = rules.pieces(parser, file, findings)
    while (found := await asyncio.to_thread(next, pieces, None)) is not None:
        count += len(found)
        if not findings.total:
            await _number(session, parser.names, numbers)
            records = await asyncio.to_thread(_records, found, numbers)
            await copy_records(session, "incoming", records)
        await progress(min(STAGED, STAGED * count * BYTES_A_ROW / (len(file) or 1)))
    findings.refuse()
    await ensure_places(session, _places(parser.names, 0))
    return count


class Numbers(NamedTuple):
    """The database's numbers of what a file names, in the order of the file's own."""

    places: list[int]
    periods: list[int]
    groups: list[int]


async def _number(session: AsyncSession, names: Names, numbers: Numbers) -> None:
    """For what the last piece named first."""
    if len(names.places) > len(numbers.places):
        numbers.places.extend(await ensure_places(session, _places(names, len(numbers.places))))
    if len(names.periods) > len(numbers.periods):
        new = list(names.periods)[len(numbers.periods) :]
        numbers.periods.extend(await ensure_periods(session, new))
    if len(names.groups) > len(numbers.groups):
        groups = list(names.groups)[len(numbers.groups) :]
        numbers.groups.extend(await ensure_groups(session, groups))


def _places(names: Names, first: int) -> list[tuple[str, str, str]]:
    return [
        (str(kind), key, names.place_names.get(number, ""))
        for (kind, key), number in list(names.places.items())[first:]
    ]


def _records(rows: list[Row], numbers: Numbers) -> list[tuple[Any, ...]]:
    places, periods, groups = numbers
    return [
        (r[0], r[1], places[r[2]], periods[r[3]], groups[r[4]], r[5], r[6], r[7], r[8])
        for r in rows
    ]


async def _refuse(session: AsyncSession, statement: Any, code: Code, reason: str) -> None:
    findings = Findings()
    for row in await session.execute(statement):
        findings.add(Place(FILE, row[0]), code, reason.format(row[-1]))
    findings.refuse()
