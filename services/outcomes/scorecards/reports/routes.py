"""Reports over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import Response
from fastapi.responses import PlainTextResponse

from services.outcomes.scorecards.reports import actions, queries
from services.outcomes.scorecards.reports.rules import csv_lines
from services.outcomes.scorecards.scorecards.queries import scorecard_of_partnership
from shared.contracts.outcomes.scorecard import ScorecardReport
from shared.core.refusals import refusals
from shared.http.route import internal, noun
from shared.persistence.database import Reader, Session
from shared.security.callers import IndicatorsReader

router = noun("reports", prefix="/v1/scorecards")
composition = internal()
CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {}}, "description": "One line per figure"}
}


@router.get("/{scorecard_id}/report", response_model=ScorecardReport, responses=refusals(404))
async def read_report(
    scorecard_id: UUID, _: IndicatorsReader, reader: Reader, session: Session
) -> Response:
    """A scorecard's report as of now, after disclosure control: figures by group and period,
    trends, gaps, targets and contributors."""
    fresh = await actions.freshen(session, reader, scorecard_id)
    return _json(await queries.report(fresh, scorecard_id))


@router.get(
    "/{scorecard_id}/report.csv",
    response_class=PlainTextResponse,
    responses={**CSV, **refusals(404)},
)
async def export_report(
    scorecard_id: UUID, _: IndicatorsReader, reader: Reader, session: Session
) -> Response:
    """The same figures as a CSV file."""
    fresh = await actions.freshen(session, reader, scorecard_id)
    found = await queries.report(fresh, scorecard_id)
    lines = csv_lines(ScorecardReport.model_validate_json(found))
    return Response("".join(lines), media_type="text/csv")


@composition.get("/partnerships/{partnership_id}/scorecard", response_model=ScorecardReport)
async def read_partnership_scorecard(
    partnership_id: UUID, _: IndicatorsReader, reader: Reader, session: Session
) -> Response:
    """The report of a partnership's scorecard as of now."""
    card = await scorecard_of_partnership(reader, partnership_id)
    fresh = await actions.freshen(session, reader, card.id)
    return _json(await queries.report(fresh, card.id))


def _json(content: bytes) -> Response:
    """The report is stored as JSON and sent unchanged."""
    return Response(content, media_type="application/json")
