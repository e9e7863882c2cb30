"""The public export of the directory as HSDS, over HTTP."""

from uuid import UUID

from services.partners.exchange.hsds_export import queries
from shared.contracts.partners.hsds import HsdsOrganization, HsdsService
from shared.core.refusals import refusals
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader
from shared.security.callers import DirectoryReader

router = noun("exports")


@router.get("/hsds")
async def export_organizations(
    _: DirectoryReader, reader: Reader, paging: Paging
) -> Page[HsdsOrganization]:
    """All partners by name as HSDS 3.0 organizations, with their locations and services."""
    return await queries.organizations(reader, paging)


@router.get("/hsds/services")
async def export_services(_: DirectoryReader, reader: Reader, paging: Paging) -> Page[HsdsService]:
    """All programs by name as HSDS 3.0 services, with their organization and locations."""
    return await queries.services(reader, paging)


@router.get("/hsds/organizations/{partner_id}", responses=refusals(404))
async def export_organization(
    partner_id: UUID, _: DirectoryReader, reader: Reader
) -> HsdsOrganization:
    """One partner as an HSDS 3.0 organization, with its locations and services."""
    return await queries.one_organization(reader, partner_id)
