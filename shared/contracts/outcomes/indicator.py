"""Indicators: what is measured for an outcome. Every version of a definition is kept."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.base import Answer, Body, Event
from shared.contracts.outcomes.outcome import Outcome

IndicatorKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,62}$")]
Line = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=200, pattern=r"^[^=+@\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
    ),
]
Text = Annotated[
    str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]+$")
]


class Level(StrEnum):
    """StriveTogether's two levels of indicators."""

    CORE = "core"
    CONTRIBUTING = "contributing"


class Unit(StrEnum):
    PERCENT = "percent"
    """A share: numerator of denominator."""
    MEAN = "mean"
    """An average over n."""


class Direction(StrEnum):
    HIGHER = "higher_is_better"
    LOWER = "lower_is_better"


class PeriodKind(StrEnum):
    """How a definition writes its periods: `2024-2025`, `2024`, `2024-2025 Fall Semester` (Ed-Fi
    TermDescriptor), `2024-09-01/2024-12-20`."""

    SCHOOL_YEAR = "school_year"
    CALENDAR_YEAR = "calendar_year"
    TERM = "term"
    DATE_RANGE = "date_range"


class Derivation(StrEnum):
    """Indicators that outcomes derives from the events of students. Their observations are never
    imported.

    attendance_rate: days attended ÷ days enrolled. chronic_absence: students who missed at least 10
    % of their days ÷ students with days enrolled.
    """

    ATTENDANCE_RATE = "attendance_rate"
    CHRONIC_ABSENCE = "chronic_absence"


class DefinitionDraft(Body):
    """The definition to record: precise enough that two people count the same."""

    level: Level
    unit: Unit = Unit.PERCENT
    direction: Direction
    period_kind: PeriodKind = PeriodKind.SCHOOL_YEAR
    universe: Text = Field(examples=["Students enrolled in grade 3 on the day of the state test"])
    numerator: Text = Field(examples=["Of those, students at or above proficient in reading"])
    denominator: Text = Field(examples=["Students with a valid score"])
    source: Line = Field(examples=["State assessment file"])
    formula: Text = Field(examples=["proficient / tested"])


class IndicatorDraft(Body):
    """An indicator with its first definition. Import files name it by `key`, which never
    changes."""

    key: IndicatorKey = Field(examples=["grade3_reading"])
    name: Line
    outcome: Outcome
    derivation: Derivation | None = None
    definition: DefinitionDraft


class Definition(Answer):
    """One version of an indicator's definition. A version never changes; a new one follows it."""

    indicator_id: UUID
    number: int
    level: Level
    unit: Unit
    direction: Direction
    period_kind: PeriodKind
    universe: str
    numerator: str
    denominator: str
    source: str
    formula: str
    defined_at: datetime


class Indicator(Answer):
    """An indicator with its definition in force."""

    id: UUID
    version: int
    key: str
    name: str
    outcome: Outcome
    derivation: Derivation | None
    definition: Definition


class IndicatorDefined(Event):
    """An indicator has a first or a new definition; `definition` is its number."""

    type: ClassVar[str] = "outcomes.indicator.defined.v1"

    indicator_id: UUID
    key: str
    name: str
    outcome: Outcome
    level: Level
    definition: int
