"""What is published, held against readers who know nothing of the rules."""

from collections.abc import Iterable
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.outcomes.scorecards.attacker import Seen, isolated, mixed
from tests.outcomes.scorecards.linear_attacker import Known, given_away
from tests.outcomes.scorecards.public import ALL, BEGAN, FEMALE, MALE, OTHER, Public, cells
from tests.outcomes.scorecards.test_exposure_rules import (
    EACH_UNCHANGED_ONCE,
    GIRLS_ALONE,
    NEARLY_BACK,
)
from tests.promised import promise

GROUPS = (FEMALE, MALE, OTHER)
PLACES = (1, 2, 3)
Children = dict[tuple[int, Any], tuple[int, int]]
"""By place and group: reached, of people."""


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    people = draw(st.one_of(st.integers(0, 7), st.integers(15, 60)))
    return draw(st.integers(0, people)), people


@st.composite
def histories(draw: st.DrawFn, places: tuple[int, ...] = PLACES) -> list[Children]:
    """The children before each of some editions: a figure stays, grows by one child or by many, or
    is another."""
    children = {(place, group): draw(counts()) for place in places for group in GROUPS}
    editions = [dict(children)]
    for _ in range(draw(st.integers(1, 5))):
        for key, (reached, people) in children.items():
            change = draw(st.sampled_from(("none", "none", "one", "one", "many", "other")))
            if change == "one":
                children[key] = (reached + 1, people + 1)
            elif change == "many":
                more, fewer = draw(st.integers(5, 20)), draw(st.integers(5, 20))
                children[key] = (reached + more, people + more + fewer)
            elif change == "other":
                children[key] = draw(counts())
        editions.append(dict(children))
    return editions


def counted(children: Children, places: Iterable[int]) -> dict[Any, tuple[int, int]]:
    there = list(places)
    groups = {group: _sum(children[place, group] for place in there) for group in GROUPS}
    return groups | {ALL: _sum(groups.values())}


def at_place_1(history: Iterable[dict[Any, tuple[int, int]]]) -> list[Children]:
    return [{(1, group): count for group, count in each.items()} for each in history]


def _sum(counts: Iterable[tuple[int, int]]) -> tuple[int, int]:
    known = list(counts)
    return sum(reached for reached, _ in known), sum(people for _, people in known)


@promise(
    "Figures",
    "Whoever subtracts any two figures ever published, of one scorecard or of two, isolates no"
    " group of 1 to n - 1 people.",
)
@given(st.data(), histories(), st.integers(5, 10))
@settings(max_examples=200)
def test_nobody_who_subtracts_any_two_published_figures_isolates_a_small_group(
    data: st.DataObject, editions: list[Children], n: int
) -> None:
    public = Public()
    for children in editions:
        apart = {
            frozenset(part): counted(children, part)
            for part in ({1}, {2}, {3}, {1, 2}, {1, 3}, {2, 3})
        }
        for _ in range(2):
            places = data.draw(st.frozensets(st.sampled_from(PLACES), min_size=1))
            public.publish(counted(children, places), places, n=n, apart=apart)
    tables = [Seen(table.covers, table.cells) for table in public.tables]
    assert isolated(tables, n) == []
    assert mixed(tables, n) == []


@promise(
    "Figures",
    "Whoever knows every edition of one scorecard and which figures did not change cannot solve for"
    " a group of 1 to n - 1 people.",
)
@given(histories((1,)), st.integers(5, 10))
@example(at_place_1(GIRLS_ALONE), 5)
@example(at_place_1(EACH_UNCHANGED_ONCE), 5)
@example(at_place_1(NEARLY_BACK), 6)
@settings(max_examples=200)
def test_nobody_who_knows_which_figures_did_not_change_solves_for_a_small_group(
    editions: list[Children], n: int
) -> None:
    public = Public()
    known = []
    for children in editions:
        truth = counted(children, (1,))
        known.append(Known(public.next_date, public.publish(truth, n=n).cells, truth))
    assert given_away(known, ALL, n) == []


def test_the_readers_find_the_girl_who_was_added() -> None:
    """Else the promises could not fail."""

    def table(x: int, d: int, places: Iterable[int] = (1,)) -> Seen:
        return Seen(frozenset(places), cells({ALL: (x, d)}, 10))

    assert isolated([table(400, 505), table(401, 506)], 10)
    assert isolated([table(63, 129, (1, 2)), table(60, 120)], 10)
    assert not isolated([table(400, 505), table(410, 530)], 10)
    before = {FEMALE: (50, 100), MALE: (50, 100), ALL: (100, 200)}
    after = {FEMALE: (51, 101), MALE: (65, 130), ALL: (116, 231)}
    shown = cells(before, 10), cells(after, 10)
    half = {group: cell for group, cell in shown[1].items() if group != FEMALE}
    assert given_away([Known(BEGAN, shown[0], before), Known(BEGAN, half, after)], ALL, 10)
