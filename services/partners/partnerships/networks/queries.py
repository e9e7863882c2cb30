"""Reading action networks. The directory is public."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import literal_column, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.partners.directory.partners.records import partner
from services.partners.partnerships.networks.records import NetworkRow, network
from services.partners.partnerships.partnerships.records import partnership
from shared.contracts.outcomes.outcome import Outcome
from shared.contracts.partners.network import Network, NetworkStatus
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import all_rows, columns, many, one, row_for_change

facilitator: Any = aliased(partner, name="facilitator")
MEMBERS = literal_column(
    """coalesce((
      select jsonb_agg(jsonb_build_object('id', partner.id, 'name', partner.name)
                       order by partner.name, partner.id)
      from partner where partner.id = any(network.partner_ids)
    ), '[]')""",
    JSONB,
).label("members")


def answers() -> Any:
    chosen: list[Any] = [
        *columns(Network, NetworkRow), MEMBERS, partnership.name.label("partnership_name"),
        facilitator.name.label("facilitator_name"),
    ]  # fmt: skip
    return (
        select(*chosen)
        .join(partnership, partnership.id == network.partnership_id)
        .outerjoin(facilitator, facilitator.id == network.facilitator_id)
    )


async def networks(
    reader: Reading, partnership_id: UUID | None, outcome: Outcome | None, paging: PageRequest
) -> Page[Network]:
    found = answers()
    if partnership_id is not None:
        found = found.where(network.partnership_id == partnership_id)
    if outcome is not None:
        found = found.where(network.outcome == outcome)
    by = [network.name, network.id]
    return await page(reader, found, Network, paging, by=by)


async def one_network(reader: Reading, network_id: UUID) -> Network:
    return await one(reader, answers().where(network.id == network_id), Network, "network")


async def networks_of(reader: Reading, partnership_id: UUID, limit: int) -> list[Network]:
    """The networks that have not ended."""
    found = answers().where(
        network.partnership_id == partnership_id, network.status == NetworkStatus.ACTIVE
    )
    return await many(reader, found.order_by(network.name).limit(limit), Network)


async def network_row(session: AsyncSession, network_id: UUID) -> NetworkRow:
    """For change: locked until the transaction ends."""
    return await row_for_change(session, NetworkRow, network_id, "network")


async def active_rows(session: AsyncSession, partnership_id: UUID) -> Sequence[NetworkRow]:
    return await all_rows(
        session,
        NetworkRow,
        network.partnership_id == partnership_id,
        network.status == NetworkStatus.ACTIVE,
    )
