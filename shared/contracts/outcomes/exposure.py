"""Exposures: the figures that the next edition keeps or withholds, since they would give a small
group away beside what was published before."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.contracts.base import Answer
from shared.contracts.outcomes.group import Dimension


class ExposureCause(StrEnum):
    NEAR_EARLIER = "near_earlier"
    """An earlier edition shows nearly the same figure."""
    PARTS = "parts"
    """A total and its groups, subtracted, would give nearly the same figure as before."""
    PATTERN = "pattern"
    """Other groups are withheld than in an earlier edition, so that those shown would give them
    away."""
    OVERLAP = "overlap"
    """Few people are in the places of one scorecard and not in those of another."""
    DEFINITION = "definition"
    """An edition shows nearly the same figure under another definition of the indicator."""


class ExposureOutcome(StrEnum):
    KEPT = "kept"
    """The edition shows the figures of an earlier one, with their date."""
    WITHHELD = "withheld"


class Exposure(Answer):
    """The figures of a dimension in one period. For dimension `all` the whole table is meant, with
    every dimension. `edition_id` names the edition beside which they would give a group away; it is
    null for another definition in the same edition. `as_of` is the date of what is kept."""

    indicator_id: UUID
    indicator_name: str
    key: str
    definition: int
    period: str
    dimension: Dimension
    outcome: ExposureOutcome
    cause: ExposureCause
    edition_id: UUID | None
    as_of: datetime | None


class Exposed(Answer):
    """What the next edition of the scorecard would keep or withhold, for those who publish."""

    scorecard_id: UUID
    minimum_cell: int
    items: list[Exposure]
