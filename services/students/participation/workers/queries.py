"""Reading the staff of partners."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.participation.workers.records import partner_worker


async def works_for(session: AsyncSession, account_id: UUID | None, partner_id: UUID) -> bool:
    """Whether the account, where one is named, runs the partner's programs now."""
    if account_id is None:
        return True
    found = select(partner_worker.membership_id).where(
        partner_worker.partner_id == partner_id, partner_worker.account_id == account_id
    )
    return (await session.execute(found.limit(1))).first() is not None
