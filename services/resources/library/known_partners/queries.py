"""Reading the known partners."""

from uuid import UUID

from sqlalchemy import select

from services.resources.library.known_partners.records import known_partner
from shared.persistence.database import Reading


async def is_alone(reader: Reading, partner_id: UUID | None) -> bool:
    """Whether the partner is known to have left its last partnership."""
    found = select(known_partner.alone).where(known_partner.partner_id == partner_id)
    return bool((await reader.execute(found)).scalar_one_or_none())
