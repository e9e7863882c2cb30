"""Reading accounts."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.identity.accounts.records import account


async def account_id(session: AsyncSession, issuer: str, subject: str) -> UUID:
    """The account's id, locked so that its memberships are granted one after the other."""
    found = select(account.id).where(account.issuer == issuer, account.subject == subject)
    known: UUID = (await session.execute(found.with_for_update())).scalar_one()
    return known
