"""A reader who knows every edition of one scorecard, that its groups add up to the total, and which
figures did not change from one edition to the next. It solves the equations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import combinations
from typing import Any

from shared.contracts.outcomes.observation import Cell

Counts = Mapping[Any, tuple[int, int]]
Row = list[Fraction]
REACHED, PEOPLE = 0, 1


@dataclass(frozen=True)
class Known:
    """An edition: its date, its cells as shown, and the truth, of which only is read whether a
    figure is what it was."""

    at: datetime
    cells: Mapping[Any, Cell]
    truth: Counts


def given_away(editions: Sequence[Known], total: Any, n: int) -> list[str]:
    """Every group of 1 to n - 1 people that follows, and every two values of one figure that differ
    by so many in all, in those who have reached it, or in those who have not."""
    unknown = _unknown(editions)
    people, reached = (_solved(editions, unknown, total, which) for which in (PEOPLE, REACHED))
    found = []
    for group in editions[0].truth:
        places = {unknown[group, at] for at in range(len(editions))} & people.keys()
        values = [(people[place], reached.get(place)) for place in sorted(places)]
        found += [f"{group}: {all} people" for all, _ in values if 0 < all < n]
        found += [f"{group}: {a}, {b}" for a, b in combinations(values, 2) if _few(a, b, n)]
    return found


def _unknown(editions: Sequence[Known]) -> dict[tuple[Any, int], int]:
    """The number of the unknown for each group and edition: a figure that did not change is the
    same unknown as before."""
    numbers: dict[tuple[Any, int], int] = {}
    for group in editions[0].truth:
        for at, edition in enumerate(editions):
            same = at > 0 and editions[at - 1].truth[group] == edition.truth[group]
            numbers[group, at] = numbers[group, at - 1] if same else len(set(numbers.values()))
    return numbers


def _solved(
    editions: Sequence[Known], unknown: Mapping[tuple[Any, int], int], total: Any, which: int
) -> dict[int, Fraction]:
    """The unknowns that have one value only."""
    width = max(unknown.values()) + 1
    dates = [edition.at for edition in editions]
    rows: list[Row] = []
    for at, edition in enumerate(editions):
        whole = [Fraction(0)] * (width + 1)
        for group in edition.truth:
            whole[unknown[group, at]] += 1 if group == total else -1
        rows.append(whole)
        for group, cell in edition.cells.items():
            shown = cell.denominator if which == PEOPLE else cell.numerator
            if cell.state != "suppressed" and shown is not None:
                told = [Fraction(0)] * (width + 1)
                then = at if cell.as_of is None else dates.index(cell.as_of)
                told[unknown[group, then]], told[-1] = Fraction(1), Fraction(shown)
                rows.append(told)
    return _reduced(rows, width)


def _reduced(rows: list[Row], width: int) -> dict[int, Fraction]:
    """By Gauss and Jordan."""
    done = 0
    for column in range(width):
        pivot = next((at for at in range(done, len(rows)) if rows[at][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        first = [value / rows[done][column] for value in rows[done]]
        rows = [_less(row, first, row[column]) for row in rows]
        rows[done] = first
        done += 1
    alone = ([at for at, value in enumerate(row[:-1]) if value] for row in rows[:done])
    return {at[0]: row[-1] for at, row in zip(alone, rows[:done], strict=True) if len(at) == 1}


def _less(row: Row, other: Row, times: Fraction) -> Row:
    return [left - times * right for left, right in zip(row, other, strict=True)]


def _few(
    left: tuple[Fraction, Fraction | None], right: tuple[Fraction, Fraction | None], n: int
) -> bool:
    people = left[0] - right[0]
    parts = [people]
    if left[1] is not None and right[1] is not None:
        parts += [left[1] - right[1], people - left[1] + right[1]]
    return any(0 < abs(part) < n for part in parts)
