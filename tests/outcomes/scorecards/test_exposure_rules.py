"""What an edition may show beside all that was ever published."""

from collections.abc import Iterable
from decimal import Decimal

from services.outcomes.scorecards.exposures.rules import exposure
from shared.contracts.outcomes.exposure import ExposureCause, ExposureOutcome
from shared.contracts.outcomes.group import Dimension
from shared.contracts.outcomes.indicator import Unit
from shared.contracts.outcomes.observation import CellState
from shared.contracts.outcomes.quantity import Mean
from tests.outcomes.scorecards.public import (
    ALL,
    BEGAN,
    FEMALE,
    MALE,
    OTHER,
    Public,
    shown_in,
)
from tests.promised import promise


@promise(
    "Figures",
    "An edition keeps the figure of an earlier one, with its date, where the two would differ by 1"
    " to n - 1 people: in all, in those counted, or in those not.",
)
def test_a_figure_that_differs_by_one_child_stays_as_it_was_published_with_its_date() -> None:
    public = Public()
    first = public.publish({ALL: (400, 505)})
    second = public.publish({ALL: (401, 506)})
    assert (shown_in(first), first.cells[ALL].as_of) == ((400, 505), None)
    assert (shown_in(second), second.cells[ALL].as_of, second.as_of) == ((400, 505), BEGAN, BEGAN)
    [clash] = public.clashes
    shown = exposure("reading", "Reading", second, clash)
    assert (shown.outcome, shown.cause) == (ExposureOutcome.KEPT, ExposureCause.NEAR_EARLIER)
    assert (shown.edition_id, shown.as_of) == (public.tables[0].edition_id, BEGAN)


def test_a_figure_that_differs_by_enough_in_both_parts_is_published_anew() -> None:
    public = Public()
    public.publish({ALL: (400, 505)})
    anew = public.publish({ALL: (410, 530)})
    assert (shown_in(anew), anew.cells[ALL].as_of, public.clashes) == ((410, 530), None, [])


def test_small_steps_are_each_held_against_every_value_ever_published() -> None:
    public = Public()
    steps = [(400, 505), (405, 515), (410, 525), (405, 515), (400, 505), (401, 505)]
    shown = [shown_in(public.publish({ALL: step})) for step in steps]
    assert shown == [
        (400, 505), (400, 505), (410, 525), (410, 525), (400, 505), (400, 505),
    ]  # fmt: skip


def test_a_new_group_of_whom_all_have_reached_it_is_not_given_away() -> None:
    public = Public()
    public.publish({ALL: (400, 505)})
    assert shown_in(public.publish({ALL: (412, 517)})) == (400, 505)


def test_the_groups_of_a_dimension_are_kept_together_since_a_total_less_the_others_is_one() -> (
    None
):
    public = Public()
    public.publish({ALL: (100, 200), FEMALE: (50, 100), MALE: (50, 100)})
    second = public.publish({ALL: (112, 224), FEMALE: (61, 123), MALE: (51, 101)})
    assert shown_in(second) == (112, 224)
    assert (shown_in(second, FEMALE), shown_in(second, MALE)) == ((50, 100), (50, 100))
    assert {second.cells[group].as_of for group in (FEMALE, MALE)} == {BEGAN}
    assert [clash.dimension for clash in public.clashes] == [Dimension.SEX]


def test_the_groups_are_kept_with_their_total() -> None:
    public = Public()
    public.publish({ALL: (100, 200), FEMALE: (50, 100), MALE: (50, 100)})
    second = public.publish({ALL: (101, 201), FEMALE: (65, 130), MALE: (36, 71)})
    assert (shown_in(second), shown_in(second, FEMALE)) == ((100, 200), (50, 100))


def test_the_rest_beside_the_groups_shown_is_held_against_what_it_was() -> None:
    public = Public()
    public.publish({ALL: (100, 200), FEMALE: (40, 80)})
    second = public.publish({ALL: (115, 230), FEMALE: (54, 109)})
    assert (shown_in(second), shown_in(second, FEMALE)) == ((115, 230), (40, 80))


GIRLS_ALONE = [
    {FEMALE: (9, 54), MALE: (10, 37), OTHER: (0, 1)},
    {FEMALE: (19, 84), MALE: (10, 37), OTHER: (0, 1)},
    {FEMALE: (19, 84), MALE: (25, 71), OTHER: (15, 58)},
    {FEMALE: (9, 58), MALE: (25, 71), OTHER: (15, 58)},
]
"""30 girls more, then only others, then 26 girls less: 4 girls more than at first."""


def test_two_steps_of_the_total_that_nearly_cancel_out_are_not_both_published() -> None:
    public = Public()
    for groups in GIRLS_ALONE:
        last = public.publish(groups | {ALL: _sum(groups.values())}, n=5)
    assert (shown_in(last, FEMALE), shown_in(last)) == ((9, 54), (59, 213))
    [clash] = public.clashes
    assert (clash.dimension, clash.cause) == (Dimension.ALL, ExposureCause.PARTS)


EACH_UNCHANGED_ONCE = [
    {FEMALE: (0, 15), MALE: (0, 15), OTHER: (0, 15)},
    {FEMALE: (5, 29), MALE: (0, 15), OTHER: (1, 16)},
    {FEMALE: (5, 29), MALE: (5, 25), OTHER: (6, 26)},
]
"""At the second date all are withheld: boys are as before, girls as afterwards, and of the third group
there is one child more."""


def test_a_total_whose_groups_are_withheld_is_held_against_those_before_and_after() -> None:
    public = Public()
    for groups in EACH_UNCHANGED_ONCE:
        last = public.publish(groups | {ALL: _sum(groups.values())}, n=5)
    assert (shown_in(last), shown_in(last, OTHER)) == ((16, 80), (None, None))
    [clash] = public.clashes
    assert (clash.dimension, clash.cause) == (Dimension.SEX, ExposureCause.PARTS)


