"""What a reader learns from a series of tables who knows in which steps one group alone changed.

A step is the change of the total from one table to the next. Where one group alone changed in some of
the steps, and not at all in the others, its value after them is the value that was shown, plus these
steps; before them, less these steps. So no sum of steps may be near to nobody, and none may lead from
a figure that is shown to a small group. No two totals need be near for that: 30 more, then others
alone, then 26 less are 4 more of the group than before.

In a step in which two groups or more are seen to change, no group changed alone. Such a step leads
nowhere, so that groups which are published anew each time never stand in the way of their total.

A total whose groups are withheld gives one of them away, too, where each other group is what it was
before, or what is shown of it afterwards. Longer chains of both are not looked at.

Sources: as of differences/rules.py.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

from services.outcomes.observations.differences.rules import (
    People,
    Table,
    near,
    negative,
    possible,
    small,
)
from shared.contracts.outcomes.group import Dimension

MOST_SUMS = 20_000
"""Of more sums than this, one is taken to be near."""
NOBODY = People(0, 0)
Step = tuple[int, People]
"""The place in the series of the table with the new total, and the change."""
Shown = tuple[str, int, People]
"""A group, the place of the table that showed the count first, and the count."""


def total_leads_on(tables: Sequence[Table], dimension: Dimension, n: int) -> bool:
    """Whether the last table's total, with steps before, gives away a group of the dimension that is
    shown in a table before."""
    steps = _steps(tables, dimension)
    known = _first_shown(tables[:-1], dimension)
    if not known or not steps or steps[-1][0] != len(tables) - 1:
        return False
    (_, last), before = steps[-1], steps[:-1]
    if _leads_near(last, [step for _, step in before], n):
        return True
    return any(
        _leads_to(
            _plus(count, last), [step for place, step in before if place > shown],
            _values(known, group), n,
        )
        for group, shown, count in known
    )  # fmt: skip


def groups_lead_back(tables: Sequence[Table], dimension: Dimension, n: int) -> bool:
    """Whether a group that the last table shows anew gives away, with the steps before, how many it
    was."""
    steps = [step for _, step in _steps(tables, dimension)]
    last = len(tables) - 1
    known = _first_shown(tables[:-1], dimension)
    shown = _first_shown(tables, dimension)
    anew = [(group, count) for group, place, count in shown if place == last]
    if not anew:
        return False
    # Before any group was shown, no total was held against the others.
    first = not known
    if first and any(_leads_near(step, steps[:at], n) for at, step in enumerate(steps)):
        return True
    back = [negative(step) for step in steps]
    return any(_leads_to(count, back, _values(known, group), n) for group, count in anew) or any(
        _leads_between(tables, place, dimension, n) for place in range(last)
    )


def _leads_between(tables: Sequence[Table], place: int, dimension: Dimension, n: int) -> bool:
    """Whether the total of a table gives away a group that it withholds or keeps, if each other group
    was what it had been before, or what the last table shows."""
    table = tables[place]
    told = {} if dimension in table.kept else table.groups.get(dimension, {})
    now = tables[-1].groups.get(dimension, {})
    if table.total is None or told.keys() >= now.keys():
        return False
    before: dict[str, People] = {}
    for earlier in tables[: place + 1]:
        before |= earlier.groups.get(dimension, {})
    may_be = {
        group: {told[group]} if group in told else {each[group] for each in (before, now) if group in each}
        for group in before.keys() | now.keys()
    }  # fmt: skip
    return any(
        _rest_leads(table.total, [values for other, values in may_be.items() if other != group],
                    known, n)
        for group, known in may_be.items()
    )  # fmt: skip


def _rest_leads(
    total: People, others: Sequence[Collection[People]], known: Collection[People], n: int
) -> bool:
    """Whether the total less the others, each by one of its values, is near to a known value or may
    be a small group."""
    rest, steps = total, []
    for first, *second in map(list, others):
        rest = rest.minus(first)
        steps += [first.minus(each) for each in second]
    return _leads_to(rest, steps, known, n)


def _steps(tables: Sequence[Table], dimension: Dimension) -> list[Step]:
    """The steps in which a group of the dimension can have changed alone."""
    totals = [(place, table) for place, table in enumerate(tables) if table.total is not None]
    return [
        (place, after.total.minus(before.total))
        for (_, before), (place, after) in pairwise(totals)
        if before.total and after.total and after.total != before.total
        and _seen_to_change(before, after, dimension) <= 1
    ]  # fmt: skip


def _seen_to_change(before: Table, after: Table, dimension: Dimension) -> int:
    """How many groups changed with the total: of groups of another date nobody knows when."""
    if dimension in before.kept | after.kept:
        return 0
    left, right = before.groups.get(dimension, {}), after.groups.get(dimension, {})
    return sum(count != right[group] for group, count in left.items() if group in right)


def _first_shown(tables: Sequence[Table], dimension: Dimension) -> list[Shown]:
    """Each count of a group of the dimension, with the place of the table that showed it first."""
    found: dict[tuple[str, People], int] = {}
    for place, table in enumerate(tables):
        for item in table.groups.get(dimension, {}).items():
            found.setdefault(item, place)
    return [(group, place, count) for (group, count), place in found.items()]


def _values(known: Iterable[Shown], group: str) -> list[People]:
    return [count for each, _, count in known if each == group]


def _leads_to(start: People, steps: Sequence[People], known: Iterable[People], n: int) -> bool:
    """Whether the start, alone or with some of the steps, may be a small group, or is near to one of
    the known counts."""
    return _leads_to_small(start, steps, n) or any(
        _leads_near(start.minus(value), steps, n) for value in known
    )


def _leads_near(start: People, steps: Sequence[People], n: int) -> bool:
    """Whether the start, alone or with some of the steps, is near to nobody."""
    sums = _sums(start, steps, n)
    return sums is None or any(near(each, NOBODY, n) for each in sums)


def _leads_to_small(start: People, steps: Sequence[People], n: int) -> bool:
    """Whether the start, with some of the steps, may be a small group."""
    sums = _sums(start, steps, n)
    return sums is None or any(possible(each) and small(each, n) for each in sums)


def _sums(start: People, steps: Sequence[People], n: int) -> set[People] | None:
    """The start with any of the steps, but for sums that no further step brings near to 0. None where
    there are too many."""
    sums = {start}
    for at, step in enumerate(steps):
        sums |= {_plus(each, step) for each in sums}
        further = steps[at + 1 :]
        sums = {each for each in sums if _comes_back(each, further, n)}
        if len(sums) > MOST_SUMS:
            return None
    return sums


def _comes_back(count: People, steps: Sequence[People], n: int) -> bool:
    """Whether one of its parts is less than n people, or can be after some of the steps."""
    return any(
        part + sum(min(each, 0) for each in further) < n
        and part + sum(max(each, 0) for each in further) > -n
        for part, *further in zip(*map(_parts, [count, *steps]), strict=False)
    )


def _parts(count: People) -> tuple[int, ...]:
    if count.reached is None:
        return (count.all,)
    return count.all, count.reached, count.all - count.reached


def _plus(count: People, step: People) -> People:
    return count.minus(negative(step))
