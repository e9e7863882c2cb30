"""Quantities that cannot be mixed up: a share and the difference of two shares are two types.

Percent - Percent = PercentagePoints; Percent ± PercentagePoints = Percent; Percent + Percent is
a type error, for mypy as at run time. Means and their differences likewise. Values are decimals
of one place; on the wire `{"value": "12.5", "unit": "percent"}`.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal, overload

from pydantic import Field


@dataclass(frozen=True, slots=True, order=True)
class PercentagePoints:
    """The difference of two shares."""

    value: Decimal
    unit: Literal["percentage_points"] = "percentage_points"

    def __add__(self, other: "PercentagePoints") -> "PercentagePoints":
        if not isinstance(other, PercentagePoints):
            return NotImplemented
        return PercentagePoints(self.value + other.value)

    def __sub__(self, other: "PercentagePoints") -> "PercentagePoints":
        if not isinstance(other, PercentagePoints):
            return NotImplemented
        return PercentagePoints(self.value - other.value)


@dataclass(frozen=True, slots=True, order=True)
class Percent:
    """A share of a whole, in hundredths of it."""

    value: Annotated[Decimal, Field(ge=0, le=100, max_digits=4, decimal_places=1)]
    unit: Literal["percent"] = "percent"

    def __add__(self, other: PercentagePoints) -> "Percent":
        if not isinstance(other, PercentagePoints):
            return NotImplemented
        return Percent(self.value + other.value)

    @overload
    def __sub__(self, other: "Percent") -> PercentagePoints: ...
    @overload
    def __sub__(self, other: PercentagePoints) -> "Percent": ...
    def __sub__(self, other: "Percent | PercentagePoints") -> "Percent | PercentagePoints":
        if isinstance(other, Percent):
            return PercentagePoints(self.value - other.value)
        if isinstance(other, PercentagePoints):
            return Percent(self.value - other.value)
        return NotImplemented


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """The difference of two means."""

    value: Decimal
    unit: Literal["difference"] = "difference"


@dataclass(frozen=True, slots=True, order=True)
class Mean:
    """An average, such as a scale score."""

    value: Annotated[Decimal, Field(ge=-100_000, le=100_000, decimal_places=1)]
    unit: Literal["mean"] = "mean"

    def __sub__(self, other: "Mean") -> Difference:
        if not isinstance(other, Mean):
            return NotImplemented
        return Difference(self.value - other.value)


Quantity = Annotated[Percent | Mean, Field(discriminator="unit")]
Change = Annotated[PercentagePoints | Difference, Field(discriminator="unit")]
