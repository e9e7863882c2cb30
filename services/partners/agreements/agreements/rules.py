"""Which step an agreement may take, by whom, and how it stands at a moment."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.partners.directory.partners.rules import EVERY_PARTNER
from shared.contracts.partners.agreement import AgreementAction, AgreementStatus
from shared.core.refusals import Conflict, Forbidden
from shared.security.principal import Principal, Role

S = AgreementStatus
A = AgreementAction
ADMINISTRATORS = {Role.PARTNER_ADMIN, Role.DISTRICT_ADMIN}
OVER = frozenset({S.ENDED, S.EXPIRED})
AGREED = frozenset({S.SIGNED, S.IN_FORCE, S.SUSPENDED})
"""Signed by all and not over."""
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
    """How an agreement of this status stands now: the clock begins and ends it, whether or not
    anybody has written it down yet. The end itself is outside."""
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
    """Terms whose end is past are nobody's to sign."""
    if now >= ends_at:
        raise Conflict("terms-over", "The terms' end is past.")


def ensure_ours(caller: Principal, parties: Iterable[UUID], own: Collection[UUID]) -> None:
    """Who may put terms on paper: an administrator of a party, and who looks after all. `own`:
    the partners the caller administers."""
    if caller.role not in EVERY_PARTNER and not set(own) & set(parties):
        raise Forbidden("agreement-not-yours", "You may draft for your own partner only.")


def ensure_acts_for(
    caller: Principal, partner_id: UUID, parties: Collection[UUID], own: Collection[UUID]
) -> None:
    """Only an administrator of a party signs, suspends or ends for it; nobody from above does."""
    if caller.role not in ADMINISTRATORS or partner_id not in own:
        raise Forbidden("party-not-yours", "Only the party's administrator may do this for it.")
    if partner_id not in parties:
        raise Conflict("not-a-party", f"Partner {partner_id} is no party to these terms.")


def ensure_these_terms(signed: str, on_the_table: str) -> None:
    if signed != on_the_table:
        raise Conflict("terms-changed", "The terms are others than those that were signed.")


def ensure_first_signature(partner_id: UUID, missing_from: Collection[UUID]) -> None:
    if partner_id not in missing_from:
        raise Conflict("signed-already", f"Partner {partner_id} has signed these terms.")


def missing(
    parties: Sequence[UUID], signatures: Iterable[Signed], terms_sha256: str
) -> list[UUID]:
    """The parties whose signature under exactly these terms is not there."""
    there = {each.partner_id for each in signatures if each.terms_sha256 == terms_sha256}
    return [party for party in parties if party not in there]


def agreed(starts_at: datetime, suspended_by: Collection[UUID], now: datetime) -> AgreementStatus:
    """What an agreement is with its last signature, and with its last suspension lifted."""
    if suspended_by:
        return S.SUSPENDED
    return S.IN_FORCE if now >= starts_at else S.SIGNED


def ensure_none_on_the_table(amendment: object) -> None:
    if amendment is not None:
        raise Conflict("amendment-open", "Another amendment waits for signatures; withdraw it.")


def ensure_amends(now_in_force: str, amended: str) -> None:
    if now_in_force == amended:
        raise Conflict("amendment-empty", "The amendment says what is agreed already.")


def ensure_no_gap(present: datetime, amended: datetime, now: datetime) -> None:
    """It takes the place of the present terms with the last signature; what would start only
    later would leave a gap."""
    if amended > max(present, now):
        raise Conflict("amendment-leaves-gap", "The amended terms start after the present ones.")


def ensure_suspended_by(partner_id: UUID, suspended_by: Collection[UUID]) -> None:
    """Each party lifts its own suspension, so that nobody opens what another has closed."""
    if partner_id not in suspended_by:
        raise Conflict("not-suspended-by", f"Partner {partner_id} has not suspended it.")


def ensure_not_suspended_by(partner_id: UUID, suspended_by: Collection[UUID]) -> None:
    if partner_id in suspended_by:
        raise Conflict("suspended-already", f"Partner {partner_id} has suspended it already.")
