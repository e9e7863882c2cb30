"""Publishing, changing and withdrawing resources."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.resources.library.facet_counts.actions import recount
from services.resources.library.facet_counts.queries import of_rows
from services.resources.library.facet_counts.rules import of_one
from services.resources.library.known_partners import queries as known_partners
from services.resources.library.resources import queries, rules
from services.resources.library.resources.records import ResourceRow
from shared.contracts.base import Event
from shared.contracts.resources.resource import (
    ResourceChange,
    ResourceChanged,
    ResourceDraft,
    ResourcePublished,
    ResourceStatus,
    ResourceWithdrawn,
    WithdrawalReason,
)
from shared.events.outbox import announce, announce_many
from shared.http.etags import ensure_version
from shared.security.principal import Principal

DESCRIBED = [*rules.described(ResourceDraft(name="x", url="https://x.example"))]
COLUMNS = [
    "id",
    "version",
    "partner_id",
    "owner_id",
    "status",
    *DESCRIBED,
]
WRITTEN = ["status", *DESCRIBED]
CHANGE = text(f"""
    update resource r set version = r.version + 1, updated_at = now(),
      {", ".join(f"{name} = i.{name}" for name in WRITTEN)}
    from incoming i
    where r.url = i.url and r.partner_id is not distinct from i.partner_id
      and r.id in (select id from touched where not added)
""")
ADD = text(f"""
    insert into resource (created_at, updated_at, {", ".join(COLUMNS)})
    select now(), now(), {", ".join(COLUMNS)} from incoming where id in (select id from touched where added)
""")
TOUCHED = text("""
    select id from resource where partner_id = any(cast(:ids as uuid[])) and status = :status
    order by id for update
""")
MOVE = text("""
    update resource set status = :status, version = version + 1, updated_at = now()
    where id = any(cast(:ids as uuid[]))
""")
MOVED = f"""
    select id as aggregate_id, version, jsonb_build_object(
      'resource_id', id, 'partner_id', partner_id, 'title', name, 'url', url, 'status', status,
      'reason', '{WithdrawalReason.PARTNER_LEFT}'
    ) as data
    from resource where id = any(cast(:ids as uuid[]))
"""
ROWS = "select unnest(cast(:ids as uuid[]))"


async def publish(session: AsyncSession, caller: Principal, draft: ResourceDraft) -> ResourceRow:
    alone = await known_partners.is_alone(session, caller.partner_id)
    await queries.ensure_url_free(session, caller.partner_id, draft.url)

    rules.ensure_ages_ordered(draft.typical_age_min, draft.typical_age_max)
    status = rules.status_wanted(draft.status, alone=alone)

    resource = ResourceRow(
        owner_id=caller.account_id,
        partner_id=caller.partner_id,
        status=status,
        **rules.described(draft),
    )

    announce(session, resource, ResourcePublished(**_state(resource)))
    await recount(session, {}, counted(resource))
    return resource


async def change(
    session: AsyncSession,
    caller: Principal,
    resource_id: UUID,
    expected: int,
    wanted: ResourceChange,
) -> ResourceRow:
    resource = await queries.resource_row(session, caller, resource_id)
    ensure_version(resource, expected)
    alone = await known_partners.is_alone(session, resource.partner_id)
    await queries.ensure_url_free(session, resource.partner_id, wanted.url, but=resource_id)

    rules.ensure_writable(caller, resource.owner_id, resource.partner_id)
    rules.ensure_ages_ordered(wanted.typical_age_min, wanted.typical_age_max)

    before = counted(resource)
    resource.sqlmodel_update(rules.described(wanted))
    resource.status = rules.status_wanted(wanted.status, alone=alone)

    announce(session, resource, ResourceChanged(**_state(resource)))
    await recount(session, before, counted(resource))
    return resource


async def withdraw(
    session: AsyncSession, caller: Principal, resource_id: UUID, expected: int
) -> ResourceRow:
    resource = await queries.resource_row(session, caller, resource_id)
    ensure_version(resource, expected)

    rules.ensure_writable(caller, resource.owner_id, resource.partner_id)
    rules.ensure_withdrawable(resource.status)

    before = counted(resource)
    resource.status = ResourceStatus.WITHDRAWN

    announce(
        session,
        resource,
        ResourceWithdrawn(
            resource_id=resource.id,
            partner_id=resource.partner_id,
            title=resource.name,
            reason=WithdrawalReason.OWNER,
        ),
    )
    await recount(session, before, counted(resource))
    return resource


async def move(
    session: AsyncSession, partner_ids: Sequence[UUID], of: ResourceStatus, to: ResourceStatus
) -> None:
    """Change every resource of these partners from one status to the other."""
    found = await session.execute(TOUCHED, {"ids": partner_ids, "status": of})
    ids = list(found.scalars())
    before = await of_rows(session, ROWS, ids=ids)

    await session.execute(MOVE, {"ids": ids, "status": to})

    leaves = to == ResourceStatus.SUSPENDED
    event: type[Event] = ResourceWithdrawn if leaves else ResourcePublished
    await announce_many(session, event, MOVED, {"ids": ids})
    await recount(session, before, await of_rows(session, ROWS, ids=ids))


async def keep_incoming(session: AsyncSession) -> None:
    """The descriptions of the temporary table `incoming`, as far as `touched` has them: changed,
    or added."""
    await session.execute(CHANGE)
    await session.execute(ADD)


def counted(resource: ResourceRow) -> Any:
    return of_one(resource.facets, shared=resource.status == ResourceStatus.SHARED)


def _state(resource: ResourceRow) -> dict[str, Any]:
    return {
        "resource_id": resource.id,
        "partner_id": resource.partner_id,
        "title": resource.name,
        "url": resource.url,
        "status": resource.status,
    }
