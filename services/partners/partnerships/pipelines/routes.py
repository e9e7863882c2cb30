"""Pipelines over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.partners.partnerships.pipelines import actions, queries
from shared.contracts.partners.pipeline import (
    Pipeline,
    PipelineChange,
    PipelineDraft,
    PipelineSummary,
)
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import OfPartner, OfPartnership
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("pipelines")
Anybody = Annotated[Principal, may(Permission.DIRECTORY_READ)]
Keeper = Annotated[Principal, may(Permission.PROGRAMS_WRITE)]


@router.get("")
async def list_pipelines(
    _: Anybody,
    reader: Reader,
    paging: Paging,
    partnership_id: OfPartnership = None,
    partner_id: OfPartner = None,
) -> Page[PipelineSummary]:
    """Pipelines by name: of a partnership or of a partner."""
    return await queries.pipelines(reader, partnership_id, partner_id, paging)


@router.post("", status_code=201, responses=refusals(404, 409))
async def form_pipeline(
    draft: PipelineDraft, caller: Keeper, session: Session, response: Response
) -> Pipeline:
    """Put programs in order. Announces `partners.pipeline.formed.v1`."""
    row = await actions.form(session, caller, draft)
    return tagged(response, await queries.pipeline(session, row.id))


@router.get("/{pipeline_id}", responses=refusals(404))
async def read_pipeline(
    pipeline_id: UUID, _: Anybody, reader: Reader, response: Response
) -> Pipeline:
    """One pipeline with its steps, their ages, and the years it leaves out."""
    return tagged(response, await queries.pipeline(reader, pipeline_id))


@router.patch("/{pipeline_id}", responses=refusals(404, 409, 412, 428))
async def change_pipeline(
    pipeline_id: UUID,
    wanted: PipelineChange,
    expected: IfMatch,
    caller: Keeper,
    session: Session,
    response: Response,
) -> Pipeline:
    """Change a pipeline or its steps. Announces `partners.pipeline.changed.v1`."""
    row = await actions.change(session, caller, pipeline_id, expected, wanted)
    return tagged(response, await queries.pipeline(session, row.id))
