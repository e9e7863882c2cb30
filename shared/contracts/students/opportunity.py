"""Programs that are open to a child."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer


class NotKnown(StrEnum):
    """A condition that could not be checked. It excluded no program."""

    AGE = "age"
    GRADE = "grade"
    PLACE = "place"
    """The platform does not know where a child lives. Each program comes with its place, and the
    family's own device can find the near ones."""


class Opportunity(Answer):
    """A program that is open to the child. `open`: true where it has a free place, false where it
    has a waiting list. Null for a program of few places, where the answer would reveal the number
    of its children; ask the partner."""

    program_id: UUID
    name: str
    partner_id: UUID
    partner_name: str | None
    open: bool | None
    minimum_age: int | None
    maximum_age: int | None
    grades: list[str]
    starts_on: date | None
    ends_on: date | None


class Opportunities(Answer):
    """Programs with a free place first, full ones last, then by name. `more`: further programs
    exist."""

    items: list[Opportunity]
    more: bool
    not_known: list[NotKnown] = Field(
        description="The conditions by which the programs were not chosen."
    )
