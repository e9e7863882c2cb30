"""Who has to destroy whose records, and what an attestation must be."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.partners.agreements.agreements.rules import ensure_acts_for
from services.partners.directory.partners.rules import EVERY_PARTNER
from shared.contracts.partners.agreement import AgreementTerms
from shared.contracts.partners.destruction import DestructionStatus
from shared.core.refusals import Conflict, Fault, Malformed
from shared.security.principal import Principal


@dataclass(frozen=True)
class Owed:
    """What `terms` gave; `kept` are those that took their place, None where nothing goes on."""

    agreement_id: UUID
    terms_version: int
    terms: AgreementTerms
    kept: AgreementTerms | None = None


def owed_by(
    before: AgreementTerms, kept: AgreementTerms | None
) -> Iterator[tuple[UUID, list[UUID]]]:
    """Each recipient with the providers whose records it has and no longer may get."""
    for recipient in before.recipients:
        goes_on = kept is not None and recipient in kept.recipients
        lost = [p for p in before.providers if not (goes_on and kept and p in kept.providers)]
        if lost:
            yield recipient, lost


def has_flowed(starts_at: datetime, until: datetime) -> bool:
    """What never started gave nobody anything."""
    return starts_at < until


def effective(status: str, due_at: datetime, now: datetime) -> DestructionStatus:
    if status == DestructionStatus.OPEN and now > due_at:
        return DestructionStatus.OVERDUE
    return DestructionStatus(status)


def ensure_may_attest(
    caller: Principal, recipient_id: UUID, own: Collection[UUID], *, closed: bool
) -> None:
    """The recipient's administrator; of one that has closed nobody is left, so that who looks
    after all attests."""
    if not (closed and caller.role in EVERY_PARTNER):
        ensure_acts_for(caller, recipient_id, [recipient_id], own)


def ensure_open(status: str) -> None:
    if status != DestructionStatus.OPEN:
        raise Conflict("destruction-attested", "This destruction has been attested.")


def ensure_done(destroyed_at: datetime, now: datetime) -> None:
    """What is to come cannot be attested."""
    if destroyed_at > now:
        raise Malformed(
            "attestation-ahead", "It attests what is done.",
            [Fault(field="body.destroyed_at", code="ahead", reason="It is yet to come.")],
        )  # fmt: skip
