"""Asking what is known of a partner."""

from uuid import UUID

from sqlmodel import select

from services.resources.library.known_partners.records import KnownPartnerRow
from shared.persistence.database import Reading


async def is_alone(reader: Reading, partner_id: UUID | None) -> bool:
    """Whether the partner is known to have left its last partnership."""
    found = select(KnownPartnerRow.alone).where(KnownPartnerRow.partner_id == partner_id)
    return bool((await reader.execute(found)).scalar_one_or_none())
