"""Which consent, if any, lets a partner have a category (34 CFR 99.30)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.students.consent import ConsentStatus


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: by whom, for what, which part."""

    partner_id: UUID
    partner_kind: str | None
    purpose: Purpose
    category: Category


@dataclass(frozen=True, slots=True)
class ConsentFact:
    """One word of the family. `given_by`: a contact, or the student itself."""

    id: UUID
    status: ConsentStatus
    partner_id: UUID | None
    partner_kind: str | None
    purpose: Purpose
    categories: frozenset[Category]
    begins_on: date
    ends_on: date
    given_by: UUID
    decided_at: datetime


def concerns(consent: ConsentFact, wanted: Wanted) -> bool:
    """It speaks of this partner (or of its kind), this purpose and this category."""
    named = consent.partner_id == wanted.partner_id or (
        consent.partner_kind is not None and consent.partner_kind == wanted.partner_kind
    )
    return named and consent.purpose == wanted.purpose and wanted.category in consent.categories


def said_no(consents: Iterable[ConsentFact], wanted: Wanted) -> datetime | None:
    """When somebody last refused or took back. A no needs no present rights to hold: it protects,
    and stands until somebody with rights says yes later."""
    return max(
        (
            consent.decided_at
            for consent in consents
            if consent.status != ConsentStatus.GRANTED and concerns(consent, wanted)
        ),
        default=None,
    )


def in_force(
    consents: Iterable[ConsentFact], wanted: Wanted, today: date, entitled: frozenset[UUID]
) -> ConsentFact | None:
    """The last yes that holds today: by one of `entitled` (who has the rights today), within its
    period, later than any no of anybody."""
    known = list(consents)
    no = said_no(known, wanted)
    grants = [
        consent
        for consent in known
        if consent.status == ConsentStatus.GRANTED
        and consent.given_by in entitled
        and consent.begins_on <= today <= consent.ends_on
        and (no is None or consent.decided_at > no)
        and concerns(consent, wanted)
    ]
    return max(grants, key=lambda consent: (consent.decided_at, consent.id), default=None)
