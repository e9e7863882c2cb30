"""What must hold for the terms of an agreement, and the exact text that is signed.

Basis: 34 CFR 99.30, 99.31(a)(1)(i)(B), 99.31(a)(6), 99.31(a)(3) with 99.35, 99.33, 99.37.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from uuid import UUID

from shared.contracts.partners.agreement import AgreementTerms, LegalBasis
from shared.contracts.partners.partner import PartnerKind, PartnerStatus
from shared.contracts.purpose import PARTNER_PURPOSES, Purpose
from shared.contracts.students.access import Category
from shared.contracts.words import word
from shared.core.days import anniversary
from shared.core.refusals import Conflict, Fault, Malformed
from shared.formats.canonical_json import canonical_json

MOST_YEARS = 5
KEEP_RECORDS = {PartnerKind.DISTRICT, PartnerKind.SCHOOL}
# The purposes that the law permits for each basis. Consent may name any purpose (99.30(b)(2)); a
# school official does the work of staff; studies and audits are exceptions for just that.
PURPOSES: dict[LegalBasis, frozenset[Purpose]] = {
    LegalBasis.CONSENT: frozenset(PARTNER_PURPOSES),
    LegalBasis.SCHOOL_OFFICIAL: frozenset(
        {Purpose.SERVICE, Purpose.COORDINATION, Purpose.EVALUATION}
    ),
    LegalBasis.STUDIES: frozenset({Purpose.STUDY}),
    LegalBasis.AUDIT: frozenset({Purpose.AUDIT, Purpose.EVALUATION}),
    LegalBasis.DIRECTORY: frozenset({Purpose.SERVICE, Purpose.COORDINATION}),
}


@dataclass(frozen=True)
class Mentioned:
    """A partner that terms name, as the directory knows it."""

    name: str
    kind: str
    status: str


@dataclass(frozen=True)
class Directory:
    """What the directory knows of the partners and programs that terms name."""

    partners: Mapping[UUID, Mentioned]
    programs: Mapping[UUID, str]


def parties(terms: AgreementTerms) -> list[UUID]:
    return [*terms.providers, *terms.recipients]


def document(terms: AgreementTerms) -> str:
    """The terms as canonical JSON (RFC 8785), times in UTC. The same terms give the same text."""
    utc = {
        "starts_at": terms.starts_at.astimezone(UTC),
        "ends_at": terms.ends_at.astimezone(UTC),
    }
    said = terms.model_copy(update=utc).model_dump(mode="json")
    return canonical_json(said).decode()


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def read(text: str) -> AgreementTerms:
    return AgreementTerms.model_validate_json(text)


def ensure_sound(terms: AgreementTerms, known: Directory) -> None:
    """Raises `terms-unsound`, naming every fault."""
    found = [*faults(terms), *_strange(terms, known)]
    if found:
        raise Malformed("terms-unsound", "These terms cannot be agreed as they are.", found)


def ensure_active(terms: AgreementTerms, known: Directory) -> None:
    """No party may sign with a partner that has closed."""
    for id in parties(terms):
        if known.partners[id].status != PartnerStatus.ACTIVE:
            raise Conflict("party-closed", f"{known.partners[id].name} is closed.")


def faults(terms: AgreementTerms) -> list[Fault]:
    """The faults of the terms by themselves."""
    return [*_purpose(terms), *_words(terms), *_times(terms), *_repeated(terms), *_sides(terms)]


def _purpose(terms: AgreementTerms) -> Iterator[Fault]:
    if terms.purpose not in PARTNER_PURPOSES:
        yield _fault(
            "purpose",
            "purpose-not-partners",
            "This purpose belongs to the school or the family itself.",
        )
    elif terms.purpose not in PURPOSES[terms.basis]:
        may = "; ".join(word(each) for each in Purpose if each in PURPOSES[terms.basis])
        yield _fault("purpose", "purpose-beyond-basis",
                     f"Where the basis is {word(terms.basis)}, the purpose may be: {may}.")  # fmt: skip


def _words(terms: AgreementTerms) -> Iterator[Fault]:
    """The faults of the words that each basis requires of the parties."""
    if terms.basis is LegalBasis.SCHOOL_OFFICIAL:
        if terms.school_official is None:
            yield _fault("school_official", "school-official-terms-missing",
                         "A school official needs the four terms of 34 CFR 99.31(a)(1)(i)(B).")  # fmt: skip
        if not terms.cohort.program_ids:
            yield _fault("cohort.program_ids", "cohort-too-wide",
                         "A school official serves the children of named programs.")  # fmt: skip
    if terms.basis is LegalBasis.DIRECTORY and set(terms.categories) != {Category.IDENTITY}:
        yield _fault("categories", "beyond-directory",
                     f"It may name no more than {word(Category.IDENTITY)}: 34 CFR 99.3, 99.37.")  # fmt: skip
    if terms.basis in {LegalBasis.STUDIES, LegalBasis.AUDIT} and terms.study is None:
        yield _fault("study", "study-terms-missing",
                     "Scope, information and destruction: 34 CFR 99.31(a)(6), 99.35(a)(3).")  # fmt: skip


def _times(terms: AgreementTerms) -> Iterator[Fault]:
    if terms.ends_at <= terms.starts_at:
        yield _fault("ends_at", "times-reversed", "The terms must end after they start.")
    elif terms.ends_at > anniversary(terms.starts_at, MOST_YEARS):
        yield _fault("ends_at", "too-long", f"The terms last {MOST_YEARS} years at most.")


def _repeated(terms: AgreementTerms) -> Iterator[Fault]:
    lists: dict[str, Sequence[Any]] = {
        "providers": terms.providers, "recipients": terms.recipients,
        "categories": terms.categories, "redisclosure_to": terms.redisclosure_to,
        "cohort.program_ids": terms.cohort.program_ids,
        "cohort.school_ids": terms.cohort.school_ids, "cohort.grades": terms.cohort.grades,
    }  # fmt: skip
    for field, said in lists.items():
        for at, each in enumerate(said):
            if each in said[:at]:
                yield _fault(f"{field}.{at}", "repeated", "It is already in the list.")


def _sides(terms: AgreementTerms) -> Iterator[Fault]:
    for at, id in enumerate(terms.recipients):
        if id in terms.providers:
            yield _fault(f"recipients.{at}", "on-both-sides", "It is already a provider.")
    for at, id in enumerate(terms.redisclosure_to):
        if id in parties(terms):
            yield _fault(f"redisclosure_to.{at}", "already-party", "It is already a party.")


def _strange(terms: AgreementTerms, known: Directory) -> Iterator[Fault]:
    """The faults that the directory reveals."""
    named = {
        "providers": terms.providers, "recipients": terms.recipients,
        "redisclosure_to": terms.redisclosure_to,
    }  # fmt: skip
    for field, ids in named.items():
        for at, id in enumerate(ids):
            partner = known.partners.get(id)
            if partner is None:
                yield _fault(f"{field}.{at}", "partner-unknown", "There is no such partner.")
            elif partner.status != PartnerStatus.ACTIVE:
                yield _fault(f"{field}.{at}", "partner-closed", "The partner is closed.")
            elif field == "providers" and partner.kind not in KEEP_RECORDS:
                yield _fault(
                    f"{field}.{at}",
                    "keeps-no-records",
                    "Only districts and schools can be providers.",
                )
    for at, id in enumerate(terms.cohort.program_ids):
        if id not in known.programs:
            yield _fault(
                f"cohort.program_ids.{at}", "program-unknown", "There is no such program."
            )


def _fault(field: str, code: str, reason: str) -> Fault:
    return Fault(field=f"body.{field}", code=code, reason=reason)
