"""Reading the published heads."""

from datetime import date
from typing import Any

from sqlalchemy import select

from services.students.audit.disclosure_heads.records import DisclosureHeadRow
from shared.persistence.database import Reading

H: Any = DisclosureHeadRow


async def is_published(reader: Reading, day: date) -> bool:
    found = select(H.id).where(H.day == day).limit(1)
    return (await reader.execute(found)).first() is not None
