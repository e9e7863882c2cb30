"""Editions over HTTP."""

from uuid import UUID

from fastapi import Response

from services.outcomes.scorecards.editions import actions, queries
from services.outcomes.scorecards.editions.records import EditionRow
from shared.contracts.outcomes.edition import (
    Edition,
    EditionSummary,
    LatestEditions,
    PublishedEdition,
    Withdrawal,
)
from shared.contracts.outcomes.exposure import Exposure
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import OfPartnership
from shared.http.paging import Page, Paging
from shared.http.route import internal, noun
from shared.persistence.database import Reader, Session
from shared.security.callers import EditionsReader, IndicatorsWriter

router = noun("editions")
publishing = noun("editions", prefix="/v1/scorecards")
composition = internal()


@publishing.post("/{scorecard_id}/editions", status_code=201, responses=refusals(404))
async def publish_edition(
    scorecard_id: UUID, caller: IndicatorsWriter, session: Session, now: Now, response: Response
) -> PublishedEdition:
    """Publish the scorecard as it stands, as an edition that is public and whose report never
    changes. A figure that would give a small group away beside an earlier edition is kept as it was
    published before, with its date, or withheld; `exposed` names it. Announces
    `outcomes.edition.published.v1`."""
    row, exposed = await actions.publish(session, caller, scorecard_id, now)
    return tagged(response, _answer(row, exposed))


@router.get("")
async def list_editions(
    _: EditionsReader, reader: Reader, paging: Paging, partnership_id: OfPartnership = None
) -> Page[EditionSummary]:
    """All editions, newest first, those withdrawn or replaced with their marks."""
    return await queries.editions(reader, partnership_id, paging)


@router.get("/{edition_id}", response_model=Edition, responses=refusals(404))
async def read_edition(edition_id: UUID, _: EditionsReader, reader: Reader) -> Response:
    """One edition as it was published. An edition that was withdrawn or replaced says so."""
    version, content = await queries.one_edition(reader, edition_id)
    return Response(content, media_type="application/json", headers={"ETag": f'"{version}"'})


@router.post("/{edition_id}/withdrawal", status_code=201, responses=refusals(404, 409, 412, 428))
async def withdraw_edition(
    edition_id: UUID,
    wanted: Withdrawal,
    expected: IfMatch,
    caller: IndicatorsWriter,
    session: Session,
    now: Now,
    response: Response,
) -> EditionSummary:
    """Withdraw an edition, with a reason. The edition stays at its address, marked, and leaves the
    community page. Announces `outcomes.edition.withdrawn.v1`."""
    row = await actions.withdraw(session, caller, edition_id, expected, wanted, now)
    return tagged(response, EditionSummary.model_validate(row))


@router.post("/{edition_id}/replacement", status_code=201, responses=refusals(404, 409, 412, 428))
async def replace_edition(
    edition_id: UUID,
    wanted: Withdrawal,
    expected: IfMatch,
    caller: IndicatorsWriter,
    session: Session,
    now: Now,
    response: Response,
) -> PublishedEdition:
    """Publish the scorecard as it stands now in place of an edition, with a reason. The edition
    replaced stays at its address, marked. Announces `outcomes.edition.published.v1` and
    `outcomes.edition.withdrawn.v1`."""
    row, exposed = await actions.replace(session, caller, edition_id, expected, wanted, now)
    return tagged(response, _answer(row, exposed))


@composition.get("/editions/latest")
async def read_latest_editions(_: EditionsReader, reader: Reader) -> LatestEditions:
    """The headlines of each scorecard's latest edition that stands, and the editions withdrawn, for
    the community page."""
    return await queries.latest(reader)


def _answer(row: EditionRow, exposed: list[Exposure]) -> PublishedEdition:
    summary = EditionSummary.model_validate(row).model_dump()
    return PublishedEdition.model_validate(summary | {"exposed": exposed})
