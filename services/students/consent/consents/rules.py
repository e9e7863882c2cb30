"""What a consent must say, and when a word counts as said (34 CFR 99.30)."""

from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.students.consent import ConsentStatus
from shared.core.days import beginning, day_of
from shared.core.refusals import Conflict, Fault, Malformed

MOST_YEARS = 2


def moment(now: datetime, last: datetime | None) -> datetime:
    """When a word counts as said: after every earlier word about the child, whatever the clocks of
    two machines say."""
    return now if last is None or now > last else last + timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """All that a consent says beside whose it is: whom it concerns, what of the record, for what,
    how long, and the words that were shown (34 CFR 99.30(b))."""

    partner_id: UUID | None
    partner_kind: str | None
    purpose: Purpose
    categories: list[Category]
    begins_on: date
    ends_on: date
    text: str
    text_version: str
    language: str


PARTY = ("partner_id", "partner_kind")


def terms(told: Mapping[str, Any]) -> Terms:
    """Without any of its elements a consent is none, and cannot be in force. Raises
    `Malformed("consent-incomplete")` with each that is missing."""
    names = [field.name for field in fields(Terms)]
    missing = [name for name in names if name not in PARTY and told.get(name) is None]
    if all(told.get(name) is None for name in PARTY):
        missing.append("partner_id")
    if missing:
        faults = [
            Fault(field=f"body.{n}", code="missing", reason="Field required") for n in missing
        ]
        needs = f"A consent needs {', '.join(missing)}; or a form_id, which brings them all."
        raise Malformed("consent-incomplete", needs, faults)
    if all(told.get(name) is not None for name in PARTY):
        faults = [Fault(field=f"body.{n}", code="one_of", reason="One of the two") for n in PARTY]
        raise Malformed("consent-party", "Name one partner, or one kind of partners.", faults)
    elements: dict[str, Any] = {name: told.get(name) for name in names}
    return Terms(**elements)


def ensure_form_alone(told: Mapping[str, Any]) -> None:
    """What was signed are the form's words; nothing stands beside them."""
    beside = [field.name for field in fields(Terms) if told.get(field.name) is not None]
    if beside:
        faults = [
            Fault(field=f"body.{n}", code="form_brings", reason="The form says it") for n in beside
        ]
        raise Malformed("consent-beside-form", "The form brings everything else.", faults)


def ensure_period(begins_on: date, ends_on: date) -> None:
    if ends_on < begins_on:
        raise Conflict("consent-ends-before", f"It begins on {begins_on}, after {ends_on}.")
    if ends_on > _years_after(begins_on, MOST_YEARS):
        raise Conflict("consent-too-long", f"A consent lasts at most {MOST_YEARS} years.")


def _years_after(day: date, years: int) -> date:
    year = min(day.year + years, date.max.year)
    leap_day = (day.month, day.day) == (2, 29)
    return date(year, 3, 1) if leap_day and not isleap(year) else day.replace(year=year)


def ensure_revocable(status: ConsentStatus) -> None:
    if status == ConsentStatus.REFUSED:
        raise Conflict("consent-refused", "A refusal gives nothing that could be taken back.")


def ensure_last_word(said: datetime, no: datetime | None) -> None:
    """A paper is as old as its signature: it takes back no later no."""
    if no is not None and said <= no:
        raise Conflict(
            "refused-since",
            "Somebody said no after this paper was signed, or on the same day; ask again.",
        )


def said_at(signed_on: date, now: datetime) -> datetime:
    """When a yes on paper counts as said: a day without a time is its beginning, so that a no of
    the same day protects."""
    if signed_on > (today := day_of(now)):
        raise Conflict("signed-in-future", f"{signed_on} is after today, {today}.")
    return min(now, beginning(signed_on))
