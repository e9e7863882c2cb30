"""The caseload: the children with whom a person works."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field, computed_field

from shared.contracts.base import Answer


class CaseloadOrder(StrEnum):
    NAME = "name"
    NEED = "need"


class NeedReason(StrEnum):
    """A reason for a child's need; `because` says the same in words."""

    DAYS_MISSED = "days-missed"
    NO_SUPPORT = "no-support"
    MINUTES_OPEN = "minutes-open"
    WAITING = "waiting"


class CaseloadItem(Answer):
    """One child of a caseload, with few fields, for a list on a phone.

    `need`, from 0 to 100, is the sum of three parts. Days missed in the latest school year give up
    to 50; a fifth of the days or more gives 50. The share of the planned minutes of live
    engagements that is not delivered yet gives up to 30, and having no engagement but those it waits
    for gives 30: a child that has nothing comes before one that is served. An application or a place
    in a waiting list gives 20. A part that is withheld from the caller gives 0.

    While the latest school year has too few days to judge by, the last full one counts, and stands
    beside it in `full_school_year`.
    """

    id: UUID
    given_name: str
    family_name: str
    preferred_given_name: str | None
    grade: str | None
    school_name: str | None
    need: int
    school_year: int | None = Field(
        description="The latest school year, by the calendar year in which it ends."
    )
    days_enrolled: int | None = Field(description="In that school year; null if unknown.")
    days_attended: int | None
    full_school_year: int | None = Field(
        default=None,
        description="The last school year with enough days; null where the latest has enough.",
    )
    full_days_enrolled: int | None = None
    full_days_attended: int | None = None
    days_missed: float | None = Field(
        default=None, description="In the school year that counts, parts of days included."
    )
    engaged: int = Field(description="The number of live engagements that the caller may see.")
    waiting: int = Field(description="The number of them that are applied or waitlisted.")
    planned_minutes: int
    delivered_minutes: int = Field(
        description="The delivered minutes, of each engagement no more than its planned minutes."
    )
    supported: bool | None = Field(
        default=None,
        description="Whether the child has a live engagement that it does not wait for; null where"
        " the caller may not know all.",
    )

    @computed_field(description="The reasons for the need, in words.")  # type: ignore[prop-decorator]
    @property
    def because(self) -> list[str]:
        return list(self._reasons().values())

    @computed_field(description="The reasons for the need as codes, in the same order.")  # type: ignore[prop-decorator]
    @property
    def because_codes(self) -> list[NeedReason]:
        return list(self._reasons())

    def _reasons(self) -> dict[NeedReason, str]:
        said = {}
        year = self.full_school_year or self.school_year
        enrolled = self.full_days_enrolled or self.days_enrolled
        if year and enrolled and self.days_missed:
            missed = f"Missed {self.days_missed:g} of {enrolled} school days in {year - 1}-{year}."
            said[NeedReason.DAYS_MISSED] = missed
        if self.supported is False:
            said[NeedReason.NO_SUPPORT] = "Takes part in no program."
        if self.delivered_minutes < self.planned_minutes:
            said[NeedReason.MINUTES_OPEN] = (
                f"Received {self.delivered_minutes} of {self.planned_minutes} planned minutes."
            )
        if self.waiting:
            programs = f"program{'s' if self.waiting > 1 else ''}"
            said[NeedReason.WAITING] = f"Waits for {self.waiting} {programs}."
        return said
