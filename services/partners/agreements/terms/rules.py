"""What must hold for the terms of an agreement, and the exact words that are signed.

Basis: 34 CFR 99.30, 99.31(a)(1)(i)(B), 99.31(a)(6), 99.31(a)(3) with 99.35, 99.33,
99.37.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.contracts.partners.agreement import AgreementTerms, LegalBasis
from shared.contracts.partners.partner import PartnerKind, PartnerStatus
from shared.contracts.purpose import PARTNER_PURPOSES, Purpose
from shared.contracts.students.access import Category
from shared.core.refusals import Conflict, Fault, Malformed

MOST_YEARS = 5
KEEP_RECORDS = {PartnerKind.DISTRICT, PartnerKind.SCHOOL}
# What the law lets each basis serve. Consent may name any purpose (99.30(b)(2)); a school official
# does what staff would do; studies and audits are exceptions for just that.
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
    """The terms as canonical JSON (RFC 8785), times in UTC: the same terms are the same text."""
    utc = {
        "starts_at": terms.starts_at.astimezone(UTC),
        "ends_at": terms.ends_at.astimezone(UTC),
    }
    said = terms.model_copy(update=utc).model_dump(mode="json")
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def read(text: str) -> AgreementTerms:
    return AgreementTerms.model_validate_json(text)


def ensure_sound(terms: AgreementTerms, known: Directory) -> None:
    """Raises `terms-unsound`, naming every fault."""
    found = [*faults(terms), *_strange(terms, known)]
    if found:
        raise Malformed("terms-unsound", "The terms are not those of an agreement.", found)


def ensure_active(terms: AgreementTerms, known: Directory) -> None:
    """Nobody signs with a partner that has closed."""
    for id in parties(terms):
        if known.partners[id].status != PartnerStatus.ACTIVE:
            raise Conflict("party-closed", f"Partner {id} is closed.")


def faults(terms: AgreementTerms) -> list[Fault]:
    """What is wrong with the terms by themselves."""
    return [*_purpose(terms), *_words(terms), *_times(terms), *_repeated(terms), *_sides(terms)]


def _purpose(terms: AgreementTerms) -> Iterator[Fault]:
    if terms.purpose not in PARTNER_PURPOSES:
        yield _fault("purpose", "purpose-not-partners", "It is the school's or family's own.")
    elif terms.purpose not in PURPOSES[terms.basis]:
        may = ", ".join(sorted(PURPOSES[terms.basis]))
        yield _fault("purpose", "purpose-beyond-basis", f"{terms.basis} may serve: {may}.")


def _words(terms: AgreementTerms) -> Iterator[Fault]:
    """What each basis asks the parties to write down."""
    if terms.basis is LegalBasis.SCHOOL_OFFICIAL:
        if terms.school_official is None:
            yield _fault("school_official", "school-official-terms-missing",
                         "A school official needs the four terms of 34 CFR 99.31(a)(1)(i)(B).")  # fmt: skip
        if not terms.cohort.program_ids:
            yield _fault("cohort.program_ids", "cohort-too-wide",
                         "A school official serves the children of named programs.")  # fmt: skip
    if terms.basis is LegalBasis.DIRECTORY and set(terms.categories) != {Category.IDENTITY}:
        yield _fault("categories", "beyond-directory",
                     "Directory information is name, grade and school: 34 CFR 99.3, 99.37.")  # fmt: skip
    if terms.basis in {LegalBasis.STUDIES, LegalBasis.AUDIT} and terms.study is None:
        yield _fault("study", "study-terms-missing",
                     "Scope, information and destruction: 34 CFR 99.31(a)(6), 99.35(a)(3).")  # fmt: skip


def _times(terms: AgreementTerms) -> Iterator[Fault]:
    if terms.ends_at <= terms.starts_at:
        yield _fault("ends_at", "times-reversed", "It ends after it starts.")
    elif terms.ends_at > years_later(terms.starts_at, MOST_YEARS):
        yield _fault("ends_at", "too-long", f"It lasts {MOST_YEARS} years at most.")


def years_later(at: datetime, years: int) -> datetime:
    """The same day and hour; 1 March for 29 February where there is none."""
    try:
        return at.replace(year=at.year + years)
    except ValueError:
        return at.replace(year=at.year + years, month=3, day=1)


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
                yield _fault(f"{field}.{at}", "repeated", "It is in the list already.")


def _sides(terms: AgreementTerms) -> Iterator[Fault]:
    for at, id in enumerate(terms.recipients):
        if id in terms.providers:
            yield _fault(f"recipients.{at}", "on-both-sides", "It is a provider already.")
    for at, id in enumerate(terms.redisclosure_to):
        if id in parties(terms):
            yield _fault(f"redisclosure_to.{at}", "already-party", "It is a party already.")


def _strange(terms: AgreementTerms, known: Directory) -> Iterator[Fault]:
    """What the directory says otherwise."""
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
                yield _fault(f"{field}.{at}", "keeps-no-records", "Districts and schools provide.")
    for at, id in enumerate(terms.cohort.program_ids):
        if id not in known.programs:
            yield _fault(f"cohort.program_ids.{at}", "program-unknown", "There is none such.")


def _fault(field: str, code: str, reason: str) -> Fault:
    return Fault(field=f"body.{field}", code=code, reason=reason)
