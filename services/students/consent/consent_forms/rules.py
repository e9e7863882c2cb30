"""The rules of consent forms."""

from uuid import UUID

from shared.core.refusals import Forbidden
from shared.security.principal import Principal, Role


def owner(caller: Principal, partner_id: UUID | None) -> UUID:
    """The owner of the form. A partner asks for itself alone, a district for any partner. Raises
    `Forbidden("form-of-another")`."""
    if caller.partner_id is None or (
        caller.role is not Role.DISTRICT_ADMIN and partner_id != caller.partner_id
    ):
        raise Forbidden(
            "form-of-another", "A partner may ask only for consent to what it receives itself."
        )
    return caller.partner_id