NEARLY_BACK = [
    {FEMALE: (1, 4), MALE: (2, 57), OTHER: (0, 32)},
    {FEMALE: (15, 27), MALE: (29, 35), OTHER: (25, 25)},
    {FEMALE: (15, 27), MALE: (35, 53), OTHER: (25, 25)},
]
"""57 boys, then 35, then 18 boys more: 4 less than at first."""


def test_a_step_of_the_total_is_held_against_every_value_of_a_group() -> None:
    public = Public()
    for groups in NEARLY_BACK:
        last = public.publish(groups | {ALL: _sum(groups.values())}, n=6)
    assert shown_in(last) == (69, 87)
    assert [clash.cause for clash in public.clashes] == [ExposureCause.PARTS]


def test_groups_that_are_seen_to_change_hold_no_total_back() -> None:
    """The steps of the total nearly cancel out, and nobody can take them for one group's."""
    public = Public()
    for female, male in (
        ((62, 176), (84, 178)), ((76, 236), (100, 230)), ((97, 281), (129, 297)),
        ((86, 216), (110, 230)),
    ):  # fmt: skip
        counts = {FEMALE: female, MALE: male}
        last = public.publish(counts | {ALL: _sum(counts.values())})
        assert (shown_in(last, FEMALE), public.clashes) == (female, [])


def _sum(counts: Iterable[tuple[int, int]]) -> tuple[int, int]:
    known = list(counts)
    return sum(reached for reached, _ in known), sum(people for _, people in known)


def test_other_withheld_groups_than_before_would_give_those_of_before_away() -> None:
    public = Public()
    public.publish({ALL: (94, 188), FEMALE: (40, 80), MALE: (50, 100), OTHER: (4, 8)})
    assert public.tables[0].cells[MALE].state is CellState.SHOWN
    second = public.publish({ALL: (77, 154), FEMALE: (40, 80), MALE: (33, 66), OTHER: (4, 8)})
    assert (shown_in(second), shown_in(second, MALE)) == ((77, 154), (50, 100))
    assert second.cells[FEMALE].state is CellState.SUPPRESSED
    assert [clash.cause for clash in public.clashes] == [ExposureCause.PATTERN]


@promise(
    "Figures",
    "Of two scorecards whose places overlap, a figure is withheld in the edition published later"
    " where the difference is a group of fewer than n.",
)
def test_of_x_and_y_and_of_x_alone_the_figure_published_later_is_withheld() -> None:
    both, one = {ALL: (63, 129)}, {ALL: (60, 120)}
    apart = {frozenset({2}): {ALL: (3, 9)}}
    for first, then in (((both, (1, 2)), (one, (1,))), ((one, (1,)), (both, (1, 2)))):
        public = Public()
        assert public.publish(*first, apart=apart).cells[ALL].state is CellState.SHOWN
        later = public.publish(*then, apart=apart)
        assert later.cells[ALL].state is CellState.SUPPRESSED
        assert shown_in(later) == (None, None)
        [clash] = public.clashes
        shown = exposure("reading", "Reading", later, clash)
        assert (shown.outcome, shown.cause) == (ExposureOutcome.WITHHELD, ExposureCause.OVERLAP)


def test_places_that_overlap_by_a_part_are_held_against_what_each_has_alone() -> None:
    public = Public()
    public.publish({ALL: (60, 120)}, (1, 2))
    apart = {frozenset({2}): {ALL: (30, 60)}, frozenset({3}): {ALL: (4, 8)}}
    assert public.publish({ALL: (34, 68)}, (1, 3), apart=apart).cells[ALL].state is (
        CellState.SUPPRESSED
    )


def test_places_that_do_not_overlap_hold_nothing_back() -> None:
    public = Public()
    public.publish({ALL: (60, 120)}, (1,))
    assert shown_in(public.publish({ALL: (61, 121)}, (2,))) == (61, 121)


def test_another_definition_does_not_publish_the_difference_either() -> None:
    public = Public()
    public.publish({ALL: (400, 505)})
    later = public.publish({ALL: (401, 506)}, definition=2)
    assert later.cells[ALL].state is CellState.SUPPRESSED
    assert [clash.cause for clash in public.clashes] == [ExposureCause.DEFINITION]


def test_a_figure_published_under_a_smaller_n_is_not_kept_under_a_larger_one() -> None:
    public = Public()
    public.publish({ALL: (12, 24)}, n=5)
    assert public.publish({ALL: (13, 26)}, n=10).cells[ALL].state is CellState.SUPPRESSED


def test_hiding_more_of_what_did_not_change_publishes_nothing_new() -> None:
    public = Public()
    counts = {ALL: (107, 214), FEMALE: (50, 100), MALE: (50, 100), OTHER: (7, 14)}
    public.publish(counts, n=5)
    later = public.publish(counts, n=10)
    assert (shown_in(later), public.clashes) == ((107, 214), [])
    assert later.cells[OTHER].state is CellState.SUPPRESSED


def test_of_means_the_number_of_people_is_held_against_what_it_was() -> None:
    public = Public()
    public.publish({ALL: (5_000_000, 100)}, unit=Unit.MEAN)
    near = public.publish({ALL: (5_100_000, 101)}, unit=Unit.MEAN)
    again = public.publish({ALL: (5_100_000, 100)}, unit=Unit.MEAN)
    assert (near.cells[ALL].denominator, near.cells[ALL].value) == (100, Mean(Decimal("5.0")))
    assert (again.cells[ALL].as_of, again.cells[ALL].value) == (None, Mean(Decimal("5.1")))
