"""Opening, changing and closing programs."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.backbones.queries import ensure_tends
from services.partners.directory.partners import queries as partners
from services.partners.directory.partners.rules import ensure_active, stored
from services.partners.directory.programs import queries, rules
from services.partners.directory.programs.records import ProgramRow, program_site
from services.partners.directory.sites import queries as sites
from shared.contracts.partners.program import (
    ProgramChange,
    ProgramChanged,
    ProgramClosed,
    ProgramDraft,
    ProgramOpened,
    ProgramStatus,
)
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.security.principal import Principal

STATE = {
    "partner_id", "name", "status", "capacity", "minimum_age", "maximum_age", "grades",
    "starts_on", "ends_on",
}  # fmt: skip
Places = list[tuple[UUID, int, dict[str, Any]]]
"""Site, position, and the imported `source` of the program there."""


async def open_program(
    session: AsyncSession, caller: Principal, draft: ProgramDraft
) -> ProgramRow:
    partner = await partners.partner_row(session, draft.partner_id)
    await sites.ensure_known(session, draft.site_ids)

    await ensure_tends(session, caller, partner.id, partner.parent_id)
    ensure_active(partner.status)
    _ensure_sound(draft)

    values = stored(draft)
    site_ids = values.pop("site_ids")
    program = ProgramRow(**values)

    announce(session, program, ProgramOpened(program_id=program.id, **state(program)))
    await session.flush()
    await _set_sites(session, program.id, site_ids)
    return program


async def change(
    session: AsyncSession,
    caller: Principal,
    program_id: UUID,
    expected: int,
    wanted: ProgramChange,
) -> ProgramRow:
    program = await queries.program_row(session, program_id)
    ensure_version(program, expected)
    partner = await partners.one_partner(session, program.partner_id)
    values = stored(wanted)
    site_ids = values.pop("site_ids", None)
    await sites.ensure_known(session, site_ids or [])

    await ensure_tends(session, caller, partner.id, partner.parent_id)
    rules.ensure_open(program.status)

    program.sqlmodel_update(values)
    _ensure_sound(program)
    if site_ids is not None:
        await _set_sites(session, program_id, site_ids)

    announce(session, program, ProgramChanged(program_id=program.id, **state(program)))
    return program


async def close(
    session: AsyncSession, caller: Principal, program_id: UUID, expected: int, today: date
) -> ProgramRow:
    program = await queries.program_row(session, program_id)
    ensure_version(program, expected)
    partner = await partners.one_partner(session, program.partner_id)

    await ensure_tends(session, caller, partner.id, partner.parent_id)
    rules.ensure_open(program.status)

    _close(session, program, today)
    return program


async def close_all(session: AsyncSession, partner_id: UUID, today: date) -> None:
    """The programs of a partner that closes."""
    for program in await queries.open_rows(session, partner_id):
        _close(session, program, today)


def _close(session: AsyncSession, program: ProgramRow, today: date) -> None:
    program.status = ProgramStatus.DEFUNCT
    program.closed_on = today

    announce(
        session,
        program,
        ProgramClosed(program_id=program.id, partner_id=program.partner_id, closed_on=today),
    )


def state(program: ProgramRow) -> dict[str, Any]:
    return program.model_dump(include=STATE)


def _ensure_sound(program: ProgramRow | ProgramDraft) -> None:
    rules.ensure_ages(program.minimum_age, program.maximum_age)
    rules.ensure_dates(program.starts_on, program.ends_on)


async def place(session: AsyncSession, places: Mapping[UUID, Places]) -> None:
    """Replace the sites of these programs, set-wise."""
    rows = [
        {"program_id": id, "site_id": site_id, "position": position, "source": source}
        for id, taken in places.items()
        for site_id, position, source in taken
    ]
    if places:
        await session.execute(
            delete(program_site).where(program_site.program_id.in_(list(places)))
        )
    if rows:
        await session.execute(insert(program_site), rows)


async def _set_sites(session: AsyncSession, program_id: UUID, site_ids: Sequence[UUID]) -> None:
    """For a place that stays, the imported `source` is kept."""
    wanted = list(dict.fromkeys(site_ids))
    await session.execute(
        delete(program_site).where(
            program_site.program_id == program_id, program_site.site_id.not_in(wanted)
        )
    )
    if wanted:
        placed = insert(program_site).values(
            [
                {
                    "program_id": program_id,
                    "site_id": id,
                    "position": position,
                    "source": {"id": str(uuid5(program_id, str(id)))},
                }
                for position, id in enumerate(wanted)
            ]
        )
        await session.execute(
            placed.on_conflict_do_update(
                index_elements=["program_id", "site_id"],
                set_={"position": placed.excluded.position},
            )
        )
