"""The membership of somebody with a link, as the gateway needs it."""

from typing import Any
from uuid import UUID

from sqlalchemy import literal, select

from services.partners.agreements.agreements import queries as agreements
from services.partners.directory.partners.records import partner
from shared.contracts.partners.membership import ActingMembership
from shared.contracts.partners.partner import PartnerStatus
from shared.persistence.database import Reading
from shared.persistence.queries import many
from shared.security.principal import Role


async def acting(reader: Reading, link_id: UUID, partner_id: UUID) -> list[ActingMembership]:
    """The membership of the holder of this link, now: one, or none where the partner has closed.
    The link's id is also the id of the holder's account and membership."""
    found: Any = select(
        literal(link_id).label("membership_id"),
        literal(link_id).label("account_id"),
        literal(Role.LINK_HOLDER.value).label("role"),
        partner.id.label("partner_id"),
        literal(None).label("person_id"),
        agreements.closed(partner.id).label("closed_agreements"),
        partner.name.label("partner_name"),
    ).where(partner.id == partner_id, partner.status == PartnerStatus.ACTIVE)
    return await many(reader, found, ActingMembership)
