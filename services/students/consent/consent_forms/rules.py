"""What must hold for consent forms."""

from uuid import UUID

from shared.core.refusals import Forbidden
from shared.security.principal import Principal, Role


def owner(caller: Principal, partner_id: UUID | None) -> UUID:
    """Whose form it is: a partner asks for itself alone, a district for anybody."""
    if caller.partner_id is None or (
        caller.role is not Role.DISTRICT_ADMIN and partner_id != caller.partner_id
    ):
        raise Forbidden("form-of-another", "A partner asks for consent to itself alone.")
    return caller.partner_id
