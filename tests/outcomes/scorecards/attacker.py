"""A reader who holds everything that was ever published and subtracts. It knows nothing of the
rules: it takes cells as they stand in editions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from shared.contracts.outcomes.observation import Cell

TOTAL = ("all", "all")
Figure = tuple[int, int | None]
"""People, and how many of them have reached the numerator, where that is shown."""


@dataclass(frozen=True)
class Seen:
    """One table of an edition, as the public sees it."""

    places: frozenset[int]
    cells: Mapping[Any, Cell]

    def figures(self) -> dict[tuple[str, str], Figure]:
        """The figures that are shown, and those that follow: a group from the total and all other
        groups, the total from all groups. Only of one date, and where every child is in a group."""
        found = self.shown()
        return {**dict(self._followed(found)), **found}

    def shown(self) -> dict[tuple[str, str], Figure]:
        return {
            group: (cell.denominator, cell.numerator)
            for group, cell in self.cells.items()
            if cell.denominator is not None and cell.state != "suppressed"
        }

    def _followed(
        self, shown: Mapping[tuple[str, str], Figure]
    ) -> Iterator[tuple[tuple[str, str], Figure]]:
        hidden = [group for group in self.cells if group not in shown]
        dates = {self.cells[group].as_of for group in shown}
        if len(hidden) != 1 or len(dates) != 1 or TOTAL not in self.cells:
            return
        together = _sum([figure for group, figure in shown.items() if group != TOTAL])
        if hidden == [TOTAL]:
            yield TOTAL, together
        else:
            yield hidden[0], _minus(shown[TOTAL], together)


def isolated(seen: Sequence[Seen], n: int) -> list[str]:
    """Every difference of two figures that is a group of 1 to n - 1 people: of the same places at
    two times, or of places of which one holds the other's."""
    return [
        f"{group}: {one[group]} of {sorted(left.places)}, {other[group]} of {sorted(right.places)}"
        for (left, one), (right, other) in combinations([(s, s.figures()) for s in seen], 2)
        if left.places <= right.places or right.places <= left.places
        for group in one.keys() & other.keys()
        if _few(one[group], other[group], n)
    ]


def mixed(seen: Sequence[Seen], n: int) -> list[str]:
    """Every edition whose total, less its groups, leaves 1 to n - 1 people."""
    found = []
    for table in seen:
        shown = table.shown()
        groups = [figure for group, figure in shown.items() if group != TOTAL]
        if TOTAL in shown and groups and _few(shown[TOTAL], _sum(groups), n):
            found.append(f"{shown[TOTAL]} beside {groups}")
    return found


def _few(left: Figure, right: Figure, n: int) -> bool:
    people, reached = _minus(left, right)
    parts = [people] if reached is None else [people, reached, people - reached]
    return any(0 < abs(part) < n for part in parts)


def _minus(left: Figure, right: Figure) -> Figure:
    if left[1] is None or right[1] is None:
        return left[0] - right[0], None
    return left[0] - right[0], left[1] - right[1]


def _sum(figures: Sequence[Figure]) -> Figure:
    known = [reached for _, reached in figures if reached is not None]
    people = sum(people for people, _ in figures)
    return people, sum(known) if len(known) == len(figures) else None
