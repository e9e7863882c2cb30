"""Whether an agreement is in force at a moment, and whether its cohort includes a child."""

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
    """The child's programs, its schools of today, and its grade, by which an agreement narrows its cohort."""

    program_ids: frozenset[UUID]
    school_ids: frozenset[UUID]
    grade: str | None


def in_force(agreement: AgreementFact, now: datetime) -> bool:
    """Whether the agreement is in force. The clock decides, not an event: at the moment of its end
    nothing more is disclosed under it."""
    return agreement.status in OPENING and agreement.starts_at <= now < agreement.ends_at


def in_cohort(agreement: AgreementFact, child: Place) -> bool:
    """Whether the agreement's cohort includes the child. An empty list does not narrow it."""
    return (
        (not agreement.program_ids or not agreement.program_ids.isdisjoint(child.program_ids))
        and (not agreement.school_ids or not agreement.school_ids.isdisjoint(child.school_ids))
        and (not agreement.grades or child.grade in agreement.grades)
    )
