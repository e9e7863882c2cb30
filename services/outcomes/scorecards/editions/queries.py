"""Reading editions, which are public."""

from typing import Any
from uuid import UUID

from sqlalchemy import cast, func, select
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from services.outcomes.scorecards.contributors.queries import goes_on
from services.outcomes.scorecards.editions.records import EditionRow, edition
from shared.contracts.outcomes.edition import (
    EditionHeadlines,
    EditionSummary,
    LatestEditions,
)
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, many, one, row_for_change, unknown

MOST_LATEST = 100


async def editions(
    reader: Reading, partnership_id: UUID | None, paging: PageRequest
) -> Page[EditionSummary]:
    """The editions, newest first."""
    found = select(*columns(EditionSummary, EditionRow))
    if partnership_id is not None:
        found = found.where(edition.partnership_id == partnership_id)
    by: list[Any] = [edition.published_at, edition.id]
    return await page(reader, found, EditionSummary, paging, by=by, descending=True)


async def one_edition(reader: Reading, edition_id: UUID) -> tuple[int, bytes]:
    """The edition's version, and the edition as JSON with its report exactly as published."""
    summary = columns(EditionSummary, EditionRow)
    found = select(*summary, edition.report).where(edition.id == edition_id)
    row = (await reader.execute(found)).one_or_none()
    if row is None:
        raise unknown("edition")
    head = EditionSummary.model_validate(row)
    return head.version, f'{head.model_dump_json()[:-1]},"report":{row.report}}}'.encode()


async def latest(reader: Reading) -> LatestEditions:
    """The latest edition of each scorecard that stands, newest first, and those withdrawn. Without
    the partnerships that have ended."""
    headlines = cast(edition.headlines, JSONB).label("headlines")
    last = (
        select(*columns(EditionSummary, EditionRow), headlines)
        .ext(distinct_on(edition.scorecard_id))
        .where(edition.withdrawn_at.is_(None), goes_on(edition.partnership_id))
        .order_by(edition.scorecard_id, edition.number.desc())
        .subquery()
    )
    found = select(last).order_by(last.c.published_at.desc(), last.c.id).limit(MOST_LATEST)
    withdrawn = (
        select(*columns(EditionSummary, EditionRow))
        .where(edition.withdrawn_at.is_not(None), goes_on(edition.partnership_id))
        .order_by(edition.withdrawn_at.desc(), edition.id)
        .limit(MOST_LATEST)
    )
    return LatestEditions(
        items=await many(reader, found, EditionHeadlines),
        withdrawn=await many(reader, withdrawn, EditionSummary),
    )


async def edition_row(session: AsyncSession, edition_id: UUID) -> EditionRow:
    """For change: locked until the transaction ends."""
    return await row_for_change(session, EditionRow, edition_id, "edition")


async def scorecard_of(session: AsyncSession, edition_id: UUID) -> UUID:
    """The edition's scorecard. Every writer of both locks the scorecard first."""
    found = select(*columns(EditionSummary, EditionRow)).where(edition.id == edition_id)
    return (await one(session, found, EditionSummary, "edition")).scorecard_id


async def last_number(session: AsyncSession, scorecard_id: UUID) -> int:
    """The number of the last edition; 0 before the first. The caller holds the scorecard's row."""
    found = select(func.coalesce(func.max(edition.number), 0)).where(
        edition.scorecard_id == scorecard_id
    )
    return int((await session.execute(found)).scalar_one())
