"""What a reader learns who subtracts one published table from another.

Two counts are *near* where their difference would be a group of 1 to n - 1 people: in all people,
in those who have reached the numerator, or in those who have not. A difference in which everybody
or nobody has reached it is near too, since it says of each new child whether it has. So the number
of people must be the same or n apart, and the two others both the same or both n apart. Of means,
and where one count is a band, people alone are compared.

A reader also subtracts a table's groups from its total. So of two tables of the same cells these
are compared as well: the sum of the groups shown in both, the rest of each total, and the rest
beside each single group.

Sources: 34 CFR 99.31(b)(1), multiple releases; design law R22. Pairs of tables are looked at, and
not three or more at once.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shared.contracts.outcomes.group import Dimension

Groups = Mapping[str, "People"]


class People(NamedTuple):
    """A number of people; `reached` of them have reached the numerator, or it is not known."""

    all: int
    reached: int | None

    def minus(self, other: "People") -> "People":
        if self.reached is None or other.reached is None:
            return People(self.all - other.all, None)
        return People(self.all - other.all, self.reached - other.reached)


@dataclass(frozen=True)
class Table:
    """What a table shows: the total, and the groups of each dimension. The groups of a dimension in
    `kept` are of an earlier date than the total."""

    total: People | None
    groups: Mapping[Dimension, Groups]
    kept: frozenset[Dimension] = frozenset()


def near(left: People, right: People, n: int) -> bool:
    """Whether the difference of two counts would give a group away."""
    apart = left.minus(right)
    if 0 < abs(apart.all) < n:
        return True
    if apart.reached is None or apart.reached == apart.all == 0:
        return False
    return min(abs(apart.reached), abs(apart.all - apart.reached)) < n


def small(group: People, n: int) -> bool:
    """Whether a group is too small to be shown alone. Nobody is no group."""
    return group.all > 0 and near(group, People(0, None if group.reached is None else 0), n)


def totals_near(new: Table, old: Table, n: int) -> bool:
    return new.total is not None and old.total is not None and near(new.total, old.total, n)


def cells_near(new: Table, old: Table, dimension: Dimension, n: int) -> bool:
    """Whether a group of this dimension is near to what it was."""
    return any(near(left, right, n) for left, right in _both(new, old, dimension))


def parts_near(new: Table, old: Table, dimension: Dimension, n: int) -> bool:
    """Whether the groups that both tables show, or what is left of the totals beside them, are near
    to what they were."""
    pairs = _both(new, old, dimension)
    if not pairs:
        return False
    fits = all(_fits(table, dimension) for table in (new, old))
    sums = _sum(left for left, _ in pairs), _sum(right for _, right in pairs)
    if fits and near(*sums, n):
        return True
    if new.total is None or old.total is None or dimension in new.kept | old.kept:
        return False
    rests = [(new.total.minus(left), old.total.minus(right)) for left, right in pairs]
    if fits:
        rests.append((new.total.minus(sums[0]), old.total.minus(sums[1])))
    return any(near(left, right, n) for left, right in rests)


def total_near_parts(new: Table, old: Table, n: int) -> bool:
    """Whether the new total is near to the sum of groups that were shown before. Where the total
    is what it was, nothing new is shown."""
    total = new.total
    if total is None or total == old.total:
        return False
    return any(
        near(total, _sum(groups.values()), n)
        for dimension, groups in old.groups.items()
        if _fits(old, dimension)
    )


def parts_near_total(new: Table, old: Table, dimension: Dimension, n: int) -> bool:
    """Whether the sum of the new groups is near to the total that was shown before. Where that
    total stood beside groups of an earlier date, also whether a group is near to them that follows
    from it, if the others have not changed since."""
    total, groups = old.total, new.groups[dimension]
    if total is None or new.total == total or not _fits(new, dimension):
        return False
    beside = total.minus(_sum(groups.values()))
    if near(beside, People(0, 0), n):
        return True
    return dimension in old.kept and any(
        near(beside.minus(negative(left)), right, n) for left, right in _both(new, old, dimension)
    )


def small_before(changes: Iterable[People], groups: Collection[People], n: int) -> bool:
    """Whether a group, less one of these changes of the total, may have been a small one: that is
    how many it had before, where the others did not change."""
    return any(
        possible(before) and small(before, n)
        for change in changes
        for group in groups
        if (before := group.minus(change))
    )


def possible(count: People) -> bool:
    return count.all >= 0 and (count.reached is None or 0 <= count.reached <= count.all)


def _both(new: Table, old: Table, dimension: Dimension) -> Sequence[tuple[People, People]]:
    left, right = new.groups.get(dimension, {}), old.groups.get(dimension, {})
    return [(count, right[group]) for group, count in left.items() if group in right]


def _fits(table: Table, dimension: Dimension) -> bool:
    """Whether the groups may add up to the total: groups that overlap do not."""
    if table.total is None:
        return True
    return possible(table.total.minus(_sum(table.groups.get(dimension, {}).values())))


def _sum(counts: Iterable[People]) -> People:
    total = People(0, 0)
    for count in counts:
        total = total.minus(negative(count))
    return total


def negative(count: People) -> People:
    return People(0, 0).minus(count)
