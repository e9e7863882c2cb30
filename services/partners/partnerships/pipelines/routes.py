"""Pipelines over HTTP."""

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
from shared.security.callers import DirectoryReader, ProgramsWriter

router = noun("pipelines")


@router.get("")
async def list_pipelines(
    _: DirectoryReader,
    reader: Reader,
    paging: Paging,
    partnership_id: OfPartnership = None,
    partner_id: OfPartner = None,
) -> Page[PipelineSummary]:
    """Pipelines by name: all, a partnership's or a partner's."""
    return await queries.pipelines(reader, partnership_id, partner_id, paging)


@router.post("", status_code=201, responses=refusals(404, 409))
async def form_pipeline(
    draft: PipelineDraft, caller: ProgramsWriter, session: Session, response: Response
) -> Pipeline:
    """Form a pipeline of programs in order. Announces `partners.pipeline.formed.v1`."""
    row = await actions.form(session, caller, draft)
    return tagged(response, await queries.one_pipeline(session, row.id))


@router.get("/{pipeline_id}", responses=refusals(404))
async def read_pipeline(
    pipeline_id: UUID, _: DirectoryReader, reader: Reader, response: Response
) -> Pipeline:
    """One pipeline with its steps, their ages, and the ages that no step covers."""
    return tagged(response, await queries.one_pipeline(reader, pipeline_id))


@router.patch("/{pipeline_id}", responses=refusals(404, 409, 412, 428))
async def change_pipeline(
    pipeline_id: UUID,
    wanted: PipelineChange,
    expected: IfMatch,
    caller: ProgramsWriter,
    session: Session,
    response: Response,
) -> Pipeline:
    """Change a pipeline or its steps. Announces `partners.pipeline.changed.v1`."""
    row = await actions.change(session, caller, pipeline_id, expected, wanted)
    return tagged(response, await queries.one_pipeline(session, row.id))
