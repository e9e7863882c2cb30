"""The children somebody works with."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer


class CaseloadOrder(StrEnum):
    NAME = "name"
    NEED = "need"


class CaseloadItem(Answer):
    """One child, thin enough for a list on a phone.

    `need`, 0 to 100, is a sum: up to 50 for days missed in the latest school year (a fifth of
    the days or more is 50), up to 30 for the part of the planned minutes of live engagements not
    delivered yet, 20 for an application or a place in a waiting list. What the caller may not
    see counts nothing.
    """

    id: UUID
    given_name: str
    family_name: str
    preferred_given_name: str | None
    grade: str | None
    school_name: str | None
    need: int
    days_enrolled: int | None = Field(description="In the latest school year; null if unknown.")
    days_attended: int | None
    engaged: int = Field(description="Live engagements the caller may see.")
    waiting: int = Field(description="Of them applied or waitlisted.")
    planned_minutes: int
    delivered_minutes: int = Field(description="Of each engagement, up to what is planned.")
