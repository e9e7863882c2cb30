"""Opening and changing sites as a file says."""

from uuid import UUID

from services.partners.directory.sites.actions import state
from services.partners.directory.sites.records import SiteRow
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
from shared.contracts.partners.site import SiteChanged, SiteOpened
from shared.events.outbox import announce
from shared.imports.codes import Code

NOUN = "site"


async def load_locations(load: Load) -> None:
    hosts = _hosts(load)
    entities = load.package.locations
    load.sites = await queries.record_ids(
        load.session, NOUN, SiteRow, load.package.name, hosts.keys() | entities.keys()
    )
    rows, made = await rows_of(load, NOUN, SiteRow, entities.values(), load.sites)
    await know_partners(load, (row.partner_id for row in rows.values()))
    async for entity in one_by_one(load, entities.values()):
        site = rows[load.sites[entity.id]]
        _take(load, entity, site, _owner(load, entity, site, hosts), is_new=site.id in made)


def _take(
    load: Load, entity: Entity, site: SiteRow, partner_id: UUID | None, *, is_new: bool
) -> None:
    changes = rules.columns_of(rules.SITE, entity.fields) | {"partner_id": partner_id}
    changes["source"] = rules.source_of(rules.SITE, entity.fields, site.source)
    if is_new:
        changes = {"name": rules.site_name(entity.fields)} | changes
    for id in {partner_id} if is_new else {partner_id, site.partner_id}:
        ensure_kept(load, entity.place, id)

    if not apply(site, changes) and not is_new:
        return

    event = SiteOpened if is_new else SiteChanged
    announce(load.session, site, event(site_id=site.id, **state(site)))
    load.count("sites_opened" if is_new else "sites_changed")


def _hosts(load: Load) -> dict[str, str]:
    """Of each location the organization of the first service there."""
    hosts: dict[str, str] = {}
    for service in load.package.services.values():
        for place in service.fields.get("service_at_locations") or []:
            hosts.setdefault(place["location_id"], service.fields["organization_id"])
    return hosts


def _owner(load: Load, entity: Entity, site: SiteRow, hosts: dict[str, str]) -> UUID | None:
    said = entity.fields.get("organization_id")
    if said in load.partners:
        return load.partners[said]
    host = site.partner_id or load.partners.get(hosts.get(entity.id, ""))
    if said and host is None:
        load.findings.add(entity.place.at("organization_id"), Code.DANGLING_REFERENCE, DANGLING)
    return host
