"""The children somebody works with."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field, computed_field

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
    school_year: int | None = Field(description="The latest; named by the year it ends in.")
    days_enrolled: int | None = Field(description="In that year; null if unknown.")
    days_attended: int | None
    engaged: int = Field(description="Live engagements the caller may see.")
    waiting: int = Field(description="Of them applied or waitlisted.")
    planned_minutes: int
    delivered_minutes: int = Field(description="Of each engagement, up to what is planned.")

    @computed_field(description="What makes the need, in words.")  # type: ignore[prop-decorator]
    @property
    def because(self) -> list[str]:
        said = []
        if self.school_year and self.days_enrolled and self.days_attended is not None:
            missed, year = self.days_enrolled - self.days_attended, self.school_year
            if missed:
                said.append(
                    f"Missed {missed} of {self.days_enrolled} school days in {year - 1}-{year}."
                )
        if self.delivered_minutes < self.planned_minutes:
            said.append(
                f"Received {self.delivered_minutes} of {self.planned_minutes} planned minutes."
            )
        if self.waiting:
            said.append(f"Waits for {self.waiting} program{'s' if self.waiting > 1 else ''}.")
        return said
