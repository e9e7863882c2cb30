"""Reading the known partners."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from services.resources.library.known_partners.records import known_partner
from shared.persistence.database import Reading

PARTNER_NAME: Any = func.nullif(known_partner.name, "").label("partner_name")
"""The partner's name; null where only its leaving has been heard of."""


async def is_alone(reader: Reading, partner_id: UUID | None) -> bool:
    """Whether the partner is known to have left its last partnership."""
    found = select(known_partner.alone).where(known_partner.partner_id == partner_id)
    return bool((await reader.execute(found)).scalar_one_or_none())
