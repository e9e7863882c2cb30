"""What must hold for an action network."""

from collections.abc import Iterable
from uuid import UUID

from shared.core.refusals import Conflict


def ensure_members(
    partner_ids: Iterable[UUID], facilitator_id: UUID | None, members: Iterable[UUID]
) -> None:
    """A network is made of members of its partnership; who facilitates is one of its own."""
    within = set(partner_ids)
    if within - set(members):
        raise Conflict("network-foreign", "A network takes members of its partnership only.")
    if facilitator_id is not None and facilitator_id not in within:
        raise Conflict("facilitator-foreign", "Who facilitates a network belongs to it.")
