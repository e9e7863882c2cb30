"""Shares, their differences, and the types that keep them apart."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mypy import api
from pydantic import TypeAdapter

from services.outcomes.indicators.disaggregates.rules import GRADES
from services.outcomes.indicators.periods.rules import period
from services.outcomes.indicators.quantities.rules import MEAN_SCALE, mean, percent
from services.outcomes.scorecards.scorecards.rules import trend
from shared.contracts.outcomes.group import VALUES, Dimension
from shared.contracts.outcomes.indicator import Direction, Unit
from shared.contracts.outcomes.observation import Cell, CellState
from shared.contracts.outcomes.quantity import Mean, Percent, PercentagePoints, Quantity

HALF, QUARTER = Percent(Decimal("50.0")), Percent(Decimal("25.0"))


def test_the_difference_of_two_shares_is_in_percentage_points_and_can_be_added_back() -> None:
    points = HALF - QUARTER
    assert points == PercentagePoints(Decimal("25.0"))
    assert QUARTER + points == HALF
    assert HALF - points == QUARTER


@pytest.mark.parametrize("other", [HALF, Mean(Decimal(1)), Decimal(1), 1])
def test_a_share_cannot_be_added_to_a_share(other: object) -> None:
    with pytest.raises(TypeError):
        HALF + other  # type: ignore[operator]


def test_mypy_refuses_to_add_shares(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "from shared.contracts.outcomes.quantity import Percent, PercentagePoints\n"
        "def good(a: Percent, b: Percent) -> PercentagePoints: return a - b\n"
        "def fine(a: Percent, b: PercentagePoints) -> Percent: return a + b\n"
        "def bad(a: Percent, b: Percent) -> object: return a + b\n"
        "def worse(a: Percent, b: Percent) -> Percent: return a - b\n"
    )
    own = "shared/contracts/outcomes/quantity.py"
    options = ["--config-file=", "--follow-imports=skip", f"--cache-dir={tmp_path}"]
    said, _, status = api.run([*options, "--explicit-package-bases", own, str(program)])
    assert status == 1
    assert [row.split(":")[1] for row in said.splitlines() if ": error:" in row] == ["4", "5"]


@given(st.integers(1, 10**9).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d))))
def test_a_share_is_rounded_half_up_to_a_tenth(pair: tuple[int, int]) -> None:
    exact = Fraction(100 * pair[0], pair[1])
    rounded = Fraction(percent(*pair).value)
    assert rounded - Fraction(1, 20) <= exact < rounded + Fraction(1, 20)


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**6))
def test_a_mean_is_rounded_half_up_to_a_tenth(total: int, n: int) -> None:
    exact = Fraction(total, n * MEAN_SCALE)
    rounded = Fraction(mean(total, n).value)
    assert rounded - Fraction(1, 20) <= exact < rounded + Fraction(1, 20)


def test_json_distinguishes_a_share_from_a_mean() -> None:
    wire = TypeAdapter(Quantity)
    assert wire.dump_json(HALF) == b'{"value":"50.0","unit":"percent"}'
    assert wire.validate_json(b'{"value":"50.0","unit":"percent"}') == HALF
    for bad in ('"NaN"', '"101"', '"-1"', '"1e999999999"', '"12.55"'):
        with pytest.raises(ValueError, match="value"):
            wire.validate_json(b'{"value":' + bad.encode() + b',"unit":"percent"}')


def cells(*values: str | None) -> list[Cell | None]:
    return [
        Cell(state=CellState.SHOWN, value=Percent(Decimal(v)), numerator=1, denominator=2)
        if v and v != "?"
        else (Cell(state=CellState.SUPPRESSED) if v else None)
        for v in values
    ]


@pytest.mark.parametrize(
    ("values", "direction", "state", "per_period"),
    [
        (("40.0", "42.0", "44.0"), Direction.HIGHER, "improving", "2.0"),
        (("40.0", "42.0", "44.0"), Direction.LOWER, "worsening", "2.0"),
        (("44.0", None, "40.0", "38.0"), Direction.LOWER, "improving", "-2.0"),
        (("40.0", "40.4", "40.8"), Direction.HIGHER, "steady", "0.4"),
        (("90.0", "40.0", "41.0", "42.0", "43.0", "44.0"), Direction.HIGHER, "improving", "1.0"),
        (("40.0", "42.0", "95.0", "46.0", "48.0"), Direction.HIGHER, "improving", "2.0"),
        (("40.0", "?", "44.0"), Direction.HIGHER, "suppressed", None),
        (("?", "1.0", "1.0", "1.0", "1.0", "1.0"), Direction.HIGHER, "steady", "0.0"),
        (("40.0", "42.0"), Direction.HIGHER, "too_few_periods", None),
    ],
)
def test_a_trend_is_the_typical_change_of_the_last_five_periods(
    values: tuple[str | None, ...], direction: Direction, state: str, per_period: str | None
) -> None:
    found = trend(cells(*values), Unit.PERCENT, direction)
    assert (found.state, found.per_period and str(found.per_period.value)) == (state, per_period)


def test_periods_follow_each_other() -> None:
    labels = [
        "2023-2024", "2023-2024 Fall Semester", "2023-2024 Spring Semester", "2024",
        "2024-09-01/2024-12-20",
    ]  # fmt: skip
    periods = [period(label) for label in labels]
    inside = sorted(periods, key=lambda p: (p.starts_on, p.rank))
    assert [p.label for p in inside] == [
        "2023-2024", "2023-2024 Fall Semester", "2023-2024 Spring Semester", "2024",
        "2024-09-01/2024-12-20",
    ]  # fmt: skip


ADDED = {
    "all", "Two or More Races", "Not Economic Disadvantaged", "No Disability", "Not Homeless",
    "Not Foster Care",
}  # fmt: skip


@pytest.mark.parametrize(
    ("dimension", "descriptor"),
    [
        (Dimension.RACE_ETHNICITY, "Race"),
        (Dimension.SEX, "Sex"),
        (Dimension.GRADE_LEVEL, "GradeLevel"),
        (Dimension.GRADE_BAND, "SchoolCategory"),
        (Dimension.ECONOMIC_DISADVANTAGE, "StudentCharacteristic"),
        (Dimension.ENGLISH_LEARNER, "LimitedEnglishProficiency"),
        (Dimension.DISABILITY, "DisabilityDesignation"),
        (Dimension.HOUSING, "StudentCharacteristic"),
        (Dimension.FOSTER_CARE, "StudentCharacteristic"),
    ],
)
def test_groups_are_spelt_as_ed_fi_spells_them(
    real_data: Path, dimension: Dimension, descriptor: str
) -> None:
    file = ET.parse(real_data / "edfi" / "descriptors" / f"{descriptor}Descriptor.xml")
    spelt = {e.text for e in file.iter() if e.tag.endswith("CodeValue")}
    assert set(VALUES[dimension]) - ADDED <= spelt


def test_every_grade_of_a_roster_is_a_group() -> None:
    assert set(GRADES.values()) <= set(VALUES[Dimension.GRADE_LEVEL])
