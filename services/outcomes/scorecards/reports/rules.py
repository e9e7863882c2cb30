"""From figures to a report: disclosure control by table, then the layout by group over the
periods."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, Final, NamedTuple
from uuid import UUID

from services.outcomes.observations.figures.rules import Figures
from services.outcomes.observations.observations.rules import GroupNames, Sums, release
from services.outcomes.scorecards.scorecards.rules import Aim, dimension_gap, gap, standing, trend
from shared.contracts.outcomes.group import ALL, Dimension
from shared.contracts.outcomes.indicator import Definition, Derivation, Indicator
from shared.contracts.outcomes.observation import Cell
from shared.contracts.outcomes.scorecard import (
    Break,
    EarlierSeries,
    Gap,
    GroupSeries,
    IndicatorReport,
    ScorecardReport,
)
from shared.imports.formulas import escaped

Group = tuple[Dimension, str]
CSV_COLUMNS: Final = (
    "indicator", "definition_version", "period", "dimension", "group", "state", "value", "unit",
    "numerator", "denominator", "bound", "clause",
)  # fmt: skip
EVERYBODY: Group = (Dimension.ALL, ALL)


class Table(NamedTuple):
    """The figures of one definition and period after disclosure control."""

    period: str
    as_of: datetime
    cells: Mapping[Group, Cell]


class Measured(NamedTuple):
    """An indicator with its tables by definition, in the order of definitions and periods. The last
    definition is the one in force."""

    indicator: Indicator
    series: Sequence[tuple[Definition, Sequence[Table]]]


Aims = Mapping[tuple[UUID, int], Mapping[Group, Aim]]
"""The targets by indicator and definition."""


def released(
    indicator: Indicator, definition: Definition, figures: Figures, names: GroupNames, n: int
) -> Table:
    cells = release(
        definition.unit,
        people_apart=indicator.derivation is Derivation.ATTENDANCE_RATE,
        sums=Sums(figures.group_ids, figures.numerators, figures.denominators, figures.people),
        names=names,
        n=n,
    )
    return Table(
        figures.period, figures.as_of, {names[group]: cell for group, cell in cells.items()}
    )


def indicator_report(measured: Measured, aims: Aims) -> IndicatorReport:
    """The series of the definition in force, and those of earlier definitions that have figures or
    targets, each by itself: nothing is compared across a break."""
    indicator = measured.indicator
    *before, last = (
        (definition, tables, aims.get((indicator.id, definition.number), {}))
        for definition, tables in measured.series
    )
    kept = [each for each in before if each[1] or each[2]]
    return IndicatorReport.model_construct(
        indicator_id=indicator.id,
        key=indicator.key,
        name=indicator.name,
        outcome=indicator.outcome,
        **_laid_out(*last),
        breaks=_breaks(measured, [*kept, last]),
        earlier=[EarlierSeries.model_construct(**_laid_out(*each)) for each in kept],
    )


def _breaks(measured: Measured, shown: Sequence[tuple[Definition, Any, Any]]) -> list[Break]:
    begun = {definition.number: definition.defined_at for definition, _ in measured.series}
    return [
        Break(before=left.number, after=right.number, since=begun[left.number + 1])
        for (left, *_), (right, *_) in pairwise(shown)
    ]


def _laid_out(
    definition: Definition, tables: Sequence[Table], aims: Mapping[Group, Aim]
) -> dict[str, Any]:
    """The fields of a series: its tables by group over the periods."""
    periods = [table.period for table in tables]
    groups = {group for table in tables for group in table.cells} | set(aims)
    rows = {group: [table.cells.get(group) for table in tables] for group in sorted(groups)}
    last = tables[-1].cells if tables else {}
    return {
        "level": definition.level,
        "unit": definition.unit,
        "direction": definition.direction,
        "definition": definition.number,
        "as_of": max((table.as_of for table in tables), default=None),
        "periods": periods,
        "groups": [
            _series(definition, group, cells, last, periods, aims.get(group))
            for group, cells in rows.items()
        ],
        "gaps": _gaps(last),
    }


def _series(
    definition: Definition,
    group: Group,
    cells: list[Cell | None],
    last: Mapping[Group, Cell],
    periods: Sequence[str],
    aim: Aim | None,
) -> GroupSeries:
    everybody = last.get(EVERYBODY)
    return GroupSeries.model_construct(
        dimension=group[0],
        group=group[1],
        cells=cells,
        trend=trend(cells, definition.unit, definition.direction),
        gap=None if group == EVERYBODY else gap(last.get(group), everybody),
        target=standing(aim, cells, periods, definition.direction) if aim else None,
    )


def _gaps(last: Mapping[Group, Cell]) -> list[Gap]:
    by_dimension: dict[Dimension, dict[str, Cell]] = defaultdict(dict)
    for (dimension, group), cell in last.items():
        if dimension is not Dimension.ALL:
            by_dimension[dimension][group] = cell
    gaps = (dimension_gap(d, cells) for d, cells in sorted(by_dimension.items()))
    return [found for found in gaps if found is not None]


def csv_lines(report: ScorecardReport) -> Iterator[str]:
    """One line per figure as shown, those of earlier definitions first. A withheld figure has its
    state and clause, and no number."""
    written = _Written()
    lines = csv.writer(written)
    yield lines.writerow(CSV_COLUMNS)
    for indicator in report.indicators:
        series_of: list[IndicatorReport | EarlierSeries] = [*indicator.earlier, indicator]
        for each in series_of:
            for series in each.groups:
                for period, cell in zip(each.periods, series.cells, strict=True):
                    if cell is not None:
                        yield lines.writerow(_line(indicator.key, each, series, period, cell))


def _line(
    key: str, of: IndicatorReport | EarlierSeries, series: GroupSeries, period: str, cell: Cell
) -> list[Any]:
    value = cell.value.value if cell.value is not None else None
    said = [
        key, of.definition, period, series.dimension, series.group, cell.state,
        value, of.unit, cell.numerator, cell.denominator, cell.bound, cell.clause,
    ]  # fmt: skip
    return [escaped(each) if isinstance(each, str) else each for each in said]


class _Written:
    """A file whose `write` returns the line."""

    def write(self, line: str) -> str:
        return line
