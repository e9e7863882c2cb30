"""Targets over HTTP."""

from uuid import UUID

from fastapi import Response

from services.outcomes.scorecards.targets import actions, queries
from shared.contracts.outcomes.target import Target, TargetChange, TargetDraft
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import OfIndicator, OfScorecard
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.callers import IndicatorsReader, IndicatorsWriter

router = noun("targets")


@router.get("")
async def list_targets(
    _: IndicatorsReader, reader: Reader, paging: Paging, scorecard_id: OfScorecard = None,
    indicator_id: OfIndicator = None,
) -> Page[Target]:  # fmt: skip
    """All targets of a scorecard, in the order they were set."""
    return await queries.targets(reader, scorecard_id, indicator_id, paging)


@router.post("", status_code=201, responses=refusals(404, 409))
async def set_target(
    draft: TargetDraft, caller: IndicatorsWriter, session: Session, response: Response
) -> Target:
    """Set a target for a group. Announces `outcomes.target.set.v1`."""
    row = await actions.set_target(session, caller, draft)
    return tagged(response, await queries.one_target(session, row.id))


@router.get("/{target_id}", responses=refusals(404))
async def read_target(
    target_id: UUID, _: IndicatorsReader, reader: Reader, response: Response
) -> Target:
    """One target."""
    return tagged(response, await queries.one_target(reader, target_id))


@router.put("/{target_id}", responses=refusals(404, 409, 412, 428))
async def change_target(
    target_id: UUID,
    wanted: TargetChange,
    expected: IfMatch,
    caller: IndicatorsWriter,
    session: Session,
    response: Response,
) -> Target:
    """Change a target. Announces `outcomes.target.set.v1`."""
    row = await actions.change(session, caller, target_id, expected, wanted)
    return tagged(response, await queries.one_target(session, row.id))


@router.delete("/{target_id}", status_code=204, responses=refusals(404, 412, 428))
async def drop_target(
    target_id: UUID, expected: IfMatch, caller: IndicatorsWriter, session: Session
) -> None:
    """Drop a target. Announces `outcomes.target.dropped.v1`."""
    await actions.drop(session, caller, target_id, expected)
