"""Reading observations, after disclosure control: whole tables only, or a reader could choose
which rows to subtract."""

from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import column, select, text
from sqlmodel import col

from services.outcomes.figures.queries import DERIVED, OBSERVED
from services.outcomes.groups.queries import Groups, groups
from services.outcomes.indicators.queries import indicators_of
from services.outcomes.observations.rules import Sums, release
from services.outcomes.periods.records import PeriodRow
from services.outcomes.places.records import PlaceRow
from services.outcomes.scorecards.queries import strictest
from shared.contracts.base import Answer
from shared.contracts.outcomes.indicator import Derivation, Indicator
from shared.contracts.outcomes.observation import GroupCell, ObservationTable
from shared.contracts.outcomes.place import Place, PlaceKind
from shared.database import Reading
from shared.paging import Page, PageRequest, page
from shared.queries import unknown

OF_PLACES = """
    select p.id as owner, cast(:definition as uuid) as definition_id,
           cast(:derivation as text) as derivation, array[p.id] as place_ids
    from observed_place p where {kinds}
"""
COLUMNS = ("owner", "period_id", "group_ids", "numerators", "denominators", "people", "as_of",
           "revision")  # fmt: skip


class Table(Answer):
    """A table before disclosure control; it stays in this module."""

    place_kind: PlaceKind
    place_key: str
    place_name: str
    period: str
    group_ids: list[int]
    numerators: list[int]
    denominators: list[int]
    people: list[int]
    as_of: datetime
    revision: int


async def observations(
    reader: Reading,
    indicator_id: UUID,
    place_kind: PlaceKind | None,
    place: str | None,
    period: str | None,
    paging: PageRequest,
) -> Page[ObservationTable]:
    """Of the indicator's definition in force, by place and period."""
    [(indicator, definition_id)] = await _known(reader, indicator_id)
    figures = _figures(indicator, definition_id)
    found = (
        select(
            col(PlaceRow.kind).label("place_kind"), col(PlaceRow.key).label("place_key"),
            col(PlaceRow.name).label("place_name"), col(PeriodRow.label).label("period"),
            *(figures.c[name] for name in COLUMNS[2:]),
        )
        .join(PlaceRow, col(PlaceRow.id) == figures.c.owner)
        .join(PeriodRow, col(PeriodRow.id) == figures.c.period_id)
    )  # fmt: skip
    wanted = ((PlaceRow.kind, place_kind), (PlaceRow.key, place), (PeriodRow.label, period))
    for known, value in wanted:
        if value is not None:
            found = found.where(col(known) == value)
    by: list[Any] = [col(PlaceRow.id), col(PeriodRow.id)]
    tables = await page(reader, found, Table, paging, by=by)
    names = await groups(reader)
    n = await strictest(reader, indicator_id)
    items = [_released(indicator, table, names, n) for table in tables.items]
    return Page[ObservationTable](items=items, next=tables.next)


async def _known(reader: Reading, indicator_id: UUID) -> list[tuple[Indicator, UUID]]:
    try:
        return await indicators_of(reader, [indicator_id])
    except KeyError as error:
        raise unknown("indicator") from error


def _figures(indicator: Indicator, definition_id: UUID) -> Any:
    if indicator.derivation is None:
        sql = OBSERVED.format(wanted=OF_PLACES.format(kinds="true"))
    else:
        kinds = "p.kind in ('roster', 'school')"
        sql = DERIVED.format(wanted=OF_PLACES.format(kinds=kinds))
    known = text(sql).bindparams(definition=definition_id, derivation=indicator.derivation)
    return known.columns(*(column(name) for name in COLUMNS)).subquery("figures")


def _released(indicator: Indicator, table: Table, names: Groups, n: int) -> ObservationTable:
    sums = Sums(table.group_ids, table.numerators, table.denominators, table.people)
    apart = indicator.derivation is Derivation.ATTENDANCE_RATE
    cells = release(indicator.definition.unit, people_apart=apart, sums=sums, names=names, n=n)
    named = sorted(((*names[group], cell) for group, cell in cells.items()), key=itemgetter(0, 1))
    return ObservationTable(
        id=f"{indicator.id}/{indicator.definition.number}/{table.place_kind}/{table.place_key}"
        f"/{table.period}",
        indicator_id=indicator.id,
        definition=indicator.definition.number,
        place=Place(kind=table.place_kind, key=table.place_key, name=table.place_name),
        period=table.period,
        as_of=table.as_of,
        revision=table.revision,
        minimum_cell=n,
        groups=[GroupCell(dimension=d, group=g, cell=cell) for d, g, cell in named],
    )
