"""Reading the published heads."""

from datetime import date

from sqlalchemy import select

from services.students.audit.disclosure_heads.records import disclosure_head
from shared.persistence.database import Reading


async def is_published(reader: Reading, day: date) -> bool:
    found = select(disclosure_head.id).where(disclosure_head.day == day).limit(1)
    return (await reader.execute(found)).first() is not None
