"""Action networks over HTTP."""

from uuid import UUID

from fastapi import Response

from services.partners.partnerships.networks import actions, queries
from shared.contracts.outcomes.outcome import Outcome
from shared.contracts.partners.network import Network, NetworkChange, NetworkDraft
from shared.core.clock import Today
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import OfOutcome, OfPartnership
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.callers import DirectoryReader, PartnershipsWriter

router = noun("networks")


@router.get("")
async def list_networks(
    _: DirectoryReader,
    reader: Reader,
    paging: Paging,
    partnership_id: OfPartnership = None,
    outcome: OfOutcome[Outcome] = None,
) -> Page[Network]:
    """Action networks by name: all, a partnership's, or those of an outcome."""
    return await queries.networks(reader, partnership_id, outcome, paging)


@router.post("", status_code=201, responses=refusals(404, 409))
async def form_network(
    draft: NetworkDraft,
    caller: PartnershipsWriter,
    session: Session,
    today: Today,
    response: Response,
) -> Network:
    """Form an action network. Announces `partners.network.formed.v1`."""
    row = await actions.form(session, caller, draft, today)
    return tagged(response, await queries.one_network(session, row.id))


@router.get("/{network_id}", responses=refusals(404))
async def read_network(
    network_id: UUID, _: DirectoryReader, reader: Reader, response: Response
) -> Network:
    """One action network."""
    return tagged(response, await queries.one_network(reader, network_id))


@router.patch("/{network_id}", responses=refusals(404, 409, 412, 428))
async def change_network(
    network_id: UUID,
    wanted: NetworkChange,
    expected: IfMatch,
    caller: PartnershipsWriter,
    session: Session,
    response: Response,
) -> Network:
    """Change an action network or its members, or end it. Announces
    `partners.network.changed.v1`."""
    row = await actions.change(session, caller, network_id, expected, wanted)
    return tagged(response, await queries.one_network(session, row.id))
