"""What must hold for a collection."""

from collections.abc import Sequence
from uuid import UUID

from services.resources.library.resources.rules import may_write
from shared.contracts.resources.collection import CollectionStatus
from shared.core.refusals import Conflict, Fault, Forbidden, Malformed
from shared.security.principal import Principal


def ensure_writable(caller: Principal, owner_id: UUID, of: UUID | None) -> None:
    if not may_write(caller.role, caller.account_id, caller.partner_id, owner_id, of):
        raise Forbidden(
            "collection-not-yours", "Only the collection's owner or partner may change it."
        )


def ensure_each_once(resource_ids: Sequence[UUID]) -> None:
    seen: set[UUID] = set()
    for number, resource_id in enumerate(resource_ids):
        if resource_id in seen:
            fault = _fault(number, "resource-repeated", "It is already in the collection.")
            raise Malformed("resource-repeated", "A collection names each resource once.", [fault])
        seen.add(resource_id)


def ensure_all_known(resource_ids: Sequence[UUID], known: set[UUID]) -> None:
    """Hidden and absent resources are refused alike."""
    faults = [
        _fault(number, "resource-unknown", "There is no such resource.")
        for number, resource_id in enumerate(resource_ids)
        if resource_id not in known
    ]
    if faults:
        raise Malformed("resource-unknown", "There is no such resource.", faults)


def ensure_not_withdrawn(status: str) -> None:
    if status == CollectionStatus.WITHDRAWN:
        raise Conflict("collection-withdrawn", "The collection is withdrawn.")


def status(*, shared: bool) -> CollectionStatus:
    return CollectionStatus.SHARED if shared else CollectionStatus.PRIVATE


def _fault(number: int, code: str, reason: str) -> Fault:
    return Fault(field=f"body.resource_ids.{number}", code=code, reason=reason)
