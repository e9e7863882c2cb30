"""Editions: a scorecard as it was published on a day; public. An edition may be withdrawn, or
replaced by a corrected one; it is then marked, and kept as it was."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body, Event
from shared.contracts.outcomes.exposure import Exposure
from shared.contracts.outcomes.indicator import Direction, Text
from shared.contracts.outcomes.observation import Cell
from shared.contracts.outcomes.outcome import Outcome
from shared.contracts.outcomes.scorecard import Break, ScorecardReport, Trend


class Headline(Answer):
    """An indicator in one line: the figure of all groups together, in the last period. Where the
    definition in force has no figures yet, it is the last one of the definition before; `breaks`
    says since when another definition counts."""

    indicator_id: UUID
    name: str
    outcome: Outcome
    direction: Direction
    period: str | None
    cell: Cell | None
    trend: Trend | None
    definition: int | None = None
    breaks: list[Break] = []


class Withdrawal(Body):
    """The reason in words for everybody, without anything about a child."""

    reason: Text = Field(examples=["The file of one district was read twice."])


class EditionSummary(Answer):
    """`withdrawn_at` and `reason` are set once the edition is withdrawn or replaced, and
    `replaced_by` names the corrected edition. `replaces` names the one that this edition
    corrects."""

    id: UUID
    version: int
    scorecard_id: UUID
    partnership_id: UUID
    partnership_name: str | None
    number: int
    title: str
    published_at: datetime
    withdrawn_at: datetime | None
    reason: str | None
    replaced_by: UUID | None
    replaces: UUID | None


class PublishedEdition(EditionSummary):
    """The answer to those who publish. `exposed` names the figures that the edition keeps from an
    earlier one, or withholds."""

    exposed: list[Exposure]


class EditionHeadlines(EditionSummary):
    headlines: list[Headline]


class LatestEditions(Answer):
    """The latest edition of each scorecard that stands, newest first, and the editions that were
    withdrawn or replaced, the last one first. Those of partnerships that have ended are left
    out."""

    items: list[EditionHeadlines]
    withdrawn: list[EditionSummary] = []


class Edition(EditionSummary):
    """An edition with its report as published: figures, policy, n, definition versions, as-of
    times."""

    report: ScorecardReport


class EditionPublished(Event):
    """A partnership published a scorecard as it stood. The edition is public, and its report never
    changes. `replaces` names the edition that it corrects."""

    type: ClassVar[str] = "outcomes.edition.published.v1"

    edition_id: UUID
    scorecard_id: UUID
    partnership_id: UUID
    number: int
    title: str
    published_at: datetime
    replaces: UUID | None = None


class EditionWithdrawn(Event):
    """A partnership withdrew an edition, or replaced it by a corrected one. The edition stays at
    its address, marked with the day and the reason."""

    type: ClassVar[str] = "outcomes.edition.withdrawn.v1"

    edition_id: UUID
    scorecard_id: UUID
    partnership_id: UUID
    number: int
    withdrawn_at: datetime
    replaced_by: UUID | None = None
