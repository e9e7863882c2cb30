"""Disclosure control of one table: a total and the groups of one dimension.

A count is *small* where it is under n, and so is its complement: x of d people is safe to show only
if x >= n and d - x >= n (zeros and hundreds are small on one side). An unsafe count is

- banded (`<5 %`, `>95 %`) where a band of 5, 10, 20 or 50 % holds more than n people, or
- suppressed, with its denominator.

Then further groups are suppressed, the smallest first, until the table withstands an attacker who
knows the total, every shown group and the bounds that these rules give. The attacker must not be
able to narrow down any hidden number to less than n: of people, of those who have reached the
numerator, or of those who have not. The hidden groups taken together must therefore themselves be
safe to show. People in no listed group (total minus groups) are one more hidden group, since anyone
can subtract. Groups that overlap are each compared with the rest of the total.

Sources: 34 CFR 99.31(b); NCES 2011-603; design law R22. The order is fixed (size, then the order
given), so that the same table always gives the same answer. `_withstands` is the attacker. One who
also knows other tables or earlier editions is met by `scorecards/exposures`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

BANDS_PERCENT: Final = (5, 10, 20, 50)


class Count(NamedTuple):
    """`numerator` of `denominator` people."""

    numerator: int
    denominator: int

    @property
    def least(self) -> int:
        """The smaller of the numbers of people who have and who have not reached the numerator."""
        return min(self.numerator, self.denominator - self.numerator)


class Plain(Enum):
    SHOWN = "shown"
    SUPPRESSED = "suppressed"


SHOWN, SUPPRESSED = Plain.SHOWN, Plain.SUPPRESSED


@dataclass(frozen=True, slots=True)
class Band:
    """`percent` 5 and `low`: fewer than 5 %; `percent` 5 and not `low`: more than 95 %."""

    percent: int
    low: bool

    def __str__(self) -> str:
        return f"<{self.percent} %" if self.low else f">{100 - self.percent} %"

    def reach(self, denominator: int) -> tuple[int, int]:
        """The least and the most that the numerator can be."""
        most = (self.percent * denominator - 1) // 100
        return (0, most) if self.low else (denominator - most, denominator)


Mark = Plain | Band


def judge(count: Count, n: int) -> Mark:
    """The mark of a count that stands alone: shown, banded or suppressed."""
    if count.least >= n:
        return SHOWN
    if count.denominator <= 2 * n:
        return SUPPRESSED
    low = count.numerator < n
    for percent in BANDS_PERCENT:
        band = Band(percent, low)
        lowest, highest = band.reach(count.denominator)
        if highest - lowest >= n:
            return band
    return SUPPRESSED


def protect(total: Count, groups: Sequence[Count], n: int) -> tuple[Mark, list[Mark]]:
    """The mark of the total, and the mark of each group in the order given."""
    whole = judge(total, n)
    if whole is SUPPRESSED:
        return whole, [SUPPRESSED] * len(groups)
    if _adds_up(total, groups):
        return whole, _protect_parts(total, whole, groups, n)
    return whole, [_protect_parts(total, whole, [group], n)[0] for group in groups]


def _adds_up(total: Count, groups: Sequence[Count]) -> bool:
    reached = sum(group.numerator for group in groups)
    people = sum(group.denominator for group in groups)
    return reached <= total.numerator and people - reached <= total.denominator - total.numerator


def _protect_parts(total: Count, whole: Mark, groups: Sequence[Count], n: int) -> list[Mark]:
    marks = [judge(group, n) for group in groups]
    rest = _rest(total, groups)
    rest_is_safe = rest.denominator == 0 or rest.least >= n
    if whole is SHOWN and rest_is_safe and all(mark is SHOWN for mark in marks):
        return marks
    order = sorted(range(len(groups)), key=lambda i: (groups[i].denominator, groups[i].least))
    hidden = sum(mark is SUPPRESSED for mark in marks)
    while hidden < len(groups) and not _withstands(total, whole, groups, marks, rest, n):
        marks[order[hidden]] = SUPPRESSED
        hidden += 1
    return marks


def _rest(total: Count, groups: Sequence[Count]) -> Count:
    """The people of the total in no group; zero where the figures do not fit together."""
    reached = total.numerator - sum(group.numerator for group in groups)
    people = total.denominator - sum(group.denominator for group in groups)
    return Count(reached, people) if 0 <= reached <= people else Count(0, 0)


def _withstands(
    total: Count, whole: Mark, groups: Sequence[Count], marks: list[Mark], rest: Count, n: int
) -> bool:
    """Whether the table withstands an attacker who does not know the rest and, where the rest is
    small, one who does."""
    table = list(zip(groups, marks, strict=True))
    aware = [*table, (rest, SHOWN)] if rest.denominator else table
    if SUPPRESSED not in marks:
        return rest.least >= n * (rest.denominator > 0) and _has_room(total, whole, aware, n)
    if rest.denominator == 0:
        return _has_room(total, whole, table, n)
    if not _has_room(total, whole, [*table, (rest, SUPPRESSED)], n):
        return False
    only_the_rest_is_small = all(group.least >= n for group in groups)
    return rest.least >= n or only_the_rest_is_small or _has_room(total, whole, aware, n)


def _has_room(total: Count, whole: Mark, table: list[tuple[Count, Mark]], n: int) -> bool:
    """Whether the bounds that follow from total, shown groups and bands are n people apart."""
    hidden = [count for count, mark in table if mark is SUPPRESSED]
    bands = [mark.reach(count.denominator) for count, mark in table if isinstance(mark, Band)]
    known = sum(count.numerator for count, mark in table if mark is SHOWN)
    people = sum(count.denominator for count in hidden)
    least, most = _reach(total, whole)
    banded_least, banded_most = sum(band[0] for band in bands), sum(band[1] for band in bands)
    if hidden:
        upper = min(people, most - known - banded_least)
        lower = max(0, least - known - banded_most)
        if len(hidden) == 1 or min(people, upper, people - lower) < n:
            return False
    for lowest, highest in bands:
        upper = min(highest, most - known - (banded_least - lowest))
        lower = max(lowest, least - known - (banded_most - highest) - people)
        if upper - lower < n:
            return False
    return True


def _reach(total: Count, whole: Mark) -> tuple[int, int]:
    if isinstance(whole, Band):
        return whole.reach(total.denominator)
    return total.numerator, total.numerator


def protect_means(total: Count, groups: Sequence[Count], n: int) -> tuple[Mark, list[Mark]]:
    """The marks for means, of which only the number of people is a count."""

    def people_only(count: Count) -> Count:
        # Half of twice the people, so that `least` is the number of people itself.
        return Count(count.denominator, 2 * count.denominator)

    whole, marks = protect(people_only(total), [people_only(group) for group in groups], n)
    return whole, marks
