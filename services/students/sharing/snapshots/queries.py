"""The page of children, and the place in the stream."""

import asyncio
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.sharing.decisions.records import HeldRow
from services.students.sharing.subscribers.records import ListenerRow
from shared.contracts.students.sharing import SharedChild
from shared.core.refusals import Unavailable
from shared.core.settings import Settings
from shared.events.bus import PARTNERS, Bus, NatsError, StreamState
from shared.http.paging import Page, PageRequest, page
from shared.persistence.queries import unknown
from shared.security.principal import Principal

H: Any = HeldRow  # columns, where mypy would see values
ASK_SECONDS = 2


async def place(settings: Settings) -> StreamState:
    """Where the stream is now. Raises `Unavailable("broker-away")`."""
    bus = Bus(settings, "students snapshot", PARTNERS, reconnect=False)
    try:
        async with asyncio.timeout(ASK_SECONDS):
            try:
                await bus.connect()
                return await bus.state()
            finally:
                await bus.close()
    except (OSError, NatsError, TimeoutError) as error:
        raise Unavailable("broker-away", "The broker cannot say where the stream is.") from error


async def ensure_listening(session: AsyncSession, caller: Principal, partner_id: UUID) -> None:
    row = await session.get(ListenerRow, partner_id)
    if caller.partner_id != partner_id or row is None or not row.listening:
        raise unknown("stream")


async def held_page(
    session: AsyncSession, partner_id: UUID, paging: PageRequest
) -> Page[SharedChild]:
    found = select(
        H.student_id, H.own_id, H.categories, H.own,
        func.concat("/v1/views/students/", H.student_id).label("link"),
    ).where(
        H.partner_id == partner_id,
        (func.cardinality(H.categories) > 0) | (func.cardinality(H.own) > 0),
    )  # fmt: skip
    return await page(session, found, SharedChild, paging, by=[H.student_id])
