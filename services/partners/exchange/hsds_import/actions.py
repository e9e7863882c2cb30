"""Loading a directory: all of a file or nothing, and nothing at all where nothing is new."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.exchange.hsds_package.rules import read
from services.partners.exchange.loading.actions import Load
from services.partners.exchange.location_loading.actions import load_locations
from services.partners.exchange.organization_loading.actions import load_organizations
from services.partners.exchange.service_loading.actions import load_services
from shared.core.clock import today
from shared.imports.routes import ImportKind, ImportRefused, Progress
from shared.security.permissions import Permission
from shared.security.principal import Principal

READ, ORGANIZED, PLACED = 0.3, 0.5, 0.7  # of the work


async def load(
    session: AsyncSession, caller: Principal, file: bytes, progress: Progress
) -> dict[str, int]:
    """Organizations become partners, locations sites, services programs. What the file does not
    speak of stays as it is."""
    package, problems = await asyncio.to_thread(read, file)
    if problems.count:
        raise ImportRefused(problems.found, problems.count)
    under_way = Load(session, caller, package, await today())
    with session.no_autoflush:
        await progress(READ)
        await load_organizations(under_way)
        await progress(ORGANIZED)
        await load_locations(under_way)
        await progress(PLACED)
        await load_services(under_way)
    problems = under_way.problems
    if problems.count:
        raise ImportRefused(problems.found, problems.count)
    return package.counts | under_way.counts


HSDS = ImportKind(
    "hsds",
    Permission.PARTNERS_WRITE,
    load,
    "Import a directory: HSDS 3.0 as JSON, or as a zip of its tables.",
    "Organizations become partners, locations sites, services programs; those that came in before"
    " under the same ids are changed. What the file does not speak of stays as it is. An"
    " administrator imports the own partner only, a district's its schools too.",
)
