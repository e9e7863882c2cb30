"""The order of a pipeline, and the years that it leaves out."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.partners.partnerships.pipelines.rules import Placed, Years, ensure_order, gaps, years
from shared.core.refusals import Conflict


def step(number: int, span: Years | None, status: str = "active") -> Placed:
    return Placed(UUID(int=number), status, span)


def steps(*spans: Years | None) -> list[Placed]:
    return [step(number, span) for number, span in enumerate(spans)]


def test_a_program_is_for_its_stated_ages_or_else_for_the_ages_of_its_grades() -> None:
    assert years(6, 9, ["KG"]) == (6, 9)
    assert years(None, 3, []) == (0, 3)
    assert years(16, None, ["09"]) == (16, 150)
    assert years(None, None, ["PK", "KG", "01"]) == (4, 6)
    assert years(None, None, ["12", "PS"]) == (17, 24)
    assert years(None, None, ["UG", "AdultESL"]) is None


def test_a_later_step_begins_at_no_younger_age() -> None:
    ensure_order(steps((0, 3), None, (3, 4), (3, 9), None))
    with pytest.raises(Conflict) as refused:
        ensure_order(steps((4, 5), None, (3, 9)))
    assert refused.value.code == "pipeline-out-of-order"


def test_a_program_stands_once_in_a_pipeline() -> None:
    with pytest.raises(Conflict) as refused:
        ensure_order([step(1, (0, 3)), step(1, (0, 3))])
    assert refused.value.code == "pipeline-repeats"


def test_the_years_of_age_without_a_program_are_named() -> None:
    found = steps((0, 3), (5, 5), (6, 10), (14, 18))
    assert gaps(found, None, None) == [(4, 4), (11, 13)]
    assert gaps(found, 0, 22) == [(4, 4), (11, 13), (19, 22)]
    assert gaps(found, 2, 12) == [(4, 4), (11, 12)]
    assert gaps([], 0, 5) == [(0, 5)]
    assert gaps([], 0, None) == []


def test_a_closed_program_covers_no_year() -> None:
    assert gaps([*steps((0, 3)), step(9, (4, 6), "defunct")], 0, 6) == [(4, 6)]


SPANS = st.tuples(st.integers(0, 25), st.integers(0, 8)).map(lambda s: (s[0], s[0] + s[1]))


@given(st.lists(SPANS, max_size=8), st.integers(0, 25), st.integers(0, 10))
def test_every_year_is_covered_or_in_a_gap_and_never_both(
    spans: list[Years], first: int, length: int
) -> None:
    last = first + length
    missing = {
        year for begin, end in gaps(steps(*spans), first, last) for year in range(begin, end + 1)
    }
    covered = {year for begin, end in spans for year in range(begin, end + 1)}
    assert missing == set(range(first, last + 1)) - covered
