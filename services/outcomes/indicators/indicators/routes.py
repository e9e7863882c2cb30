"""Indicators over HTTP."""

from typing import Annotated
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
from shared.http.filters import OfOutcome
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("indicators")
Viewer = Annotated[Principal, may(Permission.INDICATORS_READ)]
Definer = Annotated[Principal, may(Permission.INDICATORS_WRITE)]


@router.get("")
async def list_indicators(
    _: Viewer, reader: Reader, paging: Paging, outcome: OfOutcome[Outcome] = None
) -> Page[Indicator]:
    """All indicators by key, each with its definition in force."""
    return await queries.indicators(reader, outcome, paging)


@router.post("", status_code=201, responses=refusals(409))
async def define_indicator(
    draft: IndicatorDraft, caller: Definer, session: Session, response: Response
) -> Indicator:
    """Define an indicator. Announces `outcomes.indicator.defined.v1`."""
    row = await actions.define(session, caller, draft)
    return tagged(response, await queries.indicator(session, row.id))


@router.get("/{indicator_id}", responses=refusals(404))
async def read_indicator(
    indicator_id: UUID, _: Viewer, reader: Reader, response: Response
) -> Indicator:
    """One indicator."""
    return tagged(response, await queries.indicator(reader, indicator_id))


@router.get("/{indicator_id}/definitions", responses=refusals(404))
async def list_definitions(
    indicator_id: UUID, _: Viewer, reader: Reader, paging: Paging
) -> Page[Definition]:
    """Every definition it ever had, newest first."""
    return await queries.definitions(reader, indicator_id, paging)


@router.post(
    "/{indicator_id}/definitions", status_code=201, responses=refusals(404, 409, 412, 428)
)
async def redefine_indicator(
    indicator_id: UUID,
    draft: DefinitionDraft,
    expected: IfMatch,
    caller: Definer,
    session: Session,
    response: Response,
) -> Indicator:
    """Follow the definition by a new one: observations belong to the version they name, and
    scorecards show the newest. Announces `outcomes.indicator.defined.v1`."""
    row = await actions.redefine(session, caller, indicator_id, expected, draft)
    return tagged(response, await queries.indicator(session, row.id))
