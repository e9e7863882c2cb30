"""The gateway's question for whom the holder of a link acts."""

from uuid import UUID

from services.partners.identity.link_holders import queries
from shared.contracts.partners.membership import ActingMembership
from shared.http.route import internal
from shared.persistence.database import Reader
from shared.security.callers import Composer

inside = internal()


@inside.get("/partners/{partner_id}/link-holders/{link_id}")
async def acting_for_partner(
    partner_id: UUID, link_id: UUID, _: Composer, reader: Reader
) -> list[ActingMembership]:
    """The membership of the holder of this link with the partner, now: one or none."""
    return await queries.acting(reader, link_id, partner_id)
