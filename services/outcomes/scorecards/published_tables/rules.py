"""The tables of an edition: from a report and back, and as they are kept."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from pydantic import TypeAdapter

from services.outcomes.scorecards.reports.rules import Group
from shared.contracts.outcomes.indicator import Derivation
from shared.contracts.outcomes.observation import Cell, GroupCell
from shared.contracts.outcomes.place import PlaceKind
from shared.contracts.outcomes.scorecard import EarlierSeries, IndicatorReport, ScorecardReport

CELLS = TypeAdapter(list[GroupCell])
DERIVED_KINDS = frozenset({PlaceKind.ROSTER, PlaceKind.SCHOOL})
Cells = Mapping[Group, Cell]


class Published(NamedTuple):
    """A table of an edition; `edition_id` is None in the edition that is being made."""

    edition_id: UUID | None
    indicator_id: UUID
    definition: int
    period: str
    place_ids: frozenset[int]
    covers: frozenset[int]
    minimum_cell: int
    as_of: datetime
    cells: Cells


class Shown(NamedTuple):
    """A table as a report shows it, without its places."""

    indicator_id: UUID
    definition: int
    period: str
    as_of: datetime
    cells: Cells


def written(cells: Cells) -> str:
    named = [
        GroupCell.model_construct(dimension=dimension, group=group, cell=cell)
        for (dimension, group), cell in cells.items()
    ]
    return CELLS.dump_json(named).decode()


def read(cells: str) -> Cells:
    return {(each.dimension, each.group): each.cell for each in CELLS.validate_json(cells)}


def counts_at(derivation: Derivation | None, kind: PlaceKind) -> bool:
    """Whether an indicator is counted at places of this kind: a derived one at schools and on the
    roster, an imported one everywhere but on the roster."""
    if derivation is not None:
        return kind in DERIVED_KINDS
    return kind is not PlaceKind.ROSTER


def tables_of(report: ScorecardReport, published_at: datetime) -> Iterator[Shown]:
    """The tables of a published report."""
    for indicator in report.indicators:
        series_of: list[IndicatorReport | EarlierSeries] = [*indicator.earlier, indicator]
        for series in series_of:
            for at, period in enumerate(series.periods):
                cells = {
                    (group.dimension, group.group): cell
                    for group in series.groups
                    if (cell := group.cells[at]) is not None
                }
                as_of = series.as_of or published_at
                yield Shown(indicator.indicator_id, series.definition, period, as_of, cells)
