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
    """The indicators of a scorecard in their order, and its places. Figures of the places are added
    up, so places must not overlap. Cells with fewer than `minimum_cell` people are never shown."""

    title: Line
    places: list[PlaceDraft] = Field(min_length=1, max_length=MOST_PLACES)
    indicators: list[UUID] = Field(min_length=1, max_length=MOST_INDICATORS)
    minimum_cell: int = Field(default=MINIMUM_CELL, ge=LEAST_MINIMUM_CELL, le=MOST_MINIMUM_CELL)


class ScorecardDraft(ScorecardChange):
    partnership_id: UUID


class Scorecard(Answer):
    """A scorecard: what it measures. The figures are in its report."""

    id: UUID
    version: int
    partnership_id: UUID
    partnership_name: str | None
    title: str
    places: list[Place]
    indicators: list[UUID]
    indicator_names: list[str] = Field(description="In the order of the ids.")
    minimum_cell: int


class TrendState(StrEnum):
    IMPROVING = "improving"
    WORSENING = "worsening"
    STEADY = "steady"
    TOO_FEW_PERIODS = "too_few_periods"
    SUPPRESSED = "suppressed"


class Trend(Answer):
    """`per_period` is the typical change from one period to the next, over the last five
    periods."""

    state: TrendState
    per_period: Change | None = None


class TargetStanding(Answer):
    """`distance` is the way left to the target in the better direction: 0 or less means reached.
    `since_baseline` is the change since the baseline. Both are null where a figure is not shown."""

    value: Quantity
    due_on: date
    baseline_period: str | None
    baseline: Quantity | None
    since_baseline: Change | None
    distance: Change | None
    reached: bool | None


class GroupSeries(Answer):
    """One group over the periods of its indicator: `cells` in the order of the periods, null
    where nothing was observed. `gap` is the group's figure minus that of all groups, in the last
    period."""

    dimension: Dimension
    group: str
    cells: list[Cell | None]
    trend: Trend
    gap: Change | None
    target: TargetStanding | None


class Gap(Answer):
    """The gap between the highest and the lowest shown group of a dimension, in the last period."""

    dimension: Dimension
    highest: str
    lowest: str
    difference: Change
    withheld_groups: int = Field(description="Groups that are banded or suppressed.")


class Break(Answer):
    """Where a series breaks: `after` counts otherwise than the definition `before` it. Nothing is
    compared across, no trend, no gap and no target."""

    before: int
    after: int
    since: datetime = Field(description="When the next definition came into force.")


class EarlierSeries(Answer):
    """The figures of an earlier definition of the indicator, with the targets set for it."""

    definition: int
    level: Level
    unit: Unit
    direction: Direction
    as_of: datetime | None
    periods: list[str]
    groups: list[GroupSeries]
    gaps: list[Gap]


class IndicatorReport(Answer):
    """The figures of the definition in force. `earlier` has those of the definitions before it, in
    their order, and `breaks` stand between them."""

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
    breaks: list[Break] = []
    earlier: list[EarlierSeries] = []


class Contributor(Answer):
    """A partner of the partnership; `name` is null until outcomes has received the partner's
    events."""

    partner_id: UUID
    name: str | None


class ScorecardReport(Answer):
    """The figures of a partnership's indicators, after disclosure control."""

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
