"""Scorecards: a partnership's indicators, and how they stand."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body, Event
from shared.contracts.outcomes.group import Dimension
from shared.contracts.outcomes.indicator import Direction, Level, Line, Unit
from shared.contracts.outcomes.observation import Cell
from shared.contracts.outcomes.outcome import Outcome
from shared.contracts.outcomes.place import Place, PlaceDraft
from shared.contracts.outcomes.quantity import Change, Quantity

MINIMUM_CELL = 10
LEAST_MINIMUM_CELL = 5
MOST_MINIMUM_CELL = 30
MOST_INDICATORS = 50
MOST_PLACES = 500


class ScorecardChange(Body):
    """Which indicators, in which order, over which places (their figures are added up, so they
    must not overlap). Cells under `minimum_cell` people are never shown."""

    title: Line
    places: list[PlaceDraft] = Field(min_length=1, max_length=MOST_PLACES)
    indicators: list[UUID] = Field(min_length=1, max_length=MOST_INDICATORS)
    minimum_cell: int = Field(default=MINIMUM_CELL, ge=LEAST_MINIMUM_CELL, le=MOST_MINIMUM_CELL)


class ScorecardDraft(ScorecardChange):
    partnership_id: UUID


class Scorecard(Answer):
    """What is measured; how it stands is in its report."""

    id: UUID
    version: int
    partnership_id: UUID
    title: str
    places: list[Place]
    indicators: list[UUID]
    minimum_cell: int


class TrendState(StrEnum):
    IMPROVING = "improving"
    WORSENING = "worsening"
    STEADY = "steady"
    TOO_FEW_PERIODS = "too_few_periods"
    SUPPRESSED = "suppressed"


class Trend(Answer):
    """`per_period` is the typical change from one period to the next, of the last five."""

    state: TrendState
    per_period: Change | None = None


class TargetStanding(Answer):
    """`distance` is what is still missing in the direction that is better: 0 or less is reached.
    `since_baseline` is the change since then. Both are null where a figure is not shown."""

    value: Quantity
    due_on: date
    baseline_period: str | None
    baseline: Quantity | None
    since_baseline: Change | None
    distance: Change | None
    reached: bool | None


class GroupSeries(Answer):
    """One group over the periods of its indicator: `cells` in their order, null where nothing was
    observed. `gap` is the group less all, in the last period."""

    dimension: Dimension
    group: str
    cells: list[Cell | None]
    trend: Trend
    gap: Change | None
    target: TargetStanding | None


class Gap(Answer):
    """Between the highest and the lowest shown group of a dimension in the last period."""

    dimension: Dimension
    highest: str
    lowest: str
    difference: Change
    withheld_groups: int = Field(description="Groups that are banded or suppressed.")


class IndicatorReport(Answer):
    indicator_id: UUID
    key: str
    name: str
    outcome: Outcome
    level: Level
    unit: Unit
    direction: Direction
    definition: int
    as_of: datetime | None
    periods: list[str]
    groups: list[GroupSeries]
    gaps: list[Gap]


class Contributor(Answer):
    """A partner of the partnership; `name` is null until the partner is known here."""

    partner_id: UUID
    name: str | None


class ScorecardReport(Answer):
    """How a partnership's indicators stand, after disclosure control."""

    scorecard_id: UUID
    partnership_id: UUID
    partnership_name: str | None
    title: str
    places: list[Place]
    minimum_cell: int
    policy: str
    contributors: list[Contributor]
    indicators: list[IndicatorReport]


class ScorecardChanged(Event):
    """A scorecard was made or changed."""

    type: ClassVar[str] = "outcomes.scorecard.changed.v1"

    scorecard_id: UUID
    partnership_id: UUID
    title: str
    indicators: list[UUID]
    minimum_cell: int
