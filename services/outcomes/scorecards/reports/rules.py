"""From figures to a report: released by table, then laid out by group over the periods."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from services.outcomes.observations.figures.rules import Figures
from services.outcomes.observations.observations.rules import GroupNames, Sums, release
from services.outcomes.scorecards.scorecards.rules import Aim, dimension_gap, gap, standing, trend
from shared.contracts.outcomes.group import ALL, Dimension
from shared.contracts.outcomes.indicator import Derivation, Indicator
from shared.contracts.outcomes.observation import Cell
from shared.contracts.outcomes.scorecard import (
    Gap,
    GroupSeries,
    IndicatorReport,
    ScorecardReport,
)

Group = tuple[Dimension, str]
CSV_COLUMNS: Final = (
    "indicator", "definition_version", "period", "dimension", "group", "state", "value", "unit",
    "numerator", "denominator", "bound", "clause",
)  # fmt: skip
EVERYBODY: Group = (Dimension.ALL, ALL)


def indicator_report(
    indicator: Indicator,
    tables: Sequence[Figures],
    names: GroupNames,
    aims: Mapping[Group, Aim],
    n: int,
) -> IndicatorReport:
    """`tables` are of the indicator's definition, in the order of their periods."""
    periods = [table.period for table in tables]
    released = [_released(indicator, table, names, n) for table in tables]
    groups = {group for cells in released for group in cells} | set(aims)
    rows = {group: [cells.get(group) for cells in released] for group in sorted(groups)}
    last = released[-1] if released else {}
    return IndicatorReport.model_construct(
        indicator_id=indicator.id,
        key=indicator.key,
        name=indicator.name,
        outcome=indicator.outcome,
        level=indicator.definition.level,
        unit=indicator.definition.unit,
        direction=indicator.definition.direction,
        definition=indicator.definition.number,
        as_of=max((table.as_of for table in tables), default=None),
        periods=periods,
        groups=[
            _series(indicator, group, cells, last, periods, aims.get(group))
            for group, cells in rows.items()
        ],
        gaps=_gaps(last),
    )


def _released(
    indicator: Indicator, table: Figures, names: GroupNames, n: int
) -> dict[Group, Cell]:
    cells = release(
        indicator.definition.unit,
        people_apart=indicator.derivation is Derivation.ATTENDANCE_RATE,
        sums=Sums(table.group_ids, table.numerators, table.denominators, table.people),
        names=names,
        n=n,
    )
    return {names[group]: cell for group, cell in cells.items()}


def _series(
    indicator: Indicator,
    group: Group,
    cells: list[Cell | None],
    last: Mapping[Group, Cell],
    periods: Sequence[str],
    aim: Aim | None,
) -> GroupSeries:
    definition = indicator.definition
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
    """A line per figure as shown; a withheld figure has its state and clause and no number."""
    written = _Written()
    lines = csv.writer(written)
    yield lines.writerow(CSV_COLUMNS)
    for indicator in report.indicators:
        for series in indicator.groups:
            for period, cell in zip(indicator.periods, series.cells, strict=True):
                if cell is not None:
                    yield lines.writerow(_line(indicator, series, period, cell))


def _line(indicator: IndicatorReport, series: GroupSeries, period: str, cell: Cell) -> list[Any]:
    value = cell.value.value if cell.value is not None else None
    return [
        indicator.key, indicator.definition, period, series.dimension, series.group, cell.state,
        value, indicator.unit, cell.numerator, cell.denominator, cell.bound, cell.clause,
    ]  # fmt: skip


class _Written:
    """A file whose `write` gives the line back."""

    def write(self, line: str) -> str:
        return line
