"""Reading pipelines. The directory is public."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.partners.records import partner
from services.partners.directory.programs.records import program
from services.partners.partnerships.partnerships.records import partnership
from services.partners.partnerships.pipelines import rules
from services.partners.partnerships.pipelines.records import PipelineRow, pipeline
from services.partners.partnerships.pipelines.rules import Placed
from shared.contracts.partners.pipeline import AgeSpan, Pipeline, PipelineSummary, Step
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, many, one, row_for_change, unknown


def _summaries() -> Any:
    unnested: Any = func.unnest(pipeline.program_ids)
    step = unnested.table_valued("id", with_ordinality="at").render_derived()
    steps = select(program.name).join(step, step.c.id == program.id).order_by(step.c.at)
    chosen: list[Any] = [
        *columns(PipelineSummary, PipelineRow), partnership.name.label("partnership_name"),
        partner.name.label("partner_name"),
        func.array(steps.correlate(pipeline).scalar_subquery()).label("program_names"),
    ]  # fmt: skip
    return (
        select(*chosen)
        .outerjoin(partnership, partnership.id == pipeline.partnership_id)
        .outerjoin(partner, partner.id == pipeline.partner_id)
    )


async def pipelines(
    reader: Reading, partnership_id: UUID | None, partner_id: UUID | None, paging: PageRequest
) -> Page[PipelineSummary]:
    found = _summaries()
    if partnership_id is not None:
        found = found.where(pipeline.partnership_id == partnership_id)
    if partner_id is not None:
        found = found.where(pipeline.partner_id == partner_id)
    by = [pipeline.name, pipeline.id]
    return await page(reader, found, PipelineSummary, paging, by=by)


async def pipelines_of(reader: Reading, partnership_id: UUID, limit: int) -> list[PipelineSummary]:
    found = _summaries().where(pipeline.partnership_id == partnership_id)
    return await many(reader, found.order_by(pipeline.name).limit(limit), PipelineSummary)


async def one_pipeline(reader: Reading, pipeline_id: UUID) -> Pipeline:
    """One pipeline with its steps and the ages that no step covers."""
    found = _summaries().where(pipeline.id == pipeline_id)
    summary = await one(reader, found, PipelineSummary, "pipeline")
    steps = await _steps(reader, summary.program_ids)
    placed = [
        Placed(s.program_id, s.status, (s.ages.from_age, s.ages.to_age) if s.ages else None)
        for s in steps
    ]
    gaps = rules.gaps(placed, summary.from_age, summary.to_age)
    return Pipeline(
        **summary.model_dump(),
        steps=steps,
        gaps=[AgeSpan(from_age=first, to_age=last) for first, last in gaps],
        unplaced=[step.program_id for step in placed if step.years is None],
    )


async def _steps(reader: Reading, program_ids: Sequence[UUID]) -> list[Step]:
    rows = await _programs(reader, program_ids)
    return [
        Step(
            program_id=id, name=row.name, partner_id=row.partner_id,
            partner_name=row.partner_name, status=row.status, grades=row.grades,
            ages=_span(rules.years(row.minimum_age, row.maximum_age, row.grades)),
        )
        for id, row in ((id, rows[id]) for id in program_ids)
    ]  # fmt: skip


def _span(years: rules.Years | None) -> AgeSpan | None:
    return AgeSpan(from_age=years[0], to_age=years[1]) if years else None


async def placed(reader: Reading, program_ids: Sequence[UUID]) -> list[Placed]:
    """The programs in their order. Raises `program-unknown`."""
    rows = await _programs(reader, program_ids)
    if set(program_ids) - set(rows):
        raise unknown("program")
    return [
        Placed(
            id,
            rows[id].status,
            rules.years(rows[id].minimum_age, rows[id].maximum_age, rows[id].grades),
        )
        for id in program_ids
    ]


async def _programs(reader: Reading, program_ids: Sequence[UUID]) -> dict[UUID, Any]:
    chosen: list[Any] = [
        program.id, program.name, program.partner_id, program.status, program.grades,
        program.minimum_age, program.maximum_age, partner.name.label("partner_name"),
    ]  # fmt: skip
    found = await reader.execute(
        select(*chosen)
        .join(partner, partner.id == program.partner_id)
        .where(program.id.in_(program_ids))
    )
    return {row.id: row for row in found}


async def pipeline_row(session: AsyncSession, pipeline_id: UUID) -> PipelineRow:
    """For change: locked until the transaction ends."""
    return await row_for_change(session, PipelineRow, pipeline_id, "pipeline")
