"""Programs that are open to a child."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer


class NotKnown(StrEnum):
    """What could not be looked at, so that nobody was left out for it."""

    AGE = "age"
    GRADE = "grade"
    PLACE = "place"
    """Nobody here knows where a child lives. Where each program takes place is told with it: what
    is near, the family's own device can say."""


class Opportunity(Answer):
    """`open`: there is a free place; otherwise there is a waiting list. Null: of a program of few
    places that is not told, since it would tell how many children are in; ask the partner."""

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
    """Those with a free place first, full ones last, then by name. `more`: there are further ones."""

    items: list[Opportunity]
    more: bool
    not_known: list[NotKnown] = Field(description="By what the programs were not chosen.")
