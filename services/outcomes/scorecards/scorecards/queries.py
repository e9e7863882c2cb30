"""Reading scorecards."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.outcomes.indicators.indicators.records import indicator
from services.outcomes.indicators.places.queries import places
from services.outcomes.scorecards.contributors.records import measured_partnership
from services.outcomes.scorecards.scorecards.records import ScorecardRow, scorecard
from shared.contracts.outcomes.place import Place
from shared.contracts.outcomes.scorecard import Scorecard
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import row_for_change, unknown

UNNESTED: Any = func.unnest(scorecard.indicator_ids)
SHOWN = UNNESTED.table_valued("id", with_ordinality="at").render_derived()
INDICATOR_NAMES = (
    select(indicator.name).join(SHOWN, SHOWN.c.id == indicator.id).order_by(SHOWN.c.at)
)
COLUMNS: tuple[Any, ...] = (
    scorecard.id, scorecard.version, scorecard.partnership_id,
    measured_partnership.name.label("partnership_name"), scorecard.title,
    scorecard.minimum_cell, scorecard.place_ids,
    scorecard.indicator_ids.label("indicators"),
    func.array(INDICATOR_NAMES.correlate(ScorecardRow).scalar_subquery()).label("indicator_names"),
)  # fmt: skip


class Stored(Scorecard):
    """A scorecard with its places as numbers, before they become an answer."""

    places: list[Place] = []
    place_ids: list[int]


def _scorecards() -> Select[Any]:
    return select(*COLUMNS).outerjoin(
        measured_partnership, measured_partnership.partnership_id == scorecard.partnership_id
    )


async def scorecards(
    reader: Reading, partnership_id: UUID | None, paging: PageRequest
) -> Page[Scorecard]:
    found = _scorecards()
    if partnership_id is not None:
        found = found.where(scorecard.partnership_id == partnership_id)
    by: list[Any] = [scorecard.title, scorecard.id]
    stored = await page(reader, found, Stored, paging, by=by)
    return Page[Scorecard](
        items=[await _answered(reader, scorecard) for scorecard in stored.items],
        next=stored.next,
    )


async def one_scorecard(reader: Reading, scorecard_id: UUID) -> Scorecard:
    return await _one(reader, scorecard.id == scorecard_id)


async def scorecard_of_partnership(reader: Reading, partnership_id: UUID) -> Scorecard:
    return await _one(reader, scorecard.partnership_id == partnership_id)


async def _one(reader: Reading, where: Any) -> Scorecard:
    row = (await reader.execute(_scorecards().where(where))).mappings().one_or_none()
    if row is None:
        raise unknown("scorecard")
    return await _answered(reader, Stored.model_validate(dict(row)))


async def _answered(reader: Reading, stored: Stored) -> Scorecard:
    named = await places(reader, stored.place_ids)
    return Scorecard.model_validate(stored.model_dump() | {"places": named})


async def shown(reader: Reading, scorecard_id: UUID) -> tuple[int, list[UUID]]:
    """The scorecard's minimum cell, and its indicators in their order."""
    found = select(scorecard.minimum_cell, scorecard.indicator_ids)
    row = (await reader.execute(found.where(scorecard.id == scorecard_id))).one()
    return row.minimum_cell, row.indicator_ids


async def scorecard_row(session: AsyncSession, scorecard_id: UUID) -> ScorecardRow:
    """For change: locked until the transaction ends."""
    return await row_for_change(session, ScorecardRow, scorecard_id, "scorecard")


async def has_scorecard(session: AsyncSession, partnership_id: UUID) -> bool:
    found = select(func.count()).where(scorecard.partnership_id == partnership_id)
    return bool((await session.execute(found)).scalar_one())
