"""The elements of a consent, and the moment from which a decision counts (34 CFR 99.30)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.students.consent import ConsentStatus
from shared.core.days import anniversary, beginning, day_of
from shared.core.refusals import Conflict, Fault, Malformed

MOST_YEARS = 2


def moment(now: datetime, last: datetime | None) -> datetime:
    """The moment from which a decision counts: after every earlier decision about the child, even
    where the clocks of two machines differ. `last`: the moment of the latest earlier decision."""
    return now if last is None or now > last else last + timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """The elements of a consent beside its signer: the partner or kind of partners, the purpose, the
    categories, the period, and the words that the signer read (34 CFR 99.30(b))."""

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
    """The terms, once every element is there: a consent without one of them is not valid. Raises
    `Malformed("consent-incomplete")` with each missing element, and `Malformed("consent-party")`
    where both a partner and a kind are named."""
    names = [field.name for field in fields(Terms)]
    missing = [name for name in names if name not in PARTY and told.get(name) is None]
    if all(told.get(name) is None for name in PARTY):
        missing.append("partner_id")
    if missing:
        faults = [
            Fault(field=f"body.{n}", code="missing", reason="Field required") for n in missing
        ]
        needs = f"A consent needs {', '.join(missing)}, or a form_id instead of all elements."
        raise Malformed("consent-incomplete", needs, faults)
    if all(told.get(name) is not None for name in PARTY):
        faults = [
            Fault(field=f"body.{n}", code="one_of", reason="Name one of the two") for n in PARTY
        ]
        raise Malformed(
            "consent-party", "Name either one partner or one kind of partners.", faults
        )
    elements: dict[str, Any] = {name: told.get(name) for name in names}
    return Terms(**elements)


def ensure_form_alone(told: Mapping[str, Any]) -> None:
    """Refuse elements beside a form with `consent-beside-form`: the signer signed the form's words,
    and nothing else."""
    beside = [field.name for field in fields(Terms) if told.get(field.name) is not None]
    if beside:
        faults = [
            Fault(field=f"body.{n}", code="form_brings", reason="The form already says it")
            for n in beside
        ]
        raise Malformed(
            "consent-beside-form", "Leave these fields out: the form already says them.", faults
        )


def ensure_period(begins_on: date, ends_on: date) -> None:
    if ends_on < begins_on:
        raise Conflict(
            "consent-ends-before",
            f"The consent ends on {ends_on}, before it begins on {begins_on}.",
        )
    if ends_on > anniversary(begins_on, MOST_YEARS):
        raise Conflict("consent-too-long", f"A consent lasts at most {MOST_YEARS} years.")


def ensure_revocable(status: ConsentStatus) -> None:
    if status == ConsentStatus.REFUSED:
        raise Conflict("consent-refused", "A refusal cannot be revoked; only a consent can.")


def ensure_last_word(said: datetime, no: datetime | None) -> None:
    """Refuse with `refused-since`. A paper is as old as its signature, and does not override a later
    no."""
    if no is not None and said <= no:
        raise Conflict(
            "refused-since",
            "Somebody refused or revoked on the day of this signature or later; ask the family again.",
        )


def said_at(signed_on: date, now: datetime) -> datetime:
    """The moment from which a consent on paper counts: the beginning of the day of its signature, so
    that a no of the same day protects."""
    if signed_on > (today := day_of(now)):
        raise Conflict(
            "signed-in-future",
            f"The signature is dated {signed_on}, which is after today, {today}.",
        )
    return min(now, beginning(signed_on))
