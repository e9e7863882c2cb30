"""Editions over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.outcomes.scorecards.editions import actions, queries
from shared.contracts.outcomes.edition import Edition, EditionSummary, LatestEditions
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.filters import OfPartnership
from shared.http.paging import Page, Paging
from shared.http.route import internal, noun
from shared.persistence.database import Reader, Session
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("editions")
publishing = noun("editions", prefix="/v1/scorecards")
composition = internal()
Anybody = Annotated[Principal, may(Permission.EDITIONS_READ)]
Publisher = Annotated[Principal, may(Permission.INDICATORS_WRITE)]


@publishing.post("/{scorecard_id}/editions", status_code=201, responses=refusals(404))
async def publish_edition(
    scorecard_id: UUID, caller: Publisher, session: Session, now: Now
) -> EditionSummary:
    """Release the scorecard as it stands, for good and to everybody. Announces
    `outcomes.edition.published.v1`."""
    row = await actions.publish(session, caller, scorecard_id, now)
    return EditionSummary.model_validate(row)


@router.get("")
async def list_editions(
    _: Anybody, reader: Reader, paging: Paging, partnership_id: OfPartnership = None
) -> Page[EditionSummary]:
    """All editions, newest first."""
    return await queries.editions(reader, partnership_id, paging)


@router.get("/{edition_id}", response_model=Edition, responses=refusals(404))
async def read_edition(edition_id: UUID, _: Anybody, reader: Reader) -> Response:
    """An edition as it was released."""
    content = await queries.edition(reader, edition_id)
    return Response(content, media_type="application/json", headers={"ETag": '"1"'})


@composition.get("/editions/latest")
async def read_latest_editions(_: Anybody, reader: Reader) -> LatestEditions:
    """The last edition of each scorecard in short, for the community page."""
    return await queries.latest(reader)
