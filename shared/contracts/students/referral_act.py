"""What sender, family and partner send about a referral."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from shared.contracts.base import Body
from shared.contracts.students.access import Category
from shared.contracts.students.attendance import Day
from shared.contracts.students.consent import ConsentDecision, Parts, Signing
from shared.contracts.students.engagement import WORKER, Reason
from shared.contracts.students.referral import ContactChannel, DeclineReason, ReferralOutcome

MOST_MINUTES_A_DAY = 24 * 60

REFERABLE = frozenset({
    Category.IDENTITY, Category.SUPPORT, Category.CONTACTS, Category.ENROLLMENT,
    Category.ATTENDANCE,
})  # fmt: skip
"""The parts of a child's record that a referral may ask the family to disclose."""


def _of_a_referral(parts: list[Category]) -> list[Category]:
    if not {Category.IDENTITY, Category.SUPPORT} <= set(parts):
        raise ValueError("needs identity and support: a referral tells who is referred, and why")
    strange = sorted(set(parts) - REFERABLE)
    if strange:
        raise ValueError(f"has no place in a referral: {', '.join(strange)}")
    return parts


ReferralParts = Annotated[Parts, AfterValidator(_of_a_referral)]


class ReferralDraft(Body):
    """A question to a program. Nobody but its author knows of it until the family is asked or it is
    sent. `need` describes what would help; it names no diagnosis and no medication, and the family
    reads it word by word."""

    id: UUID | None = Field(
        default=None,
        description="An id that the client has made (UUIDv7), so that a draft written offline"
        " exists once however often it is sent.",
    )
    student_id: UUID
    program_id: UUID
    need: Reason
    parts: ReferralParts = Field(
        default=[Category.IDENTITY, Category.CONTACTS, Category.SUPPORT],
        description="The parts of the child's record that the partner would get.",
    )


class FamilyWord(Signing):
    """The family's yes or no to a referral that awaits it."""

    decision: ConsentDecision


class ReferralAcceptance(Body):
    words: Reason | None = None


class ReferralDecline(Body):
    """The partner does not take the referral."""

    reason: DeclineReason
    words: Reason | None = None


class ReferralContact(Body):
    """An attempt to speak with the family. One that did not reach it is kept, and counts as none."""

    reached: bool
    channel: ContactChannel
    on: Day | None = Field(default=None, description="Today if left out.")
    words: Reason | None = None


class ReferralPlace(Body):
    """A place for the child. In a full program the child is waitlisted instead."""

    on: Day | None = Field(default=None, description="Today if left out.")
    worker_id: UUID | None = Field(default=None, description=WORKER)


class ReferralService(Body):
    """A service that the child got without an engagement."""

    on: Day | None = Field(default=None, description="Today if left out.")
    minutes: int = Field(ge=1, le=MOST_MINUTES_A_DAY)


class ReferralClosing(Body):
    outcome: ReferralOutcome
    words: Reason | None = None


class ReferralEnding(Body):
    """Why a referral is taken back or was a mistake."""

    words: Reason | None = None
