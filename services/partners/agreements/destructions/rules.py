"""Which recipient must destroy whose records, and what an attestation must satisfy."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.partners.agreements.agreements.rules import ensure_acts_for
from shared.contracts.partners.agreement import AgreementTerms
from shared.contracts.partners.destruction import DestructionStatus
from shared.core.refusals import Conflict, Fault, Malformed
from shared.security.principal import Principal, Role

CORRECTIONS_MOST = 20


@dataclass(frozen=True)
class Owed:
    """The terms that ended. `kept` are the terms that replaced them, None where nothing replaced
    them."""

    agreement_id: UUID
    terms_version: int
    terms: AgreementTerms
    kept: AgreementTerms | None = None


def owed_by(
    before: AgreementTerms, kept: AgreementTerms | None
) -> Iterator[tuple[UUID, list[UUID]]]:
    """Each recipient, with the providers whose records it holds and may no longer receive."""
    for recipient in before.recipients:
        goes_on = kept is not None and recipient in kept.recipients
        lost = [p for p in before.providers if not (goes_on and kept and p in kept.providers)]
        if lost:
            yield recipient, lost


def has_flowed(starts_at: datetime, until: datetime) -> bool:
    """Under terms that never started, no data flowed."""
    return starts_at < until


def effective(status: str, due_at: datetime, now: datetime) -> DestructionStatus:
    if status == DestructionStatus.OPEN and now > due_at:
        return DestructionStatus.OVERDUE
    return DestructionStatus(status)


def ensure_may_attest(
    caller: Principal,
    recipient_id: UUID,
    own: Collection[UUID],
    led: Collection[UUID],
    *,
    closed: bool,
) -> None:
    """An administrator of the recipient attests. A closed recipient has none left; then the operator
    attests, or the backbone of a partnership of which it was a member. `led`: the members, present
    or former, of partnerships that the caller leads."""
    instead = caller.role is Role.OPERATOR or recipient_id in led
    if not (closed and instead):
        ensure_acts_for(caller, recipient_id, [recipient_id], own)


def ensure_open(status: str) -> None:
    if status != DestructionStatus.OPEN:
        raise Conflict("destruction-attested", "This destruction is already attested.")


def ensure_attested(status: str) -> None:
    if status != DestructionStatus.ATTESTED:
        raise Conflict("destruction-not-attested", "This destruction is not attested yet.")


def ensure_correctable(corrections: int) -> None:
    if corrections >= CORRECTIONS_MOST:
        raise Conflict(
            "attestation-corrections-full",
            f"An attestation is corrected {CORRECTIONS_MOST} times at most.",
        )


def ensure_done(destroyed_at: datetime, now: datetime) -> None:
    """A destruction in the future cannot be attested."""
    if destroyed_at > now:
        raise Malformed(
            "attestation-ahead", "An attestation is about a destruction that has taken place.",
            [Fault(field="body.destroyed_at", code="ahead", reason="This moment is in the future.")],
        )  # fmt: skip
