"""Under which ids records came in."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from services.partners.directory.programs.records import program, program_site
from services.partners.exchange.hsds_import.rules import identifier_source, is_uuid
from services.partners.exchange.loading.records import directory_identifier
from shared.contracts.partners.program import ProgramStatus
from shared.persistence.database import Reading
from shared.persistence.queries import all_rows

R = TypeVar("R", bound=SQLModel)
CHUNK = 10_000


async def record_ids(
    session: AsyncSession, noun: str, table: type[SQLModel], package: str, ids: Iterable[str]
) -> dict[str, UUID]:
    """The records that ids of a file name: known ones, or our own ids as we export them."""
    wanted, known = sorted(set(ids)), dict[str, UUID]()
    for chunk in _chunks(wanted):
        found = await session.execute(
            select(
                directory_identifier.source,
                directory_identifier.source_id,
                directory_identifier.record_id,
            ).where(directory_identifier.noun == noun, directory_identifier.source_id.in_(chunk))
        )
        for source, source_id, record_id in found:
            if source == identifier_source(package, source_id):
                known[source_id] = record_id
    for chunk in _chunks([id for id in wanted if id not in known and is_uuid(id)]):
        own: Any = table.id  # type: ignore[attr-defined]
        found = await session.execute(select(own).where(own.in_([UUID(id) for id in chunk])))
        known |= {str(id): id for id in found.scalars()}
    return known


async def rows_by_id(session: AsyncSession, table: type[R], ids: Iterable[UUID]) -> dict[UUID, R]:
    """For change: locked until the transaction ends."""
    found: dict[UUID, R] = {}
    for chunk in _chunks(sorted(set(ids))):
        rows = await all_rows(session, table, table.id.in_(chunk))  # type: ignore[attr-defined]
        found |= {row.id: row for row in rows}  # type: ignore[attr-defined]
    return found


async def places(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, list[tuple[Any, ...]]]:
    """Where programs take place now: (site, position, source) each, in order."""
    found: dict[UUID, list[tuple[Any, ...]]] = {}
    for chunk in _chunks(list(ids)):
        rows = await session.execute(
            select(
                program_site.program_id,
                program_site.site_id,
                program_site.position,
                program_site.source,
            )
            .where(program_site.program_id.in_(chunk))
            .order_by(program_site.position, program_site.site_id)
        )
        for program_id, *place in rows:
            found.setdefault(program_id, []).append(tuple(place))
    return found


async def open_programs(session: AsyncSession) -> dict[UUID, int]:
    """How many programs of each partner are not closed."""
    found = await session.execute(
        select(program.partner_id, func.count().label("number"))
        .where(program.status != ProgramStatus.DEFUNCT)
        .group_by(program.partner_id)
    )
    return {row.partner_id: row.number for row in found}


async def source_ids(reader: Reading, record_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Under which id each record goes out: the one it first came in with, else its own."""
    wanted = list(record_ids)
    found = await reader.execute(
        select(directory_identifier.record_id, directory_identifier.source_id)
        .where(directory_identifier.record_id.in_(wanted))
        .order_by(directory_identifier.source.desc(), directory_identifier.source_id.desc())
    )
    return {id: str(id) for id in wanted} | {row.record_id: row.source_id for row in found}


def _chunks(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (items[at : at + CHUNK] for at in range(0, len(items), CHUNK))
