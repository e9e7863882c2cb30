"""What loading organizations, locations and services has in common."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.partners.records import PartnerRow
from services.partners.directory.partners.rules import keeps
from services.partners.exchange.hsds_import import queries, rules
from services.partners.exchange.json_documents.rules import Entity, Package
from services.partners.exchange.loading.records import directory_identifier
from shared.imports.codes import Code
from shared.imports.findings import Findings, Place
from shared.persistence.records import Record, new_id
from shared.security.principal import Principal

R = TypeVar("R", bound=Record)
BATCH = 100
NOT_OWN = "You may import your own partner only."
DANGLING = "Neither the file nor the directory has this id."


@dataclass
class Load:
    """`partners` and `sites` lead from the file's ids to ours. `care`: the partners that the caller
    may change besides the own, those that this file registers among them."""

    session: AsyncSession
    caller: Principal
    package: Package
    today: date
    care: set[UUID]
    findings: Findings
    partners: dict[str, UUID] = field(default_factory=dict)
    sites: dict[str, UUID] = field(default_factory=dict)
    partner_rows: dict[UUID, PartnerRow] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    open_programs: dict[UUID, int] = field(default_factory=dict)
    """Before this load, of each partner."""
    closed_programs: Counter[UUID] = field(default_factory=Counter)

    def count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1


async def rows_of(
    load: Load, noun: str, table: type[R], entities: Iterable[Entity], ids: dict[str, UUID]
) -> tuple[dict[UUID, R], set[UUID]]:
    """The record of each entity, and which of them are new; new ones get an id in `ids`."""
    rows = await queries.rows_by_id(load.session, table, ids.values())
    made: set[UUID] = set()
    identifiers = []
    for number, entity in enumerate(entities):
        if number % BATCH == 0:
            await asyncio.sleep(0)
        if entity.id not in ids:
            row = table(id=new_id())
            ids[entity.id] = row.id
            rows[row.id] = row
            made.add(row.id)
            identifiers.append(
                {
                    "source": rules.identifier_source(load.package.name, entity.id),
                    "noun": noun,
                    "source_id": entity.id,
                    "record_id": row.id,
                }
            )
    if identifiers:
        await load.session.execute(insert(directory_identifier), identifiers)
    return rows, made


def apply(row: Record, changes: dict[str, Any]) -> bool:
    """Whether anything is another now."""
    changed = {name: value for name, value in changes.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


async def know_partners(load: Load, ids: Iterable[UUID | None]) -> None:
    """So that it can be told who keeps them."""
    missing = {id for id in ids if id is not None} - load.partner_rows.keys()
    load.partner_rows |= await queries.rows_by_id(load.session, PartnerRow, missing)


def ensure_kept(load: Load, place: Place, partner_id: UUID | None) -> None:
    partner = load.partner_rows.get(partner_id) if partner_id is not None else None
    parent_id = partner.parent_id if partner else None
    if not keeps(load.caller, partner_id, parent_id, load.care):
        load.findings.add(place, Code.PARTNER_NOT_OWN, NOT_OWN)


async def one_by_one(load: Load, entities: Iterable[Entity]) -> AsyncIterator[Entity]:
    """Stores what has been made as it goes, so that others get their turn meanwhile."""
    for number, entity in enumerate(entities, 1):
        yield entity
        if number % BATCH == 0:
            await flush(load)
    await flush(load)


async def flush(load: Load) -> None:
    """Not where something is wrong already: then only the report goes on."""
    await asyncio.sleep(0)
    if not load.findings.total:
        await load.session.flush()
