"""Reading mappings: those of the caller's own partner, for a district also of its schools, or
all."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.partners.queries import kept_by
from services.partners.directory.partners.records import partner
from services.partners.exchange.hsds_mappings import rules
from services.partners.exchange.hsds_mappings.records import (
    HsdsMappingRow,
    HsdsMappingVersionRow,
    hsds_mapping,
    hsds_mapping_version,
)
from shared.contracts.import_mapping import TableSource
from shared.contracts.partners.hsds_mapping import (
    HsdsMapping,
    HsdsMappingStatus,
    HsdsMappingVersion,
)
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import all_rows, columns, one, one_at_a_time, row_for_change
from shared.security.principal import Principal

NOUN = "hsds-mapping"
ACTIVE = hsds_mapping.status == HsdsMappingStatus.ACTIVE


def _mappings(caller: Principal) -> Select[Any]:
    return (
        select(*columns(HsdsMapping, HsdsMappingRow), partner.name.label("partner_name"))
        .outerjoin(partner, partner.id == hsds_mapping.partner_id)
        .where(*_kept_by(caller))
    )


async def mappings(
    reader: Reading,
    caller: Principal,
    partner_id: UUID | None,
    status: HsdsMappingStatus | None,
    paging: PageRequest,
) -> Page[HsdsMapping]:
    found = _mappings(caller)
    if partner_id is not None:
        found = found.where(hsds_mapping.partner_id == partner_id)
    if status is not None:
        found = found.where(hsds_mapping.status == status)
    by = [hsds_mapping.name, hsds_mapping.id]
    return await page(reader, found, HsdsMapping, paging, by=by)


async def one_mapping(reader: Reading, caller: Principal, mapping_id: UUID) -> HsdsMapping:
    found = _mappings(caller).where(hsds_mapping.id == mapping_id)
    return await one(reader, found, HsdsMapping, NOUN)


async def one_version(
    reader: Reading, caller: Principal, mapping_id: UUID, version: int
) -> HsdsMappingVersion:
    found = (
        select(
            *columns(HsdsMappingVersion, HsdsMappingVersionRow),
            hsds_mapping.name.label("mapping_name"),
        )
        .join(HsdsMappingRow, hsds_mapping.id == hsds_mapping_version.mapping_id)
        .where(hsds_mapping.id == mapping_id, *_kept_by(caller))
        .where(hsds_mapping_version.version == version)
    )
    return await one(reader, found, HsdsMappingVersion, f"{NOUN}-version")


async def version_for_import(
    session: AsyncSession, caller: Principal, mapping_id: UUID, version: int | None
) -> int:
    """The version by which the caller may have a file read: the one asked for, else the latest."""
    mapping = await one_mapping(session, caller, mapping_id)
    rules.ensure_active(mapping.status)
    wanted = mapping.version if version is None else version
    return (await one_version(session, caller, mapping_id, wanted)).version


async def tables_of(session: AsyncSession, mapping_id: UUID, version: int) -> list[TableSource]:
    """As a job reads by it that named this version when it was queued."""
    found = select(hsds_mapping_version.tables).where(
        hsds_mapping_version.mapping_id == mapping_id, hsds_mapping_version.version == version
    )
    return [
        TableSource.model_validate(each) for each in (await session.execute(found)).scalar_one()
    ]


async def is_named(
    session: AsyncSession, partner_id: UUID | None, name: str, but: UUID | None
) -> bool:
    """Whether another mapping of the partner has this name. Names are given one at a time."""
    await one_at_a_time(session, f"{NOUN}:{partner_id}")
    found = select(hsds_mapping.id).where(
        ACTIVE, hsds_mapping.name == name, hsds_mapping.id.is_distinct_from(but),
        hsds_mapping.partner_id.is_not_distinct_from(partner_id),
    )  # fmt: skip
    return (await session.execute(found)).first() is not None


async def mapping_row(
    session: AsyncSession, caller: Principal, mapping_id: UUID
) -> HsdsMappingRow:
    """For change: locked until the transaction ends."""
    return await row_for_change(session, HsdsMappingRow, mapping_id, NOUN, *_kept_by(caller))


async def active_rows(session: AsyncSession, partner_id: UUID) -> Sequence[HsdsMappingRow]:
    return await all_rows(session, HsdsMappingRow, ACTIVE, hsds_mapping.partner_id == partner_id)


def _kept_by(caller: Principal) -> list[Any]:
    return kept_by(caller, hsds_mapping.partner_id)
