"""Reading observations after disclosure control. Only whole tables are given, since a reader could
otherwise choose rows to subtract."""

from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import any_, column, func, literal, select, text

from services.outcomes.indicators.disaggregates.queries import Groups, groups
from services.outcomes.indicators.indicators.queries import definitions_of, indicators_of
from services.outcomes.indicators.periods.records import reporting_period
from services.outcomes.indicators.places.records import observed_place
from services.outcomes.observations.figures.queries import DERIVED, OBSERVED
from services.outcomes.observations.observations.rules import Held, Sums, parts, release
from services.outcomes.scorecards.scorecards.records import scorecard
from shared.contracts.base import Answer
from shared.contracts.outcomes.indicator import Derivation, Indicator
from shared.contracts.outcomes.observation import GroupCell, ObservationTable
from shared.contracts.outcomes.place import Place, PlaceKind
from shared.contracts.outcomes.scorecard import MINIMUM_CELL
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import many, unknown

OF_PLACES = """
    select p.id as owner, cast(:definition as uuid) as definition_id,
           cast(:derivation as text) as derivation, array[p.id] as place_ids
    from observed_place p where {kinds}
"""
COLUMNS = ("owner", "period_id", "group_ids", "numerators", "denominators", "people", "as_of",
           "revision")  # fmt: skip


class Table(Answer):
    """A table before disclosure control. It must not leave this module."""

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


class Asked(NamedTuple):
    """What a caller asks for. Without a definition, the one in force is meant."""

    indicator_id: UUID
    definition: int | None
    place_kind: PlaceKind | None
    place: str | None
    period: str | None


async def observations(
    reader: Reading, asked: Asked, paging: PageRequest
) -> Page[ObservationTable]:
    """The observations of one definition of the indicator, by place and period."""
    indicator, definition_id = await _known(reader, asked)
    figures = _figures(indicator, definition_id)
    found = _tables(figures)
    wanted = (
        (observed_place.kind, asked.place_kind),
        (observed_place.key, asked.place),
        (reporting_period.label, asked.period),
    )
    for known, value in wanted:
        if value is not None:
            found = found.where(known == value)
    by: list[Any] = [observed_place.id, reporting_period.id]
    tables = await page(reader, found, Table, paging, by=by)
    names = await groups(reader)
    n = await strictest(reader, indicator.id)
    held = await _held(reader, indicator, figures, {t.period for t in tables.items}, names, n)
    items = [_released(indicator, table, names, n, held) for table in tables.items]
    return Page[ObservationTable](items=items, next=tables.next)


def _tables(figures: Any) -> Any:
    return (
        select(
            observed_place.kind.label("place_kind"), observed_place.key.label("place_key"),
            observed_place.name.label("place_name"), reporting_period.label.label("period"),
            *(figures.c[name] for name in COLUMNS[2:]),
        )
        .join(observed_place, observed_place.id == figures.c.owner)
        .join(reporting_period, reporting_period.id == figures.c.period_id)
    )  # fmt: skip


async def _held(
    reader: Reading, indicator: Indicator, figures: Any, periods: set[str], names: Groups, n: int
) -> dict[tuple[str, str], Held]:
    """(period, school) → what may be shown of the school beside the roster, which contains all
    schools. For derived indicators only, since all their tables are shown. How the places of import
    files contain each other is not known."""
    if indicator.derivation is None or not periods:
        return {}
    found = _tables(figures).where(reporting_period.label.in_(periods))
    tables = await many(reader, found, Table)
    held: dict[tuple[str, str], Held] = {}
    for whole in tables:
        if whole.place_kind is not PlaceKind.ROSTER:
            continue
        schools = [
            t for t in tables if t.period == whole.period and t.place_kind is PlaceKind.SCHOOL
        ]
        said = parts(
            indicator.definition.unit, people_apart=_apart(indicator), whole=_sums(whole),
            tables=[_sums(school) for school in schools], names=names, n=n,
        )  # fmt: skip
        held |= {(t.period, t.place_key): h for t, h in zip(schools, said, strict=True)}
    return held


def _apart(indicator: Indicator) -> bool:
    return indicator.derivation is Derivation.ATTENDANCE_RATE


def _sums(table: Table) -> Sums:
    return Sums(table.group_ids, table.numerators, table.denominators, table.people)


async def _known(reader: Reading, asked: Asked) -> tuple[Indicator, UUID]:
    """The indicator with the definition that is asked for, and the id of that definition."""
    try:
        [(indicator, _)] = await indicators_of(reader, [asked.indicator_id])
    except KeyError as error:
        raise unknown("indicator") from error
    wanted = asked.definition or indicator.definition.number
    for id, definition in (await definitions_of(reader, [indicator.id]))[indicator.id]:
        if definition.number == wanted:
            return indicator.model_copy(update={"definition": definition}), id
    raise unknown("definition")


def _figures(indicator: Indicator, definition_id: UUID) -> Any:
    if indicator.derivation is None:
        sql = OBSERVED.format(wanted=OF_PLACES.format(kinds="true"))
    else:
        kinds = "p.kind in ('roster', 'school')"
        sql = DERIVED.format(wanted=OF_PLACES.format(kinds=kinds))
    known = text(sql).bindparams(definition=definition_id, derivation=indicator.derivation)
    return known.columns(*(column(name) for name in COLUMNS)).subquery("figures")


def _released(
    indicator: Indicator, table: Table, names: Groups, n: int,
    held: dict[tuple[str, str], Held],
) -> ObservationTable:  # fmt: skip
    part = table.place_kind is PlaceKind.SCHOOL
    cells = release(
        indicator.definition.unit, people_apart=_apart(indicator), sums=_sums(table), names=names,
        n=n, held=held.get((table.period, table.place_key)) if part else None,
    )  # fmt: skip
    named = sorted(((*names[group], cell) for group, cell in cells.items()), key=itemgetter(0, 1))
    return ObservationTable(
        id=f"{indicator.id}/{indicator.definition.number}/{table.place_kind}/{table.place_key}"
        f"/{table.period}",
        indicator_id=indicator.id,
        indicator_name=indicator.name,
        definition=indicator.definition.number,
        place=Place(kind=table.place_kind, key=table.place_key, name=table.place_name),
        period=table.period,
        as_of=table.as_of,
        revision=table.revision,
        minimum_cell=n,
        groups=[GroupCell(dimension=d, group=g, cell=cell) for d, g, cell in named],
    )


async def strictest(reader: Reading, indicator_id: UUID) -> int:
    """The largest minimum cell of the scorecards that show the indicator, and at least the
    platform's own. A figure that one partnership withholds is therefore withheld everywhere."""
    shows = literal(indicator_id) == any_(scorecard.indicator_ids)
    found = select(func.max(scorecard.minimum_cell)).where(shows)
    return max(MINIMUM_CELL, (await reader.execute(found)).scalar_one() or 0)
