"""Making and changing scorecards."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.outcomes.indicators.indicators.queries import locked_rows
from services.outcomes.indicators.places.actions import ensure_places
from services.outcomes.scorecards.contributors.queries import partnership_name
from services.outcomes.scorecards.reports.actions import refresh_scorecard
from services.outcomes.scorecards.scorecards import queries, rules
from services.outcomes.scorecards.scorecards.records import ScorecardRow
from shared.contracts.outcomes.place import PlaceDraft
from shared.contracts.outcomes.scorecard import (
    ScorecardChange,
    ScorecardChanged,
    ScorecardDraft,
)
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.security.principal import Principal


async def make(session: AsyncSession, caller: Principal, draft: ScorecardDraft) -> ScorecardRow:
    await locked_rows(session, draft.indicators)
    known = await partnership_name(session, draft.partnership_id)
    taken = await queries.has_scorecard(session, draft.partnership_id)

    rules.ensure_leads(caller, draft.partnership_id)
    _ensure(draft)
    rules.ensure_partnership(known is not None)
    rules.ensure_first(taken)

    scorecard = ScorecardRow(
        partnership_id=draft.partnership_id,
        title=draft.title,
        minimum_cell=draft.minimum_cell,
        place_ids=await _place_ids(session, draft.places),
        indicator_ids=draft.indicators,
    )

    await _announce(session, scorecard)
    return scorecard


async def change(
    session: AsyncSession,
    caller: Principal,
    scorecard_id: UUID,
    expected: int,
    wanted: ScorecardChange,
) -> ScorecardRow:
    await locked_rows(session, wanted.indicators)
    place_ids = await _place_ids(session, wanted.places)
    scorecard = await queries.scorecard_row(session, scorecard_id)
    ensure_version(scorecard, expected)

    rules.ensure_leads(caller, scorecard.partnership_id)
    _ensure(wanted)

    scorecard.title = wanted.title
    scorecard.minimum_cell = wanted.minimum_cell
    scorecard.place_ids = place_ids
    scorecard.indicator_ids = wanted.indicators

    await _announce(session, scorecard)
    return scorecard


def _ensure(wanted: ScorecardChange) -> None:
    rules.ensure_places(wanted.places)
    rules.ensure_indicators(wanted.indicators)


async def _place_ids(session: AsyncSession, places: list[PlaceDraft]) -> list[int]:
    return await ensure_places(session, [(place.kind, place.key, place.name) for place in places])


async def _announce(session: AsyncSession, scorecard: ScorecardRow) -> None:
    announce(
        session,
        scorecard,
        ScorecardChanged(
            scorecard_id=scorecard.id,
            partnership_id=scorecard.partnership_id,
            title=scorecard.title,
            indicators=scorecard.indicator_ids,
            minimum_cell=scorecard.minimum_cell,
        ),
    )
    await session.flush()
    await refresh_scorecard(session, scorecard)
