"""Loading a directory: all of a file or nothing, and nothing at all where nothing is new."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.backbones.queries import in_care
from services.partners.exchange.hsds_mappings import queries as mappings
from services.partners.exchange.hsds_package.rules import read
from services.partners.exchange.loading.actions import Load
from services.partners.exchange.location_loading.actions import load_locations
from services.partners.exchange.organization_loading.actions import load_organizations
from services.partners.exchange.service_loading.actions import load_services
from shared.contracts.imports import ImportEffect, PartEffect
from shared.core.clock import today
from shared.imports.mapped import mapping_of
from shared.imports.routes import IMPORT_ID, ImportKind, Loaded, Progress
from shared.security.permissions import Permission
from shared.security.principal import Principal

READ, ORGANIZED, PLACED = 0.3, 0.5, 0.7  # of the work


async def load(
    session: AsyncSession, caller: Principal, file: bytes, progress: Progress
) -> Loaded:
    """Organizations become partners, locations sites, services programs. What the file does not
    speak of stays as it is."""
    named = await mapping_of(session, session.info[IMPORT_ID])
    tables = await mappings.tables_of(session, *named) if named is not None else []
    package, findings = await asyncio.to_thread(read, file, tables)
    findings.refuse()
    if named is not None and not package.name:
        package.name = f"mapping:{named[0]}"  # two lists that count from 1 are two publishers
    care = set(await in_care(session, caller))
    under_way = Load(session, caller, package, await today(), care, findings)
    with session.no_autoflush:
        await progress(READ)
        await load_organizations(under_way)
        await progress(ORGANIZED)
        await load_locations(under_way)
        await progress(PLACED)
        await load_services(under_way)
    findings.refuse()
    return Loaded(package.counts | under_way.counts, findings, _effects(under_way))


def _effects(load: Load) -> list[ImportEffect]:
    count, known = load.counts.get, load.open_programs
    closed = [
        PartEffect(
            id=id, name=load.partner_rows[id].name, known=known.get(id, 0), ended=number
        )
        for id, number in load.closed_programs.items()
    ]  # fmt: skip
    return [
        ImportEffect(
            noun="partners", added=count("partners_registered", 0),
            changed=count("partners_changed", 0),
        ),
        ImportEffect(
            noun="sites", added=count("sites_opened", 0), changed=count("sites_changed", 0)
        ),
        ImportEffect(
            noun="programs", added=count("programs_opened", 0),
            changed=count("programs_changed", 0), ended=load.closed_programs.total(),
            known=sum(known.values()), parts=closed,
        ),
    ]  # fmt: skip


HSDS = ImportKind(
    "hsds",
    Permission.PARTNERS_WRITE,
    load,
    "Import a directory: HSDS 3.0 as JSON or tables, or your own tables by a mapping.",
    "Organizations become partners, locations sites, services programs; those that came in before"
    " under the same ids are changed. What the file does not speak of stays as it is. An"
    " administrator imports the own partner only, a district's its schools too; a backbone also new"
    " partners, and those of its partnerships that have no administrator. With `mapping`,"
    " tables with other headers are read: a CSV file, or a zip of them.",
    mappings.version_for_import,
)
