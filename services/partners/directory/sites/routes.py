"""Sites over HTTP."""

from uuid import UUID

from fastapi import Response

from services.partners.directory.sites import actions, queries
from shared.contracts.partners.site import Site, SiteChange, SiteDraft, SiteStatus
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import OfIds, OfPartner, OfStatus
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.callers import DirectoryReader, PartnersWriter

router = noun("sites")


@router.get("", response_model=Page[Site])
async def list_sites(
    _: DirectoryReader,
    reader: Reader,
    paging: Paging,
    ids: OfIds,
    partner_id: OfPartner = None,
    status: OfStatus[SiteStatus] = None,
) -> Response:
    """All sites by name, or one partner's."""
    return await queries.sites(reader, ids, partner_id, status, paging)


@router.post("", status_code=201, responses=refusals(404, 409))
async def open_site(
    draft: SiteDraft, caller: PartnersWriter, session: Session, response: Response
) -> Site:
    """Open a site of a partner. Announces `partners.site.opened.v1`."""
    row = await actions.open_site(session, caller, draft)
    return tagged(response, await queries.one_site(session, row.id))


@router.get("/{site_id}", responses=refusals(404))
async def read_site(site_id: UUID, _: DirectoryReader, reader: Reader, response: Response) -> Site:
    """One site."""
    return tagged(response, await queries.one_site(reader, site_id))


@router.patch("/{site_id}", responses=refusals(404, 412, 428))
async def change_site(
    site_id: UUID,
    wanted: SiteChange,
    expected: IfMatch,
    caller: PartnersWriter,
    session: Session,
    response: Response,
) -> Site:
    """Change a site, or open or close it. Announces `partners.site.changed.v1`."""
    row = await actions.change(session, caller, site_id, expected, wanted)
    return tagged(response, await queries.one_site(session, row.id))
