"""The order of the steps of an amendment, and the people who may take them.

Basis: 34 CFR 99.20 (request and decision), 99.21 (hearing and statement), 99.22 (how it is held).
"""

from datetime import date
from uuid import UUID

from shared.contracts.students.access import Relation
from shared.contracts.students.amendment import AmendmentDecision, AmendmentStatus, HearingDraft
from shared.core.refusals import Conflict, Forbidden

FAMILY = frozenset({Relation.GUARDIAN, Relation.SELF})


def holder(relation: Relation, person_id: UUID | None, *, eligible: bool) -> UUID:
    """The person who uses the rights in the record: a parent, or from 18 on the student (99.5)."""
    if relation is Relation.SELF and not eligible:
        raise Forbidden(
            "rights-with-guardians", "Until the age of 18 the student's guardians ask for this."
        )
    if relation not in FAMILY or person_id is None:
        raise Forbidden("rights-with-family", "Only the family may ask for this.")
    return person_id


def ensure_may_know(relation: Relation) -> None:
    if relation not in FAMILY | {Relation.DISTRICT}:
        raise Forbidden(
            "amendments-withheld", "Amendments are between the family and its district."
        )


def ensure_undecided(status: str) -> None:
    if status != AmendmentStatus.ASKED:
        raise Conflict("amendment-decided", "The district has already decided on this amendment.")


def ensure_reasoned(decision: AmendmentDecision) -> None:
    if not decision.amended and decision.reason is None:
        raise Conflict("reason-missing", "Declining an amendment needs a reason.")


def ensure_stands(status: str) -> None:
    """A hearing and a statement need a declined amendment."""
    if status != AmendmentStatus.DECLINED:
        raise Conflict(
            "amendment-not-declined", "Only a declined amendment has a hearing and a statement."
        )


def ensure_heard_once(held_on: date | None, hearing: HearingDraft, today: date) -> None:
    if held_on is not None:
        raise Conflict("amendment-heard", "The hearing on this amendment has already been held.")
    if hearing.held_on > today:
        raise Conflict(
            "hearing-in-future", "The hearing is in the future; record it once it has been held."
        )
