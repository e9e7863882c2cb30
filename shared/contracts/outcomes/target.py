"""Targets: the value that a partnership intends for an indicator, for a group and a period."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field, field_validator

from shared.contracts.base import Answer, Body, Event
from shared.contracts.outcomes.group import ALL, Dimension
from shared.contracts.outcomes.quantity import Quantity


class TargetChange(Body):
    """Changes are counted from `baseline_period`."""

    value: Quantity
    due_on: date
    baseline_period: str | None = Field(default=None, max_length=40, examples=["2020-2021"])

    @field_validator("due_on")
    @classmethod
    def _sensible(cls, due_on: date) -> date:
        if not date(2000, 1, 1) <= due_on <= date(2100, 12, 31):
            raise ValueError("must be between 2000 and 2100")
        return due_on


class TargetDraft(TargetChange):
    scorecard_id: UUID
    indicator_id: UUID
    dimension: Dimension = Dimension.ALL
    group: str = Field(default=ALL, max_length=100)


class Target(Answer):
    id: UUID
    version: int
    scorecard_id: UUID
    scorecard_title: str
    indicator_id: UUID
    indicator_name: str
    dimension: Dimension
    group: str
    definition: int = Field(
        description="The definition of the indicator that the target was set for, and stays with."
    )
    value: Quantity
    due_on: date
    baseline_period: str | None


class TargetSet(Event):
    """A target was set or changed."""

    type: ClassVar[str] = "outcomes.target.set.v1"

    target_id: UUID
    scorecard_id: UUID
    indicator_id: UUID
    dimension: Dimension
    group: str
    value: Quantity
    due_on: date
    definition: int | None = None


class TargetDropped(Event):
    """A partnership dropped a target."""

    type: ClassVar[str] = "outcomes.target.dropped.v1"

    target_id: UUID
    scorecard_id: UUID
    indicator_id: UUID
