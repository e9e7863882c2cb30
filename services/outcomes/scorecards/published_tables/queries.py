"""Reading what editions have published, and the places that a table covers."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.outcomes.indicators.indicators.queries import definitions_of, indicators_of
from services.outcomes.indicators.places.queries import numbers_of
from services.outcomes.observations.figures.rules import Wanted, wanted_json
from services.outcomes.scorecards.editions.records import edition
from services.outcomes.scorecards.published_tables.records import published_table
from services.outcomes.scorecards.published_tables.rules import (
    Published,
    Shown,
    counts_at,
    read,
)
from shared.contracts.outcomes.place import Place
from shared.persistence.database import Reading

Covered = dict[tuple[int, str], frozenset[int]]
"""The places whose people are in the figures, by the owner of the wanted and the period."""

# Of tables that are alike, the newest edition's.
EARLIER = text("""
    select (array_agg(t.edition_id order by e.published_at desc, e.number desc))[1], t.indicator_id,
           t.definition, t.period, t.place_ids, t.covers, t.minimum_cell, t.as_of, t.cells
    from published_table t join edition e on e.id = t.edition_id
    where t.indicator_id = any(cast(:indicators as uuid[]))
      and (t.covers && cast(:places as int[]) or t.place_ids && cast(:places as int[]))
    group by t.indicator_id, t.definition, t.period, t.place_ids, t.covers, t.minimum_cell,
             t.as_of, t.cells
    order by max(e.published_at), max(e.number)
""")
COVERS = text("""
    with wanted as (
      select * from jsonb_to_recordset(cast(:wanted as jsonb))
        as w (owner int, definition_id uuid, derivation text, place_ids int[])
    )
    select w.owner, period.label, array_agg(distinct o.place_id)
    from wanted w
    join observation o on w.derivation is null and o.definition_id = w.definition_id
      and o.place_id = any(w.place_ids)
    join reporting_period period on period.id = o.period_id
    group by w.owner, period.label
    union all
    select w.owner, (t.school_year - 1)::text || '-' || t.school_year::text,
           array_agg(distinct coalesce(school.id, 0))
    from wanted w
    join observed_place p on w.derivation is not null and p.id = any(w.place_ids)
    join attendance_sum t on t.place <> 'all' and (p.kind = 'roster' or t.place = p.key)
    left join observed_place school on school.kind = 'school' and school.key = t.place
    where p.kind in ('roster', 'school') and t.students > 0
    group by w.owner, t.school_year
""")


async def placed(
    reader: Reading, shown: Sequence[Shown], places: Sequence[Place], n: int
) -> list[Published]:
    """The tables of one report, with the places that each covers by what is known now."""
    wanted = await _wanted(reader, {each.indicator_id for each in shown}, places)
    owners = list(wanted.values())
    covers = await _covered(reader, owners)
    return [
        Published(
            None, each.indicator_id, each.definition, each.period, frozenset(of.place_ids),
            covers.get((of.owner, each.period), frozenset(of.place_ids)), n, each.as_of,
            each.cells,
        )
        for each in shown
        if (of := wanted[each.indicator_id, each.definition])
    ]  # fmt: skip


async def _wanted(
    reader: Reading, indicators: Collection[UUID], places: Sequence[Place]
) -> dict[tuple[UUID, int], Wanted]:
    """By indicator and the number of the definition."""
    numbers = await numbers_of(reader, places)
    ids = sorted(indicators)
    derived = {each.id: each.derivation for each, _ in await indicators_of(reader, ids)}
    at = {
        of: [number for (kind, _), number in numbers.items() if counts_at(derived[of], kind)]
        for of in ids
    }
    defined = [
        (of, definition.number, id)
        for of, definitions in (await definitions_of(reader, ids)).items()
        for id, definition in definitions
    ]
    return {
        (of, number): Wanted(owner, id, derived[of], at[of])
        for owner, (of, number, id) in enumerate(defined)
    }


async def _covered(reader: Reading, wanted: Sequence[Wanted]) -> Covered:
    found = await reader.execute(COVERS, {"wanted": wanted_json(wanted)})
    return {(owner, period): frozenset(places) for owner, period, places in found}


async def earlier(
    reader: Reading, indicators: Sequence[UUID], places: Iterable[int]
) -> dict[tuple[UUID, str], list[Published]]:
    """The tables ever published of these indicators that share one of these places, by indicator
    and period, in the order of their editions."""
    asked = {"indicators": list(indicators), "places": list(places)}
    found: dict[tuple[UUID, str], list[Published]] = defaultdict(list)
    for row in await reader.execute(EARLIER, asked):
        of, definition, period, named, covers, n, as_of, cells = row[1:]
        found[of, period].append(
            Published(
                row[0], of, definition, period, frozenset(named), frozenset(covers), n, as_of,
                read(cells),
            )
        )  # fmt: skip
    return found


async def not_taken_up(session: AsyncSession) -> list[tuple[UUID, datetime, str]]:
    """The editions without tables, their times and reports: those of releases that kept none."""
    kept = exists().where(published_table.edition_id == edition.id)
    found = select(edition.id, edition.published_at, edition.report).where(~kept)
    return [tuple(row) for row in await session.execute(found.order_by(edition.published_at))]
