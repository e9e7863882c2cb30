"""Scorecards over HTTP."""

from uuid import UUID

from fastapi import Response

from services.outcomes.scorecards.scorecards import actions, queries
from shared.contracts.outcomes.scorecard import Scorecard, ScorecardChange, ScorecardDraft
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import OfPartnership
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.callers import IndicatorsReader, IndicatorsWriter

router = noun("scorecards")


@router.get("")
async def list_scorecards(
    _: IndicatorsReader, reader: Reader, paging: Paging, partnership_id: OfPartnership = None
) -> Page[Scorecard]:
    """All scorecards by title."""
    return await queries.scorecards(reader, partnership_id, paging)


@router.post("", status_code=201, responses=refusals(404, 409))
async def make_scorecard(
    draft: ScorecardDraft, caller: IndicatorsWriter, session: Session, response: Response
) -> Scorecard:
    """Make a partnership's scorecard. Announces `outcomes.scorecard.changed.v1`."""
    row = await actions.make(session, caller, draft)
    return tagged(response, await queries.one_scorecard(session, row.id))


@router.get("/{scorecard_id}", responses=refusals(404))
async def read_scorecard(
    scorecard_id: UUID, _: IndicatorsReader, reader: Reader, response: Response
) -> Scorecard:
    """One scorecard: what it measures."""
    return tagged(response, await queries.one_scorecard(reader, scorecard_id))


@router.put("/{scorecard_id}", responses=refusals(404, 409, 412, 428))
async def change_scorecard(
    scorecard_id: UUID,
    wanted: ScorecardChange,
    expected: IfMatch,
    caller: IndicatorsWriter,
    session: Session,
    response: Response,
) -> Scorecard:
    """Change the indicators, places or title of a scorecard. Announces
    `outcomes.scorecard.changed.v1`."""
    row = await actions.change(session, caller, scorecard_id, expected, wanted)
    return tagged(response, await queries.one_scorecard(session, row.id))
