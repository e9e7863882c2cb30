"""Asking who listens."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.sharing.subscribers.records import ListenerRow

L: Any = ListenerRow  # columns, where mypy would see values


async def anybody_listens(session: AsyncSession) -> bool:
    return bool((await session.execute(select(select(L).where(L.listening).exists()))).scalar())
