"""Keeping the reports of scorecards ready to read."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, cast, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.outcomes.scorecards.reports.queries import changes, parts_anew, stale_ids
from services.outcomes.scorecards.reports.records import report_part
from services.outcomes.scorecards.scorecards.queries import scorecard_row
from services.outcomes.scorecards.scorecards.records import ScorecardRow, scorecard
from shared.persistence.database import Reading

# In the order of `_write`, so that the two cannot deadlock.
MARK_DERIVED = text("""
    with marked as (
      select scorecard_id, indicator_id from report_part
      where indicator_id in (select id from indicator where derivation is not null)
      order by scorecard_id, indicator_id for update
    )
    update report_part part set changed = part.changed + 1 from marked
    where (part.scorecard_id, part.indicator_id) = (marked.scorecard_id, marked.indicator_id)
""")


async def refresh(session: AsyncSession, indicators: Sequence[UUID]) -> None:
    """Refresh every scorecard that shows these indicators, after their observations or definitions
    have changed."""
    for scorecard_id in await _held(session, indicators):
        await _write(session, scorecard_id, indicators)


async def mark_derived(session: AsyncSession) -> None:
    """Mark the derived parts after attendance has changed: one statement, however many scorecards
    show them."""
    await session.execute(MARK_DERIVED)


async def freshen(session: AsyncSession, reader: Reading, scorecard_id: UUID) -> Reading:
    """Rewrite the parts that have changed since they were written. Gives where to read from."""
    if not await stale_ids(reader, scorecard_id):
        return reader
    await scorecard_row(session, scorecard_id)
    await _write(session, scorecard_id, await stale_ids(session, scorecard_id))
    return session


async def refresh_scorecard(session: AsyncSession, scorecard: ScorecardRow) -> None:
    """Refresh one scorecard after it or one of its targets has changed. The caller holds its
    row."""
    gone = report_part.indicator_id.not_in(scorecard.indicator_ids)
    await session.execute(
        delete(report_part).where(report_part.scorecard_id == scorecard.id, gone)
    )
    await _write(session, scorecard.id, scorecard.indicator_ids)


async def _held(session: AsyncSession, indicators: Sequence[UUID]) -> list[UUID]:
    """The scorecards that show one of these indicators, locked. The next writer then adds up the
    figures that this transaction has committed, so that the last writer has read everything."""
    shows = scorecard.indicator_ids.op("&&")(cast(list(indicators), ARRAY(Uuid)))
    found = select(scorecard.id).where(shows).order_by(scorecard.id)
    return list((await session.execute(found.with_for_update())).scalars())


async def _write(session: AsyncSession, scorecard_id: UUID, indicators: Sequence[UUID]) -> None:
    changed = await changes(session, scorecard_id)
    parts = await parts_anew(session, scorecard_id, indicators)
    if not parts:
        return
    rows = [
        {
            "scorecard_id": scorecard_id,
            "indicator_id": part.indicator_id,
            "content": part.model_dump_json(),
            "changed": 1,  # of a new part: a concurrent writer could not mark it yet
            "written": changed.get(part.indicator_id, 0),
        }
        for part in sorted(parts, key=lambda part: part.indicator_id)
    ]
    written = insert(report_part).values(rows)
    await session.execute(
        written.on_conflict_do_update(
            index_elements=["scorecard_id", "indicator_id"],
            set_={"content": written.excluded.content, "written": written.excluded.written},
        )
    )
