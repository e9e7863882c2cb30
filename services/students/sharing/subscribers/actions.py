"""Keeping the copy of the open streams. It is never announced: the service partners owns streams."""

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.sharing.child_events import actions as child_events
from services.students.sharing.decisions import actions as decisions
from services.students.sharing.subscribers.records import listener
from shared.contracts.partners.stream import StreamClosed, StreamOpened
from shared.events.partner_outbox import forget_partner


async def open_streams(session: AsyncSession, opened: Sequence[StreamOpened]) -> None:
    """Publish everything that is open to these partners from the start, whatever they received
    before."""
    await child_events.let_keepers_end(session)
    for stream in opened:
        await _keep(session, stream, listening=True)
        await decisions.begin_anew(session, stream.partner_id)


async def close_streams(session: AsyncSession, closed: Sequence[StreamClosed]) -> None:
    """Stop publishing to these partners. The record of the parts that they hold stays, for later
    retractions."""
    for stream in closed:
        await _keep(session, stream, listening=False)
        await forget_partner(session, stream.partner_id)


async def _keep(
    session: AsyncSession, stream: StreamOpened | StreamClosed, *, listening: bool
) -> None:
    kept = insert(listener).values(
        partner_id=stream.partner_id, stream_id=stream.stream_id, listening=listening
    )
    await session.execute(
        kept.on_conflict_do_update(
            index_elements=["partner_id"],
            set_={"stream_id": kept.excluded.stream_id, "listening": kept.excluded.listening},
        )
    )
