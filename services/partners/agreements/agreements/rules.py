"""Which step an agreement may take, by which actor, and its status at a moment."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.contracts.partners.agreement import AgreementAction, AgreementStatus
from shared.core.refusals import Conflict, Forbidden
from shared.security.principal import Principal, Role

S = AgreementStatus
A = AgreementAction
ADMINISTRATORS = {Role.PARTNER_ADMIN, Role.DISTRICT_ADMIN}
OVER = frozenset({S.ENDED, S.EXPIRED})
AGREED = frozenset({S.SIGNED, S.IN_FORCE, S.SUSPENDED})
"""Signed by every party, and not over."""
FROM: dict[AgreementAction, frozenset[AgreementStatus]] = {
    A.CHANGED: frozenset({S.DRAFT}),
    A.PROPOSED: frozenset({S.DRAFT}),
    A.WITHDRAWN: AGREED | {S.PROPOSED},
    A.SIGNED: AGREED | {S.PROPOSED},
    A.AMENDMENT_PROPOSED: frozenset({S.SIGNED, S.IN_FORCE}),
    A.SUSPENDED: AGREED,
    A.RESUMED: frozenset({S.SUSPENDED}),
    A.ENDED: frozenset(S) - OVER,
}


class Signed(NamedTuple):
    """A signature that was not withdrawn."""

    partner_id: UUID
    terms_sha256: str


def effective(
    status: AgreementStatus, starts_at: datetime, ends_at: datetime, now: datetime
) -> AgreementStatus:
    """The status at this moment: the clock begins and ends an agreement, even before a step records
    it. The end is exclusive."""
    if status not in AGREED:
        return status
    if now >= ends_at:
        return S.EXPIRED
    if status is S.SIGNED and now >= starts_at:
        return S.IN_FORCE
    return status


def ensure_may(action: AgreementAction, status: AgreementStatus) -> None:
    """`status` is the effective one. Raises `agreement-<status>`."""
    if status not in FROM[action]:
        raise Conflict(
            f"agreement-{status}".replace("_", "-"),
            f"The agreement is {status.replace('_', ' ')}; it cannot be {action} now.",
        )


def ensure_not_over(ends_at: datetime, now: datetime) -> None:
    """Terms that have already ended cannot be signed."""
    if now >= ends_at:
        raise Conflict("terms-over", "These terms have already ended.")


def ensure_ours(caller: Principal, parties: Iterable[UUID], own: Collection[UUID]) -> None:
    """An administrator of a party may draft terms, a backbone among members of the partnerships that
    it leads, and the operator among all. `own`: these members, or the partners that the caller
    administers."""
    if caller.role is Role.OPERATOR:
        return
    among = set(parties) <= set(own) if caller.role is Role.BACKBONE else set(parties) & set(own)
    if not among:
        raise Forbidden(
            "agreement-not-yours", "You may draft agreements for your own partner only."
        )


def ensure_acts_for(
    caller: Principal, partner_id: UUID, parties: Collection[UUID], own: Collection[UUID]
) -> None:
    """Only an administrator of the party signs, suspends or ends for it; backbone and operator do
    not."""
    if caller.role not in ADMINISTRATORS or partner_id not in own:
        raise Forbidden(
            "party-not-yours", "Only an administrator of the party may do this for it."
        )
    if partner_id not in parties:
        raise Conflict("not-a-party", "This partner is not a party to these terms.")


def ensure_these_terms(signed: str, on_the_table: str) -> None:
    if signed != on_the_table:
        raise Conflict(
            "terms-changed", "The terms have changed; these are not the terms that you signed."
        )


def ensure_first_signature(partner_id: UUID, missing_from: Collection[UUID]) -> None:
    if partner_id not in missing_from:
        raise Conflict("signed-already", "This partner has already signed these terms.")


def missing(
    parties: Sequence[UUID], signatures: Iterable[Signed], terms_sha256: str
) -> list[UUID]:
    """The parties that have not signed exactly these terms."""
    there = {each.partner_id for each in signatures if each.terms_sha256 == terms_sha256}
    return [party for party in parties if party not in there]


def agreed(starts_at: datetime, suspended_by: Collection[UUID], now: datetime) -> AgreementStatus:
    """The status of an agreement after its last signature, or after its last suspension is
    lifted."""
    if suspended_by:
        return S.SUSPENDED
    return S.IN_FORCE if now >= starts_at else S.SIGNED


def ensure_none_on_the_table(amendment: object) -> None:
    if amendment is not None:
        raise Conflict(
            "amendment-open", "Another amendment is waiting for signatures; withdraw it first."
        )


def ensure_amends(now_in_force: str, amended: str) -> None:
    if now_in_force == amended:
        raise Conflict("amendment-empty", "The amendment does not change the agreed terms.")


def ensure_no_gap(present: datetime, amended: datetime, now: datetime) -> None:
    """An amendment replaces the present terms with the last signature. One that starts later would
    leave a gap."""
    if amended > max(present, now):
        raise Conflict(
            "amendment-leaves-gap", "The amended terms start later than the present terms."
        )


def ensure_suspended_by(partner_id: UUID, suspended_by: Collection[UUID]) -> None:
    """Each party lifts its own suspension, so that no party can undo another's."""
    if partner_id not in suspended_by:
        raise Conflict("not-suspended-by", "This partner has not suspended this agreement.")


def ensure_not_suspended_by(partner_id: UUID, suspended_by: Collection[UUID]) -> None:
    if partner_id in suspended_by:
        raise Conflict("suspended-already", "This partner has already suspended this agreement.")
