"""The directory as HSDS over HTTP. It is public."""

from typing import Annotated
from uuid import UUID

from services.partners.exchange.hsds_export import queries
from shared.contracts.partners.hsds import HsdsOrganization, HsdsService
from shared.core.refusals import refusals
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("exports")
Anybody = Annotated[Principal, may(Permission.DIRECTORY_READ)]


@router.get("/hsds")
async def export_organizations(
    _: Anybody, reader: Reader, paging: Paging
) -> Page[HsdsOrganization]:
    """All partners by name as HSDS 3.0 organizations, with their locations and services."""
    return await queries.organizations(reader, paging)


@router.get("/hsds/services")
async def export_services(_: Anybody, reader: Reader, paging: Paging) -> Page[HsdsService]:
    """All programs by name as HSDS 3.0 services, with their organization and locations."""
    return await queries.services(reader, paging)


@router.get("/hsds/organizations/{partner_id}", responses=refusals(404))
async def export_organization(partner_id: UUID, _: Anybody, reader: Reader) -> HsdsOrganization:
    """One partner as an HSDS 3.0 organization, with its locations and services."""
    return await queries.organization(reader, partner_id)
