"""Indicators over HTTP."""

from uuid import UUID

from fastapi import Response

from services.outcomes.indicators.indicators import actions, queries
from shared.contracts.outcomes.indicator import (
    Definition,
    DefinitionDraft,
    Indicator,
    IndicatorDraft,
)
from shared.contracts.outcomes.outcome import Outcome
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import OfIds, OfOutcome
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.callers import IndicatorsReader, IndicatorsWriter

router = noun("indicators")


@router.get("", response_model=Page[Indicator])
async def list_indicators(
    _: IndicatorsReader,
    reader: Reader,
    paging: Paging,
    ids: OfIds,
    outcome: OfOutcome[Outcome] = None,
) -> Response:
    """All indicators by key, each with its definition in force."""
    return await queries.indicators(reader, ids, outcome, paging)


@router.post("", status_code=201, responses=refusals(409))
async def define_indicator(
    draft: IndicatorDraft, caller: IndicatorsWriter, session: Session, response: Response
) -> Indicator:
    """Define an indicator. Announces `outcomes.indicator.defined.v1`."""
    row = await actions.define(session, caller, draft)
    return tagged(response, await queries.one_indicator(session, row.id))


@router.get("/{indicator_id}", responses=refusals(404))
async def read_indicator(
    indicator_id: UUID, _: IndicatorsReader, reader: Reader, response: Response
) -> Indicator:
    """One indicator."""
    return tagged(response, await queries.one_indicator(reader, indicator_id))


@router.get("/{indicator_id}/definitions", responses=refusals(404))
async def list_definitions(
    indicator_id: UUID, _: IndicatorsReader, reader: Reader, paging: Paging
) -> Page[Definition]:
    """Every definition of an indicator, newest first."""
    return await queries.definitions(reader, indicator_id, paging)


@router.post(
    "/{indicator_id}/definitions", status_code=201, responses=refusals(404, 409, 412, 428)
)
async def redefine_indicator(
    indicator_id: UUID,
    draft: DefinitionDraft,
    expected: IfMatch,
    caller: IndicatorsWriter,
    session: Session,
    response: Response,
) -> Indicator:
    """Add a new definition, which comes into force. Observations belong to the definition they
    name; scorecards show the newest. Announces `outcomes.indicator.defined.v1`."""
    row = await actions.redefine(session, caller, indicator_id, expected, draft)
    return tagged(response, await queries.one_indicator(session, row.id))
