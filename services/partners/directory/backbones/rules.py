"""What a backbone may change."""

from collections.abc import Collection
from uuid import UUID

from shared.core.refusals import Forbidden
from shared.security.principal import Principal, Role


def ensure_leads(caller: Principal, partnership_id: UUID, led: Collection[UUID]) -> None:
    """Each partnership answers to its own backbone. `led`: the partnerships that the caller's
    partner leads."""
    if caller.role is Role.OPERATOR:
        return
    if caller.role is not Role.BACKBONE or partnership_id not in led:
        raise Forbidden(
            "partnership-not-led", "Only the partnership's own backbone may change it."
        )


def ensure_has_partner(caller: Principal) -> None:
    """The partner of the backbone's staff becomes the backbone of the partnership they form."""
    if caller.role is Role.BACKBONE and caller.partner_id is None:
        raise Forbidden(
            "partnership-not-led", "Your membership names no partner that could be the backbone."
        )
