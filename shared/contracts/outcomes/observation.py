"""Observations after disclosure control: the figures of a group that the platform shows, and those
it withholds."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Event
from shared.contracts.outcomes.group import Dimension
from shared.contracts.outcomes.place import Place
from shared.contracts.outcomes.quantity import Quantity


class CellState(StrEnum):
    SHOWN = "shown"
    BANDED = "banded"
    """Only a bound is shown, such as `<5 %`."""
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One figure. `clause` is the reason why it is banded or suppressed. The reason reads the same
    whether the group itself is small or would reveal a small one. For a mean, `numerator` is null.
    `as_of` is there where an edition keeps the figure of an earlier one, with its date.

    A dataclass, since a report has thousands of them.
    """

    state: CellState
    value: Quantity | None = None
    numerator: int | None = None
    denominator: Annotated[int | None, Field(description="n, the number of people.")] = None
    bound: Annotated[str | None, Field(examples=["<5 %"])] = None
    clause: str | None = None
    as_of: Annotated[datetime | None, Field(exclude_if=lambda as_of: as_of is None)] = None


class GroupCell(Answer):
    dimension: Dimension
    group: str
    cell: Cell


class ObservationTable(Answer):
    """All groups of one indicator, place and period. They are released together, since the
    difference of two figures could reveal a small group. `revision` counts corrections."""

    id: str
    indicator_id: UUID
    indicator_name: str
    definition: int
    place: Place
    period: str
    as_of: datetime
    revision: int
    minimum_cell: int
    groups: list[GroupCell]


class ObservationsPublished(Event):
    """Observations of an indicator were imported or corrected; `version` is the definition's
    number."""

    type: ClassVar[str] = "outcomes.observations.published.v1"
    aggregate: ClassVar[str] = "indicator"

    indicator_id: UUID
    version: int
    count: int
    corrected: int
