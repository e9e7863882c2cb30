"""The page of children, and the place in the stream."""

import asyncio
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.sharing.decisions.records import held
from services.students.sharing.subscribers.records import ListenerRow
from shared.contracts.students.sharing import SharedChild
from shared.core.refusals import Unavailable
from shared.core.settings import Settings
from shared.events.bus import PARTNERS, Bus, NatsError, StreamState
from shared.http.paging import Page, PageRequest, page
from shared.persistence.queries import unknown
from shared.security.principal import Principal

ASK_SECONDS = 2


async def place(settings: Settings) -> StreamState:
    """The last place of the stream. Raises `Unavailable("broker-away")`."""
    bus = Bus(settings, "students snapshot", PARTNERS, reconnect=False)
    try:
        async with asyncio.timeout(ASK_SECONDS):
            try:
                await bus.connect()
                return await bus.state()
            finally:
                await bus.close()
    except (OSError, NatsError, TimeoutError) as error:
        raise Unavailable("broker-away", "The broker does not answer; try again.") from error


async def ensure_listening(session: AsyncSession, caller: Principal, partner_id: UUID) -> None:
    row = await session.get(ListenerRow, partner_id)
    if caller.partner_id != partner_id or row is None or not row.listening:
        raise unknown("stream")


async def held_page(
    session: AsyncSession, partner_id: UUID, paging: PageRequest
) -> Page[SharedChild]:
    found = select(
        held.student_id, held.own_id, held.categories, held.own,
        func.concat("/v1/views/students/", held.student_id).label("link"),
    ).where(
        held.partner_id == partner_id,
        (func.cardinality(held.categories) > 0) | (func.cardinality(held.own) > 0),
    )  # fmt: skip
    return await page(session, found, SharedChild, paging, by=[held.student_id])
