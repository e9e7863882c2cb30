"""Opening, changing and closing programs as a file says."""

from typing import Any
from uuid import UUID

from services.partners.directory.programs import actions as programs
from services.partners.directory.programs.actions import Places, state
from services.partners.directory.programs.records import ProgramRow
from services.partners.exchange.hsds_import import queries, rules
from services.partners.exchange.json_documents.rules import Entity
from services.partners.exchange.loading.actions import (
    DANGLING,
    Load,
    apply,
    ensure_kept,
    know_partners,
    one_by_one,
    rows_of,
)
from shared.contracts.partners.program import (
    ProgramChanged,
    ProgramClosed,
    ProgramOpened,
    ProgramStatus,
)
from shared.events.outbox import announce
from shared.imports.codes import Code

NOUN = "program"


async def load_services(load: Load) -> None:
    load.open_programs = await queries.open_programs(load.session)
    entities = load.package.services
    ids = await queries.record_ids(load.session, NOUN, ProgramRow, load.package.name, entities)
    rows, made = await rows_of(load, NOUN, ProgramRow, entities.values(), ids)
    await know_partners(load, (row.partner_id for row in rows.values()))
    known = await queries.places(load.session, rows.keys() - made)
    moved: dict[UUID, Places] = {}
    async for entity in one_by_one(load, entities.values()):
        program = rows[ids[entity.id]]
        places = _places(load, entity)
        moves = places is not None and places != known.get(program.id, [])
        if places is not None and moves:
            moved[program.id] = places
        _take(load, entity, program, moves=moves, is_new=program.id in made)
    if not load.findings.total:
        await programs.place(load.session, moved)


def _take(load: Load, entity: Entity, program: ProgramRow, *, moves: bool, is_new: bool) -> None:
    partner_id = load.partners.get(entity.fields["organization_id"])
    if partner_id is None:
        place = entity.place.at("organization_id")
        load.findings.add(place, Code.DANGLING_REFERENCE, DANGLING)
        return
    changes = rules.columns_of(rules.PROGRAM, entity.fields) | {"partner_id": partner_id}
    changes["source"] = rules.source_of(rules.PROGRAM, entity.fields, program.source)
    changes["closed_on"] = _closed_on(load, program, changes)
    for id in {partner_id} if is_new else {partner_id, program.partner_id}:
        ensure_kept(load, entity.place, id)
    before = program.status

    changed = apply(program, changes)
    _ensure_sound(load, entity, program)

    if is_new or changed or moves:
        _announce(load, program, before, is_new=is_new)


def _closed_on(load: Load, program: ProgramRow, changes: dict[str, Any]) -> Any:
    if changes.get("status", program.status) != ProgramStatus.DEFUNCT:
        return None
    return program.closed_on or load.today


def _ensure_sound(load: Load, entity: Entity, program: ProgramRow) -> None:
    for name, first, last in (
        ("maximum_age", program.minimum_age, program.maximum_age),
        ("ends_on", program.starts_on, program.ends_on),
    ):
        if first is not None and last is not None and last < first:  # type: ignore[operator]
            load.findings.add(
                entity.place.at(name), Code.REVERSED, "The end comes before the beginning."
            )


def _announce(load: Load, program: ProgramRow, before: str, *, is_new: bool) -> None:
    if is_new:
        event: Any = ProgramOpened(program_id=program.id, **state(program))
    elif program.status == ProgramStatus.DEFUNCT != before:
        event = ProgramClosed(
            program_id=program.id, partner_id=program.partner_id, closed_on=load.today
        )
        load.closed_programs[program.partner_id] += 1
    else:
        event = ProgramChanged(program_id=program.id, **state(program))
    announce(load.session, program, event)
    load.count(f"programs_{event.type.split('.')[2]}")


def _places(load: Load, entity: Entity) -> Places | None:
    """Where the program takes place, as far as the file speaks of it."""
    said = entity.fields.get("service_at_locations")
    if said is None:
        return None
    places: Places = []
    at = entity.place.at("service_at_locations")
    for number, place in enumerate(said):
        site_id = load.sites.get(place["location_id"])
        if site_id is None:
            load.findings.add(at.at(number), Code.DANGLING_REFERENCE, DANGLING)
        elif any(site_id == known for known, _, _ in places):
            load.findings.add(at.at(number), Code.PLACE_TWICE, "The service is there already.")
        else:
            said_of_it = {name: value for name, value in place.items() if name != "location_id"}
            places.append((site_id, number, rules.without_nulls(said_of_it)))
    return places
