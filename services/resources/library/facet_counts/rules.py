"""Counting the resources that enter and leave the library."""

from collections import Counter
from collections.abc import Iterable, Mapping

ALL = "total:"


def of_one(facets: Iterable[str], *, shared: bool) -> Counter[str]:
    """What one resource adds to the totals: nothing while it is not shared."""
    return Counter([ALL, *facets]) if shared else Counter()


def difference(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    """The change of each total, by value in order; empty where nothing changes."""
    changes = {value: after.get(value, 0) - before.get(value, 0) for value in {*before, *after}}
    return {value: changes[value] for value in sorted(changes) if changes[value]}
