"""What must hold for an action network."""

from collections.abc import Iterable
from uuid import UUID

from shared.core.refusals import Conflict


def ensure_members(
    partner_ids: Iterable[UUID], facilitator_id: UUID | None, members: Iterable[UUID]
) -> None:
    """A network consists of members of its partnership; its facilitator is a member of the
    network."""
    within = set(partner_ids)
    if within - set(members):
        raise Conflict("network-foreign", "A network has only members of its own partnership.")
    if facilitator_id is not None and facilitator_id not in within:
        raise Conflict("facilitator-foreign", "The facilitator must be a member of the network.")
