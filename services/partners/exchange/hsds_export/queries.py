"""Putting the documents of HSDS together."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import SQLModel

from services.partners.directory.partners.records import PartnerRow, partner
from services.partners.directory.programs.records import ProgramRow, program, program_site
from services.partners.directory.sites.records import SiteRow, site
from services.partners.exchange.hsds_export.rules import Pieces
from services.partners.exchange.hsds_import.queries import source_ids
from shared.contracts.partners.hsds import HsdsOrganization, HsdsService
from shared.contracts.partners.parts import Named
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, unknown


async def organizations(reader: Reading, paging: PageRequest) -> Page[HsdsOrganization]:
    """By name, each with its locations and services."""
    listed = await _listed(reader, PartnerRow, paging)
    pieces = await _pieces(reader, partner_ids=[each.id for each in listed.items])
    documents = [HsdsOrganization(pieces.organization_in_full(each.id)) for each in listed.items]
    return Page[HsdsOrganization](items=documents, next=listed.next)


async def one_organization(reader: Reading, partner_id: UUID) -> HsdsOrganization:
    pieces = await _pieces(reader, partner_ids=[partner_id])
    if partner_id not in pieces.partners:
        raise unknown("partner")
    return HsdsOrganization(pieces.organization_in_full(partner_id))


async def services(reader: Reading, paging: PageRequest) -> Page[HsdsService]:
    """By name, each with its organization and the locations where it takes place."""
    listed = await _listed(reader, ProgramRow, paging)
    pieces = await _pieces(reader, program_ids=[each.id for each in listed.items])
    documents = [HsdsService(pieces.service_in_full(each.id)) for each in listed.items]
    return Page[HsdsService](items=documents, next=listed.next)


async def _listed(
    reader: Reading, row: type[PartnerRow | ProgramRow], paging: PageRequest
) -> Page[Named]:
    by = [row.name, row.id]
    return await page(reader, select(*columns(Named, row)), Named, paging, by=by)


async def _pieces(
    reader: Reading, partner_ids: Sequence[UUID] = (), program_ids: Sequence[UUID] = ()
) -> Pieces:
    """All rows that the documents of these partners or programs are made of."""
    wanted = program.partner_id.in_(partner_ids) | program.id.in_(program_ids)
    programs = await _rows(reader, ProgramRow, wanted, by=[program.name, program.id])
    owners = {*partner_ids, *(row["partner_id"] for row in programs.values())}
    partners = await _rows(reader, PartnerRow, partner.id.in_(owners))
    found = await reader.execute(
        select(program_site.program_id, program_site.site_id, program_site.source)
        .where(program_site.program_id.in_(list(programs)))
        .order_by(program_site.position, program_site.site_id)
    )
    places: dict[UUID, list[tuple[UUID, dict[str, Any]]]] = {}
    for program_id, site_id, source in found:
        places.setdefault(program_id, []).append((site_id, source))
    near = {site_id for each in places.values() for site_id, _ in each}
    here = site.id.in_(near) | site.partner_id.in_(partner_ids)
    sites = await _rows(reader, SiteRow, here, by=[site.name, site.id])
    parents = {row["parent_id"] for row in partners.values()} - {None}
    ids = await source_ids(reader, {*partners, *sites, *programs, *parents})
    return Pieces(partners, sites, programs, places, ids)


async def _rows(
    reader: Reading, table: type[SQLModel], where: Any, by: Iterable[Any] = ()
) -> dict[UUID, dict[str, Any]]:
    chosen = [getattr(table, name) for name in table.model_fields]
    found = await reader.execute(select(*chosen).where(where).order_by(*by))
    return {row["id"]: dict(row) for row in found.mappings()}
