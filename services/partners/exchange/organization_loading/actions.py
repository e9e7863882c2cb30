"""Registering and changing partners as a file says."""

from typing import Any

from services.partners.directory.partners.records import PartnerRow
from services.partners.directory.partners.rules import keeps, registers
from services.partners.exchange.hsds_import import queries, rules
from services.partners.exchange.json_documents.rules import Entity
from services.partners.exchange.loading.actions import (
    NOT_OWN,
    Load,
    apply,
    know_partners,
    one_by_one,
    rows_of,
)
from services.partners.exchange.organization_loading.rules import PARENT, parents_first
from shared.contracts.partners.partner import (
    PartnerChanged,
    PartnerKind,
    PartnerRegistered,
    PartnerStatus,
)
from shared.events.outbox import announce
from shared.imports.codes import Code

NOUN = "partner"


async def load_organizations(load: Load) -> None:
    entities, circular = parents_first(load.package.organizations)
    for entity in circular:
        load.findings.add(
            entity.place.at(PARENT), Code.PARENT_CIRCULAR, "An organization is above itself."
        )
    load.partners = await queries.record_ids(
        load.session, NOUN, PartnerRow, load.package.name, _mentioned(load)
    )
    rows, made = await rows_of(load, NOUN, PartnerRow, entities, load.partners)
    load.partner_rows |= rows
    await know_partners(load, (row.parent_id for row in rows.values()))
    async for entity in one_by_one(load, entities):
        partner = rows[load.partners[entity.id]]
        _take(load, entity, partner, is_new=partner.id in made)


def _take(load: Load, entity: Entity, partner: PartnerRow, *, is_new: bool) -> None:
    changes = rules.columns_of(rules.PARTNER, entity.fields)
    changes["source"] = rules.source_of(rules.PARTNER, entity.fields, partner.source)
    if is_new:
        changes = {"kind": PartnerKind.COMMUNITY_ORGANIZATION} | changes
    parent = entity.fields.get(PARENT)
    if parent in load.partners:
        changes["parent_id"] = load.partners[parent]
        changes["source"].pop(PARENT, None)  # goes out again by `parent_id`
    _ensure_kept(load, entity, partner, changes, is_new=is_new)

    if not apply(partner, changes) and not is_new:
        return

    event = PartnerRegistered if is_new else PartnerChanged
    known = partner.model_dump(include={"name", "kind", "status"})
    announce(load.session, partner, event(partner_id=partner.id, **known))
    load.count("partners_registered" if is_new else "partners_changed")


def _ensure_kept(
    load: Load, entity: Entity, partner: PartnerRow, changes: dict[str, Any], *, is_new: bool
) -> None:
    caller, parent_id = load.caller, changes.get("parent_id", partner.parent_id)
    if is_new:
        good = registers(caller, changes["kind"], parent_id)
        load.care.add(partner.id)
    else:
        moves = parent_id != partner.parent_id
        may_move = keeps(caller, None, parent_id) or parent_id in load.care
        good = keeps(caller, partner.id, partner.parent_id, load.care) and (may_move or not moves)
    if not good:
        load.findings.add(entity.place, Code.PARTNER_NOT_OWN, NOT_OWN)
    if partner.status == PartnerStatus.CLOSED:
        load.findings.add(entity.place, Code.PARTNER_CLOSED, "The partner is closed.")


def _mentioned(load: Load) -> set[str]:
    package = load.package
    return package.organizations.keys() | {
        str(entity.fields[name])
        for kept in (package.organizations, package.locations, package.services)
        for entity in kept.values()
        for name in ("organization_id", PARENT)
        if entity.fields.get(name)
    }
