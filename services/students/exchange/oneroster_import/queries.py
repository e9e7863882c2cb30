"""What an import needs to know of what is there already."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.exchange.oneroster_import import rules
from services.students.exchange.oneroster_package.rules import Manifest

COUNT_PEOPLE = """
    select count(*) filter (where 'student' = any(k.roles)) as students,
           count(*) filter (where k.roles && array['parent', 'guardian', 'relative']) as contacts,
           count(*) filter (where not k.roles <@ array['student', 'parent', 'guardian',
                                                       'relative']) as staff
    from stage_users u
    join person p on p.source = cast(:source as uuid) and p.source_id = u.sourcedid
    cross join lateral (
      select coalesce(array_agg(r.role::text), '{}') as roles from person_role r
      where r.person_id = p.id and r.status = 'active'
    ) k"""


async def known_ids(
    session: AsyncSession, source: UUID, manifest: Manifest
) -> dict[str, set[str]]:
    """Per file that the package does not hold whole, the ids of the rows that are here."""
    known = {}
    for file in rules.open_targets(manifest):
        found = text(
            f"select source_id from {rules.TARGETS[file]}"
            " where source = :source and status = 'active' and source_id is not null"
        )
        known[file] = set((await session.execute(found, {"source": source})).scalars())
    return known


async def people_counts(session: AsyncSession, source: UUID) -> dict[str, int]:
    found = await session.execute(text(COUNT_PEOPLE), {"source": source})
    return {str(kind): int(count) for kind, count in found.mappings().one().items()}


async def anything_touched(session: AsyncSession) -> bool:
    return bool(
        (
            await session.execute(
                text("select exists (select from touched) or exists (select from rostered)")
            )
        ).scalar_one()
    )


async def role_count(session: AsyncSession) -> int:
    return int((await session.execute(text("select count(*) from stage_roles"))).scalar_one())
