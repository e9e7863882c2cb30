"""Which figures of a new table would give a group away beside a table published before.

Compared are two counts of the same figure, and what follows of one by subtracting the groups of a
dimension from the total, at one date or between two (observations/differences/rules.py). The
pattern of withheld groups is compared too: a group that did not change, and is shown now, would
give away one that was withheld beside it.

A table of other places that share some, or of another definition of the indicator, is compared
alike, as far as one holds the other. Of two that share places, also the people in one and not in
the other must not be few.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from typing import NamedTuple

from services.outcomes.observations.differences import rules as differences
from services.outcomes.observations.differences.rules import People, Table, small
from services.outcomes.observations.successions.rules import groups_lead_back, total_leads_on
from services.outcomes.scorecards.published_tables.rules import Cells, Published
from services.outcomes.scorecards.reports.rules import EVERYBODY, Group
from shared.contracts.outcomes.exposure import ExposureCause
from shared.contracts.outcomes.group import ALL, Dimension
from shared.contracts.outcomes.observation import Cell, CellState

Apart = Sequence[Mapping[Group, People]]
"""The people of one table who are not in another, and the reverse; as they are, not as shown."""


class Clash(NamedTuple):
    """Figures that would give a group away beside an earlier table."""

    dimension: Dimension
    cause: ExposureCause
    earlier: Published


class Beside(NamedTuple):
    """An earlier table of the same indicator and period. `same`: of the same definition and places.
    `apart` is empty where nobody is in one table and not in the other."""

    table: Published
    shown: Table
    same: bool
    apart: Apart = ()


def beside(new: Published, old: Published, *, derived: bool, apart: Apart = ()) -> Beside | None:
    """None where the two share no place."""
    one_definition = derived or new.definition == old.definition
    one_place = new.place_ids == old.place_ids or new.covers == old.covers
    if not (one_place or new.covers & old.covers):
        return None
    return Beside(old, shown(old.cells), one_definition and one_place, apart)


def total_clashes(new: Published, table: Table, earlier: Sequence[Beside]) -> Iterator[Clash]:
    """Why the total, and with it the table, may not be published anew."""
    for each in earlier:
        cause = _cause_of_total(new, table, each, _strictest(new, [each]))
        if cause is not None:
            yield Clash(Dimension.ALL, cause, each.table)
    same = [each for each in earlier if each.same]
    totals = _totals(same)
    if table.total is not None and table.total not in totals:
        anew = [pair for pair in permutations({table.total, *totals}, 2) if table.total in pair]
        groups = [c for each in same for of in each.shown.groups.values() for c in of.values()]
        n = _strictest(new, same)
        if differences.small_before(_changes(anew), groups, n) or _leads_on(table, same, n):
            yield Clash(Dimension.ALL, ExposureCause.PARTS, same[-1].table)


def _cause_of_total(new: Published, table: Table, each: Beside, n: int) -> ExposureCause | None:
    old = each.shown
    if _comparable(new, each) and differences.totals_near(table, old, n):
        return _cause(new, each)
    if each.same and differences.total_near_parts(table, old, n):
        return ExposureCause.PARTS
    if table.total and old.total and _few_apart(each, [EVERYBODY], n):
        return _cause(new, each)
    return None


def group_clashes(
    new: Published, table: Table, dimension: Dimension, earlier: Sequence[Beside]
) -> Iterator[Clash]:
    """Why the groups of a dimension may not be published anew."""
    for each in earlier:
        cause = _cause_of_groups(new, table, dimension, each, _strictest(new, [each]))
        if cause is not None:
            yield Clash(dimension, cause, each.table)
    same = [each for each in earlier if each.same]
    known = {item for each in same for item in each.shown.groups.get(dimension, {}).items()}
    anew = [item[1] for item in table.groups[dimension].items() if item not in known]
    totals = _totals(same) | ({table.total} if table.total else set())
    changes, n = _changes(permutations(totals, 2)), _strictest(new, same)
    series = [*(each.shown for each in same), table]
    if differences.small_before(changes, anew, n) or groups_lead_back(series, dimension, n):
        yield Clash(dimension, ExposureCause.PARTS, same[-1].table)


def _leads_on(table: Table, same: Sequence[Beside], n: int) -> bool:
    series = [*(each.shown for each in same), table]
    dimensions = {dimension for each in same for dimension in each.shown.groups}
    return any(total_leads_on(series, dimension, n) for dimension in dimensions)


def _totals(same: Sequence[Beside]) -> set[People]:
    return {each.shown.total for each in same if each.shown.total is not None}


def _changes(pairs: Iterable[tuple[People, ...]]) -> list[People]:
    return [left.minus(right) for left, right in pairs]


def _strictest(new: Published, earlier: Sequence[Beside]) -> int:
    return max([new.minimum_cell, *(each.table.minimum_cell for each in earlier)])


def _cause_of_groups(
    new: Published, table: Table, dimension: Dimension, each: Beside, n: int
) -> ExposureCause | None:
    old, groups = each.shown, table.groups[dimension]
    before = old.groups.get(dimension, {})
    common = [(dimension, group) for group in groups if group in before]
    if _comparable(new, each) and differences.cells_near(table, old, dimension, n):
        return _cause(new, each)
    if _comparable(new, each) and differences.parts_near(table, old, dimension, n):
        return ExposureCause.PARTS if each.same else _cause(new, each)
    if each.same and differences.parts_near_total(table, old, dimension, n):
        return ExposureCause.PARTS
    if each.same and not _same_pattern(groups, before):
        return ExposureCause.PATTERN
    if _few_apart(each, common, n):
        return _cause(new, each)
    return None


def _same_pattern(groups: Mapping[str, People], before: Mapping[str, People]) -> bool:
    """Whether the same groups are shown as before, or fewer of them unchanged, or none were."""
    unchanged = all(before.get(group) == count for group, count in groups.items())
    return not before or groups.keys() == before.keys() or unchanged


def _comparable(new: Published, each: Beside) -> bool:
    """Whether the difference of the two is that of a group: one holds all places of the other."""
    old = each.table
    return each.same or new.covers <= old.covers or old.covers <= new.covers


def _few_apart(each: Beside, groups: Iterable[Group], n: int) -> bool:
    return any(
        small(people[group], n) for people in each.apart for group in groups if group in people
    )


def _cause(new: Published, each: Beside) -> ExposureCause:
    if each.same:
        return ExposureCause.NEAR_EARLIER
    one_definition = new.definition == each.table.definition
    return ExposureCause.OVERLAP if one_definition else ExposureCause.DEFINITION


def published(cell: Cell) -> bool:
    return cell.state is not CellState.SUPPRESSED


def shown(cells: Cells) -> Table:
    """What a reader of the table can calculate with."""
    groups: dict[Dimension, dict[str, People]] = defaultdict(dict)
    of_another_date = set()
    everybody = cells.get(EVERYBODY)
    for (dimension, group), cell in cells.items():
        if cell.denominator is None or not published(cell):
            continue
        groups[dimension][group] = People(cell.denominator, cell.numerator)
        if everybody is not None and everybody.as_of != cell.as_of:
            of_another_date.add(dimension)
    total = groups.pop(Dimension.ALL, {}).get(ALL)
    return Table(total, groups, frozenset(of_another_date))


def without(table: Table, dimensions: Collection[Dimension]) -> Table:
    """The table, if the groups of these dimensions are not published."""
    return replace(
        table, groups={name: of for name, of in table.groups.items() if name not in dimensions}
    )
