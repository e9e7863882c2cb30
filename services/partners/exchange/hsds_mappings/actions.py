"""Writing and retiring mappings."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.partners.queries import partner_row
from services.partners.directory.partners.rules import ensure_active, ensure_keeps
from services.partners.exchange.hsds_mappings import queries, rules
from services.partners.exchange.hsds_mappings.records import HsdsMappingRow, HsdsMappingVersionRow
from shared.contracts.partners.hsds_mapping import (
    HsdsMappingChange,
    HsdsMappingDraft,
    HsdsMappingRetired,
    HsdsMappingStatus,
    HsdsMappingWritten,
)
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.security.principal import Principal


async def write(
    session: AsyncSession, caller: Principal, draft: HsdsMappingDraft
) -> HsdsMappingRow:
    """Version 1."""
    partner_id = draft.partner_id or caller.partner_id
    await _ensure_writable(session, caller, partner_id)
    is_named = await queries.is_named(session, partner_id, draft.name, None)

    rules.ensure_sound(draft.tables)
    rules.ensure_free(is_named=is_named)

    mapping = HsdsMappingRow(partner_id=partner_id, **_stored(draft))

    await _announce_version(session, mapping)
    return mapping


async def change(
    session: AsyncSession, caller: Principal, mapping_id: UUID, expected: int,
    wanted: HsdsMappingChange,
) -> HsdsMappingRow:  # fmt: skip
    """The next version. Jobs that named an earlier one are still read by that."""
    partner_id = (await queries.one_mapping(session, caller, mapping_id)).partner_id
    await _ensure_writable(session, caller, partner_id)
    mapping = await queries.mapping_row(session, caller, mapping_id)
    ensure_version(mapping, expected)
    is_named = await queries.is_named(session, partner_id, wanted.name, mapping_id)

    rules.ensure_active(mapping.status)
    rules.ensure_sound(wanted.tables)
    rules.ensure_free(is_named=is_named)

    mapping.sqlmodel_update(_stored(wanted))

    await _announce_version(session, mapping)
    return mapping


async def retire(
    session: AsyncSession, caller: Principal, mapping_id: UUID, expected: int
) -> HsdsMappingRow:
    mapping = await queries.mapping_row(session, caller, mapping_id)
    ensure_version(mapping, expected)

    rules.ensure_active(mapping.status)

    _retire(session, mapping)
    return mapping


async def retire_all(session: AsyncSession, partner_id: UUID) -> None:
    """For a partner that closes."""
    for mapping in await queries.active_rows(session, partner_id):
        _retire(session, mapping)


async def _ensure_writable(
    session: AsyncSession, caller: Principal, partner_id: UUID | None
) -> None:
    parent_id = None
    if partner_id is not None:
        partner = await partner_row(session, partner_id)
        parent_id = partner.parent_id
        ensure_active(partner.status)
    ensure_keeps(caller, partner_id, parent_id)


def _retire(session: AsyncSession, mapping: HsdsMappingRow) -> None:
    mapping.status = HsdsMappingStatus.RETIRED
    announce(
        session, mapping,
        HsdsMappingRetired(mapping_id=mapping.id, partner_id=mapping.partner_id),
    )  # fmt: skip


async def _announce_version(session: AsyncSession, mapping: HsdsMappingRow) -> None:
    announce(
        session, mapping,
        HsdsMappingWritten(mapping_id=mapping.id, partner_id=mapping.partner_id),
    )  # fmt: skip
    await session.flush()  # before its version, which refers to it
    session.add(
        HsdsMappingVersionRow(
            mapping_id=mapping.id, version=mapping.version, tables=mapping.tables
        )
    )


def _stored(body: HsdsMappingChange) -> dict[str, Any]:
    return {
        "name": body.name, "description": body.description,
        "tables": [each.model_dump(exclude_defaults=True) for each in body.tables],
    }  # fmt: skip
