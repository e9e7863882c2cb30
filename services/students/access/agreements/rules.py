"""Whether an agreement concerns a child, at a moment."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.contracts.partners.agreement import OPENING, AgreementStatus, LegalBasis
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category


@dataclass(frozen=True, slots=True)
class AgreementFact:
    """The terms in force of one agreement in which the child's district is a provider."""

    id: UUID
    status: AgreementStatus
    recipients: frozenset[UUID]
    purpose: Purpose
    basis: LegalBasis
    categories: frozenset[Category]
    program_ids: frozenset[UUID]
    school_ids: frozenset[UUID]
    grades: frozenset[str]
    redisclosure_to: tuple[UUID, ...]
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where the child is, as far as a cohort may ask."""

    program_ids: frozenset[UUID]
    school_id: UUID | None
    grade: str | None


def in_force(agreement: AgreementFact, now: datetime) -> bool:
    """The clock decides, not a message: the moment it ends nothing flows."""
    return agreement.status in OPENING and agreement.starts_at <= now < agreement.ends_at


def in_cohort(agreement: AgreementFact, child: Place) -> bool:
    """An empty list does not narrow."""
    return (
        (not agreement.program_ids or not agreement.program_ids.isdisjoint(child.program_ids))
        and (not agreement.school_ids or child.school_id in agreement.school_ids)
        and (not agreement.grades or child.grade in agreement.grades)
    )
