"""The consent, if any, that lets a partner have a category (34 CFR 99.30)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.students.consent import ConsentStatus

NO_PARTNER = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A category that a partner asks for, with the purpose."""

    partner_id: UUID
    partner_kind: str | None
    purpose: Purpose
    category: Category


@dataclass(frozen=True, slots=True)
class ConsentFact:
    """One decision of the family: a consent or a refusal. `given_by`: a contact, or the student."""

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
    program_id: UUID | None = None
    """The one program that the consent is about; it holds while the child is in it or referred to
    it (`Facts.standing`)."""


def concerns(consent: ConsentFact, wanted: Wanted) -> bool:
    """Whether the consent or refusal names this partner or its kind, this purpose, and this
    category."""
    named = _names(consent, wanted.partner_id, wanted.partner_kind)
    return named and consent.purpose == wanted.purpose and wanted.category in consent.categories


def _names(consent: ConsentFact, partner_id: UUID, partner_kind: str | None) -> bool:
    return consent.partner_id == partner_id or (
        consent.partner_kind is not None and consent.partner_kind == partner_kind
    )


def said_no(consents: Iterable[ConsentFact], wanted: Wanted) -> datetime | None:
    """The moment of the last refusal or revocation; None without one. A no holds even after its
    giver has lost the rights: it protects, and stands until a person with rights consents later."""
    return max(
        (
            consent.decided_at
            for consent in consents
            if consent.status != ConsentStatus.GRANTED and concerns(consent, wanted)
        ),
        default=None,
    )


def holds(
    consents: Iterable[ConsentFact],
    consent: ConsentFact,
    wanted: Wanted,
    today: date,
    entitled: frozenset[UUID],
) -> bool:
    """Whether this consent lets the partner have `wanted` today: one of `entitled` gave it (the
    people with rights today), it is within its period, and it is later than anybody's no."""
    if (
        consent.status != ConsentStatus.GRANTED
        or consent.given_by not in entitled
        or not consent.begins_on <= today <= consent.ends_on
        or not concerns(consent, wanted)
    ):
        return False
    no = said_no(consents, wanted)
    return no is None or consent.decided_at > no


def in_force(
    consents: Iterable[ConsentFact], wanted: Wanted, today: date, entitled: frozenset[UUID]
) -> ConsentFact | None:
    """The latest consent that holds today; None without one."""
    known = list(consents)
    grants = [each for each in known if holds(known, each, wanted, today, entitled)]
    return max(grants, key=lambda consent: (consent.decided_at, consent.id), default=None)


def each_in_force(
    consents: Iterable[ConsentFact],
    partner_id: UUID,
    partner_kind: str | None,
    purpose: Purpose,
    today: date,
    entitled: frozenset[UUID],
) -> tuple[dict[Category, ConsentFact], frozenset[Category]]:
    """The latest consent that holds today for each category (as `in_force` for one), and the
    categories with a no. It takes one pass, since a decision needs all categories at once."""
    yes: dict[Category, ConsentFact] = {}
    no: dict[Category, datetime] = {}
    for consent in consents:
        if consent.purpose != purpose or not _names(consent, partner_id, partner_kind):
            continue
        if consent.status != ConsentStatus.GRANTED:
            for category in consent.categories:
                if category not in no or no[category] < consent.decided_at:
                    no[category] = consent.decided_at
        elif consent.given_by in entitled and consent.begins_on <= today <= consent.ends_on:
            for category in consent.categories:
                best = yes.get(category)
                if best is None or (best.decided_at, best.id) < (consent.decided_at, consent.id):
                    yes[category] = consent
    holding = {c: word for c, word in yes.items() if c not in no or word.decided_at > no[c]}
    return holding, frozenset(no)


def holding(
    consents: Iterable[ConsentFact],
    consent: ConsentFact,
    partner_id: UUID | None,
    partner_kind: str | None,
    today: date,
    entitled: frozenset[UUID],
) -> list[Category]:
    """The categories for which this consent holds today, for the partner. Without a partner, for the
    kind: a no to one partner leaves the consent to its kind standing for the others."""
    known = list(consents)
    party = partner_id or NO_PARTNER
    wanted = (Wanted(party, partner_kind, consent.purpose, category) for category in Category)
    return [each.category for each in wanted if holds(known, consent, each, today, entitled)]
