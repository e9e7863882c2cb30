"""Figures of referrals: counts of the caller's own, and of no child."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer
from shared.contracts.students.referral import DeclineReason, ReferralOutcome


class MetricsBy(StrEnum):
    PROGRAM = "program"
    PARTNER = "partner"
    SENDER = "sender"
    """The organization of the author."""


class ReferralFigures(Answer):
    """Counts of referrals that were sent. A clock that still runs is in no denominator. Days are
    school days."""

    sent: int
    answered: int
    answer_due: int = Field(description="Answered, or the time for an answer is over.")
    answered_in_time: int = Field(description="Of `answer_due`.")
    median_days_to_answer: float | None
    accepted: int
    declined: dict[DeclineReason, int]
    service_due: int = Field(
        description="Accepted, the time for a first service is over, and nobody withdrew it."
    )
    served: int
    served_in_time: int = Field(description="Of `service_due`.")
    median_days_to_service: float | None = Field(description="From the acceptance.")
    ended: int
    ended_with_outcome: int = Field(description="Of `ended`.")
    outcomes: dict[ReferralOutcome, int]
    expired: int
    withdrawn: int


class ReferralGroup(Answer):
    """The figures of one program, partner or sender."""

    id: UUID
    name: str | None
    figures: ReferralFigures


class ReferralMetrics(Answer):
    """The figures of all of the caller's referrals, and of each group, the largest first."""

    all: ReferralFigures
    groups: list[ReferralGroup]
