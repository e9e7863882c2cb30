"""Reading editions. What is published is public."""

from typing import Any
from uuid import UUID

from sqlalchemy import cast, func, select
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.outcomes.scorecards.editions.records import EditionRow
from shared.contracts.outcomes.edition import (
    EditionHeadlines,
    EditionSummary,
    LatestEditions,
)
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, many, unknown

MOST_LATEST = 100


async def editions(
    reader: Reading, partnership_id: UUID | None, paging: PageRequest
) -> Page[EditionSummary]:
    """Newest first."""
    found = select(*columns(EditionSummary, EditionRow))
    if partnership_id is not None:
        found = found.where(col(EditionRow.partnership_id) == partnership_id)
    by: list[Any] = [col(EditionRow.published_at), col(EditionRow.id)]
    return await page(reader, found, EditionSummary, paging, by=by, descending=True)


async def edition(reader: Reading, edition_id: UUID) -> bytes:
    """The edition's JSON, its report to the letter as released."""
    summary = columns(EditionSummary, EditionRow)
    found = select(*summary, col(EditionRow.report)).where(col(EditionRow.id) == edition_id)
    row = (await reader.execute(found)).one_or_none()
    if row is None:
        raise unknown("edition")
    head = EditionSummary.model_validate(row).model_dump_json()
    return f'{head[:-1]},"report":{row.report}}}'.encode()


async def latest(reader: Reading) -> LatestEditions:
    """The last edition of each scorecard, newest first."""
    table = EditionRow
    headlines = cast(col(table.headlines), JSONB).label("headlines")
    last = (
        select(*columns(EditionSummary, table), headlines)
        .ext(distinct_on(col(table.scorecard_id)))
        .order_by(col(table.scorecard_id), col(table.number).desc())
        .subquery()
    )
    found = select(last).order_by(last.c.published_at.desc(), last.c.id).limit(MOST_LATEST)
    return LatestEditions(items=await many(reader, found, EditionHeadlines))


async def last_number(session: AsyncSession, scorecard_id: UUID) -> int:
    """0 before the first. The caller holds the scorecard's row."""
    found = select(func.coalesce(func.max(col(EditionRow.number)), 0)).where(
        col(EditionRow.scorecard_id) == scorecard_id
    )
    return int((await session.execute(found)).scalar_one())
