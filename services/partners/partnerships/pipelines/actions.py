"""Forming and changing pipelines."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.backbones.queries import ensure_tends, led
from services.partners.directory.backbones.rules import ensure_leads
from services.partners.directory.partners import queries as partners
from services.partners.directory.partners.rules import stored
from services.partners.partnerships.partnerships import queries as partnerships
from services.partners.partnerships.pipelines import queries, rules
from services.partners.partnerships.pipelines.records import PipelineRow
from shared.contracts.partners.pipeline import (
    PipelineChange,
    PipelineChanged,
    PipelineDraft,
    PipelineFormed,
)
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.security.principal import Principal


async def form(session: AsyncSession, caller: Principal, draft: PipelineDraft) -> PipelineRow:
    pipeline = PipelineRow(**stored(draft))

    await _ensure_keeps(session, caller, pipeline)
    await _ensure_sound(session, pipeline)

    announce(session, pipeline, PipelineFormed(pipeline_id=pipeline.id, **_state(pipeline)))
    return pipeline


async def change(
    session: AsyncSession,
    caller: Principal,
    pipeline_id: UUID,
    expected: int,
    wanted: PipelineChange,
) -> PipelineRow:
    pipeline = await queries.pipeline_row(session, pipeline_id)
    ensure_version(pipeline, expected)

    await _ensure_keeps(session, caller, pipeline)

    pipeline.sqlmodel_update(stored(wanted))
    await _ensure_sound(session, pipeline)

    announce(session, pipeline, PipelineChanged(pipeline_id=pipeline.id, **_state(pipeline)))
    return pipeline


async def _ensure_keeps(session: AsyncSession, caller: Principal, pipeline: PipelineRow) -> None:
    """The partnership's backbone changes its pipeline, a partner its own. Raises NotFound where
    there is no such owner."""
    if pipeline.partnership_id is not None:
        await partnerships.partnership_row(session, pipeline.partnership_id)
        ensure_leads(caller, pipeline.partnership_id, await led(session, caller))
    if pipeline.partner_id is not None:
        parent_id = (await partners.one_partner(session, pipeline.partner_id)).parent_id
        await ensure_tends(session, caller, pipeline.partner_id, parent_id)


async def _ensure_sound(session: AsyncSession, pipeline: PipelineRow) -> None:
    rules.ensure_span(pipeline.from_age, pipeline.to_age)
    rules.ensure_order(await queries.placed(session, pipeline.program_ids))


def _state(pipeline: PipelineRow) -> dict[str, Any]:
    return pipeline.model_dump(include={"partnership_id", "partner_id", "name", "program_ids"})
