"""Publishing, changing and withdrawing resources."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.resources.library.facet_counts.actions import recount
from services.resources.library.facet_counts.rules import of_one
from services.resources.library.known_partners import queries as partners
from services.resources.library.resources import queries, rules
from services.resources.library.resources.records import ResourceRow
from shared.contracts.resources.resource import (
    ResourceChange,
    ResourceChanged,
    ResourceDraft,
    ResourcePublished,
    ResourceStatus,
    ResourceWithdrawn,
    WithdrawalReason,
)
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.security.principal import Principal


async def publish(session: AsyncSession, caller: Principal, draft: ResourceDraft) -> ResourceRow:
    alone = await partners.is_alone(session, caller.partner_id)
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
    alone = await partners.is_alone(session, resource.partner_id)
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
