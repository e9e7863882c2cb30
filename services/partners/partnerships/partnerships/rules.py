"""What must hold for a partnership."""

from shared.contracts.partners.partnership import PartnershipStatus
from shared.core.refusals import Conflict


def ensure_active(status: str) -> None:
    if status != PartnershipStatus.ACTIVE:
        raise Conflict("partnership-ended", "The partnership has ended.")
