"""All that was ever published of one indicator and period, as the rules let it out."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from services.outcomes.observations.differences.rules import People
from services.outcomes.observations.observations.rules import Sums, release
from services.outcomes.scorecards.clashes.rules import Clash, beside
from services.outcomes.scorecards.exposures.rules import decided
from services.outcomes.scorecards.published_tables.rules import Published
from shared.contracts.outcomes.group import Dimension
from shared.contracts.outcomes.indicator import Unit
from shared.contracts.outcomes.observation import Cell

INDICATOR = uuid4()
BEGAN = datetime(2025, 7, 1, tzinfo=UTC)
NAMES = {
    1: (Dimension.ALL, "all"), 2: (Dimension.SEX, "Female"), 3: (Dimension.SEX, "Male"),
    4: (Dimension.SEX, "Non-binary"),
}  # fmt: skip
ALL, FEMALE, MALE, OTHER = NAMES.values()
Counts = Mapping[Any, tuple[int, int]]
"""Reached, of people."""


class Public:
    """All that was ever published, and the next table beside it."""

    def __init__(self) -> None:
        self.tables: list[Published] = []
        self.clashes: list[Clash] = []

    @property
    def next_date(self) -> datetime:
        return BEGAN + timedelta(days=len(self.tables))

    def publish(
        self, counts: Counts, places: Iterable[int] = (1,), *, n: int = 10, definition: int = 1,
        apart: Mapping[frozenset[int], Counts] | None = None, unit: Unit = Unit.PERCENT,
    ) -> Published:  # fmt: skip
        there = frozenset(places)
        new = Published(
            None, INDICATOR, definition, "2024-2025", there, there, n,
            self.next_date, cells(counts, n, unit),
        )  # fmt: skip
        known = [
            beside(new, old, derived=False, apart=_apart(there, old.place_ids, apart or {}))
            for old in self.tables
        ]
        table, self.clashes = decided(new, [each for each in known if each is not None])
        self.tables.append(table._replace(edition_id=uuid4()))
        return table


def _apart(
    one: frozenset[int], other: frozenset[int], known: Mapping[frozenset[int], Counts]
) -> list[dict[Any, People]]:
    return [
        {group: People(d, x) for group, (x, d) in known.get(places, {}).items()}
        for places in (one - other, other - one)
    ]


def cells(counts: Counts, n: int, unit: Unit = Unit.PERCENT) -> dict[Any, Cell]:
    ids = [id for id, name in NAMES.items() if name in counts]
    numerators, people = ([counts[NAMES[id]][at] for id in ids] for at in (0, 1))
    sums = Sums(ids, numerators, people, people)
    released = release(unit, people_apart=False, sums=sums, names=NAMES, n=n)
    return {NAMES[id]: cell for id, cell in released.items()}


def shown_in(table: Published, group: Any = ALL) -> tuple[int | None, int | None]:
    cell = table.cells[group]
    return cell.numerator, cell.denominator
