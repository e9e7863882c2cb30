"""Disclosure control, held against an attacker that knows nothing of how it works: it enumerates
every table that agrees with what was released."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.outcomes.observations.disclosure_control.rules import (
    SHOWN,
    SUPPRESSED,
    Band,
    Count,
    Mark,
    judge,
    protect,
    protect_means,
)


@st.composite
def partitions(draw: st.DrawFn, most: int = 9) -> tuple[Count, list[Count]]:
    """A total and groups that add up to it, or leave some people in none."""
    people = draw(st.lists(st.integers(0, most), min_size=1, max_size=4))
    parts = [Count(draw(st.integers(0, d)), d) for d in people]
    total = Count(sum(p.numerator for p in parts), sum(p.denominator for p in parts))
    unlisted = draw(st.integers(0, 1)) and len(parts) > 1
    return total, parts[:-1] if unlisted else parts


class Attacker:
    """Holds sets of (numerator, denominator) as bits of one number; `width` is the base."""

    def __init__(self, total: Count) -> None:
        self.people = total.denominator
        self.width = total.denominator + 1

    def one(self, count: Count) -> int:
        return 1 << (count.numerator * 2 * self.width + count.denominator)

    def possible(self, count: Count, mark: Mark) -> int:
        if mark is SHOWN:
            return self.one(count)
        if isinstance(mark, Band):
            least, most = mark.reach(count.denominator)
            return sum(self.one(Count(x, count.denominator)) for x in range(least, most + 1))
        pairs = ((x, d) for d in range(self.people + 1) for x in range(d + 1))
        return sum(self.one(Count(x, d)) for x, d in pairs)

    def members(self, bits: int) -> Iterator[Count]:
        for place, bit in enumerate(reversed(f"{bits:b}")):
            if bit == "1":
                yield Count(*divmod(place, 2 * self.width))

    def sums(self, left: int, right: int) -> int:
        """Every sum of one of `left` and one of `right` that is no more than the total."""
        few, many = sorted((left, right), key=lambda bits: bits.bit_count())
        result = 0
        for count in self.members(few):
            result |= many << (count.numerator * 2 * self.width + count.denominator)
        within = sum(((1 << self.width) - 1) << (x * 2 * self.width) for x in range(self.width))
        return result & within

    def narrowed(self, totals: int, sets: list[int]) -> list[list[Count]]:
        """What each set can still be, given that the sum of one of each is one of `totals`."""
        found = []
        for number, mine in enumerate(sets):
            others = self.one(Count(0, 0))
            for other, theirs in enumerate(sets):
                if other != number:
                    others = self.sums(others, theirs)
            found.append(
                [c for c in self.members(mine) if self.sums(self.one(c), others) & totals]
            )
        return found


def _unlisted(total: Count, groups: list[Count]) -> Count:
    return Count(
        total.numerator - sum(g.numerator for g in groups),
        total.denominator - sum(g.denominator for g in groups),
    )


def _withheld(
    total: Count, groups: list[Count], whole: Mark, marks: list[Mark], n: int
) -> Iterator[tuple[Mark, list[Count]]]:
    """For every count that is withheld, the values an attacker is left with: one who does not
    know how many people are in no group, and, where they are few, one who does."""
    rest = _unlisted(total, groups)
    if rest.denominator == 0:
        yield from _left(total, whole, list(zip(groups, marks, strict=True)))
        return
    if SUPPRESSED in marks:
        yield from _left(total, whole, [*zip(groups, marks, strict=True), (rest, SUPPRESSED)])
        if rest.least >= n or {SUPPRESSED}.issuperset(marks):
            return  # Nothing that is released says how large the rest is.
        if all(group.least >= n for group in groups):
            return  # Whoever knows the rest has nothing else to find.
    assert SUPPRESSED in marks or rest.least >= n
    yield from _left(total, whole, [*zip(groups, marks, strict=True), (rest, SHOWN)])


def _left(
    total: Count, whole: Mark, table: list[tuple[Count, Mark]]
) -> list[tuple[Mark, list[Count]]]:
    attacker = Attacker(total)
    sets = [attacker.possible(count, mark) for count, mark in table]
    found = attacker.narrowed(attacker.possible(total, whole), sets)
    return [(m, left) for (_, m), left in zip(table, found, strict=True) if m is not SHOWN]


@given(partitions(), st.integers(2, 5))
@settings(max_examples=100)
def test_nobody_can_narrow_a_withheld_count_to_less_than_n_people(
    table: tuple[Count, list[Count]], n: int
) -> None:
    total, groups = table
    whole, marks = protect(total, groups, n)
    if whole is SUPPRESSED:
        assert set(marks) <= {SUPPRESSED}
        return
    for mark, left in _withheld(total, groups, whole, marks, n):
        reached = [c.numerator for c in left]
        missed = [c.denominator - c.numerator for c in left]
        if isinstance(mark, Band):
            assert max(reached) - min(reached) >= n
        else:
            people = [c.denominator for c in left]
            assert min(max(reached) - min(reached), max(missed) - min(missed)) >= n
            assert max(people) - min(people) >= n


@given(partitions(), st.integers(2, 5))
@settings(max_examples=100)
def test_a_banded_total_is_not_narrowed_by_its_groups(
    table: tuple[Count, list[Count]], n: int
) -> None:
    total, groups = table
    whole, marks = protect(total, groups, n)
    if not isinstance(whole, Band):
        return
    attacker = Attacker(total)
    sums = attacker.one(Count(0, 0))
    rest = _unlisted(total, groups)
    extra = [(rest, SUPPRESSED)] if rest.denominator else []
    for count, mark in [*zip(groups, marks, strict=True), *extra]:
        sums = attacker.sums(sums, attacker.possible(count, mark))
    left = [c for c in attacker.members(attacker.possible(total, whole)) if attacker.one(c) & sums]
    reached = [c.numerator for c in left]
    assert max(reached) - min(reached) >= n


@given(partitions(most=60), st.integers(2, 12))
def test_a_shown_count_is_never_small(table: tuple[Count, list[Count]], n: int) -> None:
    total, groups = table
    whole, marks = protect(total, groups, n)
    for count, mark in zip([total, *groups], [whole, *marks], strict=True):
        if mark is SHOWN:
            assert min(count.numerator, count.denominator - count.numerator) >= n


@given(partitions(most=60), st.integers(2, 12))
def test_the_same_table_gets_the_same_answer_in_any_order_of_asking(
    table: tuple[Count, list[Count]], n: int
) -> None:
    assert protect(*table, n) == protect(*table, n)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=5), st.integers(2, 10))
def test_means_of_small_groups_are_suppressed_together_with_enough_others(
    people: list[int], n: int
) -> None:
    groups = [Count(d * 5_000_000, d) for d in people]
    total = Count(sum(c.numerator for c in groups), sum(people))
    whole, marks = protect_means(total, groups, n)
    hidden = [d for d, mark in zip(people, marks, strict=True) if mark is SUPPRESSED]
    assert all(d >= n for d, mark in zip(people, marks, strict=True) if mark is SHOWN)
    assert (whole is SUPPRESSED) == (sum(people) < n)
    if hidden and whole is SHOWN:
        assert len(hidden) > 1 or len(people) == 1
        assert sum(hidden) >= n


@pytest.mark.parametrize(
    ("numerator", "denominator", "said"),
    [
        (0, 400, "<5 %"),
        (9, 400, "<5 %"),
        (400, 400, ">95 %"),
        (0, 150, "<10 %"),
        (60, 60, ">80 %"),
        (21, 21, ">50 %"),
    ],
)
def test_zero_and_all_are_shown_as_a_band_wide_enough_for_n_people(
    numerator: int, denominator: int, said: str
) -> None:
    assert str(judge(Count(numerator, denominator), 10)) == said


def test_a_suppressed_small_group_suppresses_the_next_smallest_with_it() -> None:
    groups = [Count(4, 8), Count(30, 60), Count(50, 100), Count(116, 232)]
    whole, marks = protect(Count(200, 400), groups, 10)
    assert whole is SHOWN
    assert marks == [SUPPRESSED, SUPPRESSED, SHOWN, SHOWN]


def test_people_in_no_listed_group_are_protected_too() -> None:
    whole, marks = protect(Count(103, 205), [Count(50, 100), Count(50, 102)], 10)
    assert whole is SHOWN
    assert marks == [SUPPRESSED, SHOWN]


def test_each_of_several_overlapping_groups_is_protected_against_the_rest() -> None:
    _, marks = protect(Count(100, 200), [Count(95, 190), Count(60, 120)], 10)
    assert marks == [SUPPRESSED, SHOWN]
