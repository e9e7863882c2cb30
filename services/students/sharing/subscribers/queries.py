"""Reading the open streams."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.sharing.subscribers.records import ListenerRow, listener


async def anybody_listens(session: AsyncSession) -> bool:
    return bool(
        (
            await session.execute(select(select(ListenerRow).where(listener.listening).exists()))
        ).scalar()
    )
