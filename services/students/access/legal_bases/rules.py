"""A partner gets the intersection of agreement, consent and purpose, and nothing else.

Basis: FERPA, 34 CFR 99.30, 99.31, 99.33, 99.37; counsel must confirm for each state.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from typing import NamedTuple
from uuid import UUID

from services.students.access.agreements.rules import AgreementFact, Place, in_cohort
from services.students.access.agreements.rules import in_force as agreement_in_force
from services.students.access.consents_in_force.rules import ConsentFact, each_in_force
from shared.contracts.partners.agreement import LegalBasis
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Basis, Category
from shared.contracts.words import why, word

C = Category


class Ground(NamedTuple):
    """The ground on which a category is released: the clause in plain words, and exactly one
    basis."""

    clause: str
    basis: Basis
    agreement_id: UUID | None = None
    consent_id: UUID | None = None
    emergency_id: UUID | None = None
    further_parties: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Terms:
    """The agreements, consents and circumstances between one partner and one child, as of a moment.
    `entitled`: the people who may consent for the child today. The cached properties are computed
    once for all categories."""

    partner_id: UUID
    partner_kind: str | None
    purpose: Purpose
    agreements: tuple[AgreementFact, ...]
    consents: tuple[ConsentFact, ...]
    place: Place
    entitled: frozenset[UUID]
    opted_out: bool
    now: datetime
    today: date

    @cached_property
    def concerning(self) -> list[AgreementFact]:
        """The agreements in force that name the partner and whose cohort includes the child."""
        partner = frozenset((self.partner_id,))  # hashed once
        return [
            agreement
            for agreement in self.agreements
            if not partner.isdisjoint(agreement.recipients)
            and agreement_in_force(agreement, self.now)
            and in_cohort(agreement, self.place)
        ]

    @cached_property
    def words(self) -> tuple[dict[C, ConsentFact], frozenset[C]]:
        """The consent that holds for each category, and the categories with a no."""
        return each_in_force(
            self.consents, self.partner_id, self.partner_kind, self.purpose, self.today,
            self.entitled,
        )  # fmt: skip


REACH = {
    C.CONTACTS: "of legal guardians under no court order",
    C.ENGAGEMENT: "of every organization",
    C.DOSAGE: "of every organization",
}
"""How far a part goes that an agreement opens, where the part alone does not say it."""
WHAT = {c: f"{word(c)} {REACH[c]}" if c in REACH else word(c) for c in Category}
BASES = {
    LegalBasis.CONSENT: Basis.CONSENT,
    LegalBasis.SCHOOL_OFFICIAL: Basis.SCHOOL_OFFICIAL,
    LegalBasis.STUDIES: Basis.STUDIES,
    LegalBasis.AUDIT: Basis.AUDIT,
    LegalBasis.DIRECTORY: Basis.DIRECTORY,
}
OWN = {
    C.IDENTITY: f"The organization has a live engagement with the child, and with it the {word(C.IDENTITY)}.",
    C.ENGAGEMENT: "The organization recorded this participation in its own programs.",
    C.DOSAGE: "The organization recorded the time spent in its own programs.",
    C.NOTES: "The organization's own people wrote these notes.",
}
"""The categories that a live engagement itself opens: the partner's own record of its participant."""
OWN_GROUNDS = {category: Ground(clause, Basis.OWN_RECORD) for category, clause in OWN.items()}


def shared(terms: Terms) -> dict[Category, Ground]:
    """The categories that agreements let this partner have for this purpose, each with its ground.
    Of several grounds consent comes first: it is the family's own decision."""
    found: dict[Category, Ground] = {}
    fitting = [each for each in terms.concerning if each.purpose == terms.purpose]
    for agreement in sorted(fitting, key=_consent_first):
        for category in agreement.categories:
            if category not in found:
                ground = _ground(terms, agreement, category)
                if ground is not None:
                    found[category] = ground
    return found


def _consent_first(agreement: AgreementFact) -> tuple[bool, int]:
    return agreement.basis is not LegalBasis.CONSENT, agreement.id.int


def _ground(terms: Terms, agreement: AgreementFact, category: Category) -> Ground | None:
    consent_id = None
    if agreement.basis is LegalBasis.CONSENT:
        consent = terms.words[0].get(category)
        if consent is None:
            return None
        consent_id = consent.id
    if agreement.basis is LegalBasis.DIRECTORY and (
        terms.opted_out or category is not Category.IDENTITY
    ):
        return None
    return Ground(
        _clause(agreement.basis, category, terms.purpose), BASES[agreement.basis], agreement.id, consent_id,
        None, agreement.redisclosure_to,
    )  # fmt: skip


@cache
def _clause(basis: LegalBasis, category: Category, purpose: Purpose) -> str:
    return f"{why(basis)} The organization may have {WHAT[category]}, {word(purpose)}."


def missing(terms: Terms, category: Category) -> str:
    """The condition that is missing for this category, in plain words."""
    what = WHAT[category]
    allowing = [a for a in terms.concerning if category in a.categories]
    if not allowing:
        return f"No agreement in force lets this organization have this of the child: {what}."
    if all(agreement.purpose != terms.purpose for agreement in allowing):
        purposes = " or ".join(sorted({word(agreement.purpose) for agreement in allowing}))
        return f"An agreement allows this {purposes}, not {word(terms.purpose)}: {what}."
    if category in terms.words[1]:
        return f"The family has said no to this, or taken its consent back: {what}."
    if terms.opted_out and all(a.basis is LegalBasis.DIRECTORY for a in allowing):
        return f"The family has opted out of directory information: {what}."
    return f"An agreement allows this once the family consents: {what}."
