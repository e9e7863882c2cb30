"""Forming, changing and ending action networks."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.backbones.queries import led
from services.partners.directory.backbones.rules import ensure_leads
from services.partners.directory.partners.rules import stored
from services.partners.partnerships.networks import queries, rules
from services.partners.partnerships.networks.records import NetworkRow
from services.partners.partnerships.partnerships import queries as partnerships
from services.partners.partnerships.partnerships.rules import ensure_active
from shared.contracts.partners.network import (
    NetworkChange,
    NetworkChanged,
    NetworkDraft,
    NetworkFormed,
    NetworkStatus,
)
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.security.principal import Principal


async def form(
    session: AsyncSession, caller: Principal, draft: NetworkDraft, today: date
) -> NetworkRow:
    partnership = await partnerships.partnership_row(session, draft.partnership_id)
    members = await partnerships.member_rows(session, draft.partnership_id)

    ensure_leads(caller, draft.partnership_id, await led(session, caller))
    ensure_active(partnership.status)
    rules.ensure_members(
        draft.partner_ids, draft.facilitator_id, [member.partner_id for member in members]
    )

    network = NetworkRow(**_stored(draft), formed_on=today)

    announce(session, network, NetworkFormed(network_id=network.id, **_state(network)))
    return network


async def change(
    session: AsyncSession,
    caller: Principal,
    network_id: UUID,
    expected: int,
    wanted: NetworkChange,
) -> NetworkRow:
    partnership_id = (await queries.one_network(session, network_id)).partnership_id
    partnership = await partnerships.partnership_row(session, partnership_id)
    network = await queries.network_row(session, network_id)
    ensure_version(network, expected)
    members = await partnerships.member_rows(session, network.partnership_id)

    ensure_leads(caller, partnership_id, await led(session, caller))
    ensure_active(partnership.status)

    network.sqlmodel_update(_stored(wanted))
    rules.ensure_members(
        network.partner_ids, network.facilitator_id, [member.partner_id for member in members]
    )

    _announce_change(session, network)
    return network


async def leave_all(session: AsyncSession, partnership_id: UUID, partner_id: UUID) -> None:
    """For a partner that leaves the partnership."""
    for network in await queries.active_rows(session, partnership_id):
        if partner_id in network.partner_ids:
            network.partner_ids = [id for id in network.partner_ids if id != partner_id]
            if network.facilitator_id == partner_id:
                network.facilitator_id = None
            _announce_change(session, network)


async def end_all(session: AsyncSession, partnership_id: UUID) -> None:
    """For a partnership that ends."""
    for network in await queries.active_rows(session, partnership_id):
        network.status = NetworkStatus.ENDED
        _announce_change(session, network)


def _announce_change(session: AsyncSession, network: NetworkRow) -> None:
    announce(session, network, NetworkChanged(network_id=network.id, **_state(network)))


def _stored(body: NetworkDraft | NetworkChange) -> dict[str, Any]:
    values = stored(body)
    if "partner_ids" in values:
        values["partner_ids"] = sorted(values["partner_ids"])
    return values


def _state(network: NetworkRow) -> dict[str, Any]:
    return network.model_dump(
        include={"partnership_id", "name", "outcome", "status", "partner_ids"}
    )
