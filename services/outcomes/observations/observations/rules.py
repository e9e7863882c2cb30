"""From sums to the figures that may be shown. Every figure that leaves this service comes from
here."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from services.outcomes.indicators.quantities.rules import quantity
from services.outcomes.observations.disclosure_control.rules import (
    SHOWN,
    SUPPRESSED,
    Band,
    Count,
    Mark,
    protect,
    protect_means,
)
from shared.contracts.outcomes.group import Dimension
from shared.contracts.outcomes.indicator import Unit
from shared.contracts.outcomes.observation import Cell, CellState

WHOLE_BAND = 5
GroupNames = Mapping[int, tuple[Dimension, str]]


class Sums(NamedTuple):
    """The sums of one indicator, place and period. The lists have the same order."""

    group_ids: Sequence[int]
    numerators: Sequence[int]
    denominators: Sequence[int]
    people: Sequence[int]


class Held(NamedTuple):
    """What may be shown of a part of a larger place whose siblings are known: `whole` is the mark
    of all its people, `groups` says whether its groups may be shown at all."""

    whole: Mark
    groups: bool


def policy(n: int) -> str:
    """The rule in words, for the readers of a report."""
    return (
        f"No figure is shown of fewer than {n} people, nor where fewer than {n} have or have not"
        " reached what is counted; other groups of the same dimension are withheld where they"
        " would give it away. Differences, trends and gaps are taken of shown figures only."
    )


def clause(n: int) -> str:
    return f"Withheld: fewer than {n} people, here or in a group this would give away."


def release(
    unit: Unit, *, people_apart: bool, sums: Sums, names: GroupNames, n: int,
    held: Held | None = None,
) -> dict[int, Cell]:  # fmt: skip
    """The cell of each group of one table. `people_apart`: the denominator counts days instead of
    people, so that only the number of people is protected as a count. `held`: given where the
    table's people are part of another table's."""
    counted = _counted(unit, people_apart=people_apart)
    why = clause(n)
    marks = _marks(sums, names, counted=counted, n=n)
    if held is not None:
        marks = {at: _within(held, names[sums.group_ids[at]][0], m) for at, m in marks.items()}
    return {
        sums.group_ids[at]: _cell(unit, sums, at, mark, counted=counted, why=why)
        for at, mark in marks.items()
    }


def parts(
    unit: Unit, *, people_apart: bool, whole: Sums, tables: Sequence[Sums], names: GroupNames,
    n: int,
) -> list[Held]:  # fmt: skip
    """What may be shown of the tables into which the people of `whole` fall, in one period. The
    total of each table is a group of the whole, protected as groups are. A table's own groups are
    shown only where no group of any table is small, since an attacker could otherwise subtract them
    from a group of the whole."""
    counted = _counted(unit, people_apart=people_apart)
    shield = protect if counted else protect_means

    def counts_of(sums: Sums) -> dict[int, Count]:
        numerators = sums.numerators if counted else sums.people
        pairs = zip(numerators, sums.people, strict=True)
        return dict(zip(sums.group_ids, (Count(*pair) for pair in pairs), strict=True))

    totals, known = counts_of(whole), [counts_of(table) for table in tables]
    said: dict[int, list[Mark]] = {}
    for group, total in totals.items():
        there = [each[group] for each in known if group in each]
        mark, marks = shield(total, there, n)
        said[group] = [mark, *marks]
    safe = all(mark is SHOWN for marks in said.values() for mark in marks)
    everybody = next(group for group in totals if names[group][0] is Dimension.ALL)
    of_all = iter(said[everybody][1:])
    return [Held(next(of_all) if everybody in each else SUPPRESSED, safe) for each in known]


def _within(held: Held, dimension: Dimension, mark: Mark) -> Mark:
    if dimension is Dimension.ALL:
        return held.whole
    return mark if held.groups else SUPPRESSED


def _counted(unit: Unit, *, people_apart: bool) -> bool:
    return unit is Unit.PERCENT and not people_apart


def _marks(sums: Sums, names: GroupNames, *, counted: bool, n: int) -> dict[int, Mark]:
    """The marks by the position in the lists. Without a total, the dimension with most people
    replaces it, since its groups can be added up."""
    numerators = sums.numerators if counted else sums.people
    counts = [Count(*pair) for pair in zip(numerators, sums.people, strict=True)]
    dimensions = [names[group][0] for group in sums.group_ids]
    order = sorted(range(len(counts)), key=dimensions.__getitem__)
    tables = {
        dimension: list(places) for dimension, places in groupby(order, key=dimensions.__getitem__)
    }
    alone = tables.pop(Dimension.ALL, [])
    total = counts[alone[0]] if alone else _largest(counts, list(tables.values()))
    shield = protect if counted else protect_means
    marks: dict[int, Mark] = dict.fromkeys(alone, shield(total, [], n)[0])
    for places in tables.values():
        _, said = shield(total, [counts[place] for place in places], n)
        marks.update(zip(places, said, strict=True))
    return marks


def _largest(counts: list[Count], tables: list[list[int]]) -> Count:
    sums = (
        Count(sum(counts[p].numerator for p in places), sum(counts[p].denominator for p in places))
        for places in tables
    )
    return max(sums, key=lambda count: (count.denominator, count.numerator))


def _cell(unit: Unit, sums: Sums, at: int, mark: Mark, *, counted: bool, why: str) -> Cell:
    numerator, denominator, n = sums.numerators[at], sums.denominators[at], sums.people[at]
    if mark is SHOWN and unit is Unit.PERCENT and numerator in {0, denominator}:
        mark = Band(
            WHOLE_BAND, numerator == 0
        )  # a rate of days would reveal the same of each child
    if mark is SHOWN:
        return Cell(
            state=CellState.SHOWN,
            value=quantity(unit, numerator, denominator),
            numerator=numerator if counted else None,
            denominator=n,
        )
    if isinstance(mark, Band):
        return Cell(state=CellState.BANDED, denominator=n, bound=str(mark), clause=why)
    return Cell(state=CellState.SUPPRESSED, clause=why)
