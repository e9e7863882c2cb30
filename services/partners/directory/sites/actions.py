"""Opening and changing sites."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.backbones.queries import ensure_tends
from services.partners.directory.partners import queries as partners
from services.partners.directory.partners.rules import ensure_active, stored
from services.partners.directory.sites import queries
from services.partners.directory.sites.records import SiteRow
from shared.contracts.partners.site import SiteChange, SiteChanged, SiteDraft, SiteOpened
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.security.principal import Principal


async def open_site(session: AsyncSession, caller: Principal, draft: SiteDraft) -> SiteRow:
    partner = await partners.partner_row(session, draft.partner_id)

    await ensure_tends(session, caller, partner.id, partner.parent_id)
    ensure_active(partner.status)

    site = SiteRow(**stored(draft))

    announce(session, site, SiteOpened(site_id=site.id, **state(site)))
    return site


async def change(
    session: AsyncSession, caller: Principal, site_id: UUID, expected: int, wanted: SiteChange
) -> SiteRow:
    site = await queries.site_row(session, site_id)
    ensure_version(site, expected)
    parent_id = None
    if site.partner_id is not None:
        parent_id = (await partners.one_partner(session, site.partner_id)).parent_id

    await ensure_tends(session, caller, site.partner_id, parent_id)

    site.sqlmodel_update(stored(wanted))

    announce(session, site, SiteChanged(site_id=site.id, **state(site)))
    return site


def state(site: SiteRow) -> dict[str, Any]:
    return site.model_dump(include={"partner_id", "name", "location_type", "status"})
