"""Keeps the copy of who listens. Never announced: partners owns it."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.reevaluations import actions as reviews
from services.students.sharing.subscribers.records import ListenerRow
from shared.contracts.partners.stream import StreamClosed, StreamOpened
from shared.events.partner_outbox import forget_partner

# Whoever is keeping an event at this moment has not seen the new listener; after this it is there
# for the review to replay.
LET_KEEPERS_END = text("lock table child_event in share mode")


async def open_streams(session: AsyncSession, opened: Sequence[StreamOpened]) -> None:
    """What the partner may know now is told to it from the start, whatever it was told before."""
    await session.execute(LET_KEEPERS_END)
    for stream in opened:
        await _keep(session, stream, listening=True)
        await reviews.begin_anew(session, stream.partner_id)


async def close_streams(session: AsyncSession, closed: Sequence[StreamClosed]) -> None:
    """What was told stays written down: it is still to be taken back one day."""
    for stream in closed:
        await _keep(session, stream, listening=False)
        await forget_partner(session, stream.partner_id)


async def _keep(
    session: AsyncSession, stream: StreamOpened | StreamClosed, *, listening: bool
) -> None:
    kept = insert(ListenerRow).values(
        partner_id=stream.partner_id, stream_id=stream.stream_id, listening=listening
    )
    await session.execute(
        kept.on_conflict_do_update(
            index_elements=["partner_id"],
            set_={"stream_id": kept.excluded.stream_id, "listening": kept.excluded.listening},
        )
    )
