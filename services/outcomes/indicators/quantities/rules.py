"""From counts to quantities, and how they are rounded.

A share is 100 × numerator ÷ denominator, rounded half up to one decimal. A mean is stored as the
sum over its n people in ten-thousandths, so that means of several places add up exactly; it is
rounded half up (away from minus infinity) to one decimal. Differences are taken of the rounded
values, so that a reader who subtracts two printed figures gets the printed difference.
"""

from decimal import Decimal

from shared.contracts.outcomes.indicator import Unit
from shared.contracts.outcomes.quantity import (
    Change,
    Difference,
    Mean,
    Percent,
    PercentagePoints,
    Quantity,
)

MEAN_SCALE = 10_000
PERCENTS = tuple(Percent(Decimal(tenths).scaleb(-1)) for tenths in range(1001))


def percent(numerator: int, denominator: int) -> Percent:
    """The share. `denominator` is at least 1; `numerator` lies between 0 and `denominator`."""
    return PERCENTS[(2000 * numerator + denominator) // (2 * denominator)]


def mean(total: int, n: int) -> Mean:
    """The mean. `total` is in ten-thousandths."""
    tenth = MEAN_SCALE // 10
    return Mean(Decimal((2 * total + tenth * n) // (2 * tenth * n)).scaleb(-1))


def quantity(unit: Unit, numerator: int, denominator: int) -> Quantity:
    return (
        percent(numerator, denominator) if unit is Unit.PERCENT else mean(numerator, denominator)
    )


def difference(left: Quantity, right: Quantity) -> Change:
    """`left` minus `right`. Raises TypeError where they are of two kinds."""
    if isinstance(left, Percent) and isinstance(right, Percent):
        return left - right
    if isinstance(left, Mean) and isinstance(right, Mean):
        return left - right
    raise TypeError("a share and a mean have no difference")


def change(unit: Unit, value: Decimal) -> Change:
    return PercentagePoints(value) if unit is Unit.PERCENT else Difference(value)
