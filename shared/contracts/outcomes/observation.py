"""Observations, after disclosure control: what the platform says of a group, and what not."""

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
    """Only a bound is told, such as `<5 %`."""
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One figure. `clause` says why it is banded or suppressed; the same words whether the group
    itself is small or would give a small one away. For a mean `numerator` is null.

    A dataclass, since a report has thousands of them.
    """

    state: CellState
    value: Quantity | None = None
    numerator: int | None = None
    denominator: Annotated[int | None, Field(description="n, the number of people.")] = None
    bound: Annotated[str | None, Field(examples=["<5 %"])] = None
    clause: str | None = None


class GroupCell(Answer):
    dimension: Dimension
    group: str
    cell: Cell


class ObservationTable(Answer):
    """All groups of one indicator, place and period: released as one, or a small group could be
    found by subtraction. `revision` counts corrections."""

    id: str
    indicator_id: UUID
    definition: int
    place: Place
    period: str
    as_of: datetime
    revision: int
    minimum_cell: int
    groups: list[GroupCell]


class ObservationsPublished(Event):
    """Observations of an indicator came in or were corrected; `version` is the definition's."""

    type: ClassVar[str] = "outcomes.observations.published.v1"

    indicator_id: UUID
    version: int
    count: int
    corrected: int
