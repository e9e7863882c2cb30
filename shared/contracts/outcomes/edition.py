"""Editions: a scorecard as it was released on a day; public, and never changed."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.contracts.base import Answer, Event
from shared.contracts.outcomes.indicator import Direction
from shared.contracts.outcomes.observation import Cell
from shared.contracts.outcomes.outcome import Outcome
from shared.contracts.outcomes.scorecard import ScorecardReport, Trend


class Headline(Answer):
    """An indicator in one line: everybody, in the last period."""

    indicator_id: UUID
    name: str
    outcome: Outcome
    direction: Direction
    period: str | None
    cell: Cell | None
    trend: Trend | None


class EditionSummary(Answer):
    id: UUID
    scorecard_id: UUID
    partnership_id: UUID
    partnership_name: str | None
    number: int
    title: str
    published_at: datetime


class EditionHeadlines(EditionSummary):
    headlines: list[Headline]


class LatestEditions(Answer):
    """The latest edition of each scorecard, newest first."""

    items: list[EditionHeadlines]


class Edition(EditionSummary):
    """With the report as released: figures, policy, n, definition versions, as-of times."""

    report: ScorecardReport


class EditionPublished(Event):
    """A scorecard was released as it stood, for good and to everybody."""

    type: ClassVar[str] = "outcomes.edition.published.v1"

    edition_id: UUID
    scorecard_id: UUID
    partnership_id: UUID
    number: int
    title: str
    published_at: datetime
