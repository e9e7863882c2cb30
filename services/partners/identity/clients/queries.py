"""Reading clients: those of the caller's own partner, for a district also of its schools, or
all."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, literal, null, select, type_coerce
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.agreements.agreements import queries as agreements
from services.partners.directory.partners.queries import kept_by
from services.partners.directory.partners.records import partner
from services.partners.identity.clients.records import ClientKeyRow, ClientRow, client, client_key
from shared.contracts.partners.client import Client, ClientKey, ClientStatus
from shared.contracts.partners.membership import ActingMembership
from shared.contracts.partners.partner import PartnerStatus
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import all_rows, columns, one, row_for_change, unknown
from shared.persistence.statements import Statement
from shared.security.principal import Principal, Role


def _keys() -> Any:
    shown = func.jsonb_build_object(
        *(part for name in ClientKey.model_fields for part in (name, getattr(client_key, name)))
    )
    in_order = aggregate_order_by(shown, client_key.id)
    found = select(func.coalesce(func.jsonb_agg(in_order), literal([], JSONB))).where(
        client_key.client_id == client.id
    )
    return type_coerce(found.scalar_subquery(), JSONB).label("keys")


def _clients(caller: Principal) -> Select[Any]:
    named = partner.name.label("partner_name")
    return (
        select(*columns(Client, ClientRow), named, _keys())
        .join(partner, partner.id == client.partner_id)
        .where(*kept_by(caller, client.partner_id))
    )


async def clients(
    reader: Reading,
    caller: Principal,
    partner_id: UUID | None,
    status: ClientStatus | None,
    paging: PageRequest,
) -> Page[Client]:
    found = _clients(caller)
    if partner_id is not None:
        found = found.where(client.partner_id == partner_id)
    if status is not None:
        found = found.where(client.status == status)
    return await page(reader, found, Client, paging, by=[client.id])


async def one_client(reader: Reading, caller: Principal, client_id: UUID) -> Client:
    found = _clients(caller).where(client.id == client_id)
    return await one(reader, found, Client, "client")


async def client_row(session: AsyncSession, caller: Principal, client_id: UUID) -> ClientRow:
    """For change: locked until the transaction ends."""
    visible = kept_by(caller, client.partner_id)
    return await row_for_change(session, ClientRow, client_id, "client", *visible)


async def live_rows(session: AsyncSession, partner_id: UUID) -> Sequence[ClientRow]:
    """For change: locked until the transaction ends."""
    live = client.status == ClientStatus.LIVE
    return await all_rows(session, ClientRow, live, client.partner_id == partner_id)


async def key_rows(session: AsyncSession, client_id: UUID) -> Sequence[ClientKeyRow]:
    """All keys of a client whose row is locked, ended ones too."""
    return await all_rows(session, ClientKeyRow, client_key.client_id == client_id)


def key_among(keys: Sequence[ClientKeyRow], key_id: UUID) -> ClientKeyRow:
    for key in keys:
        if key.id == key_id:
            return key
    raise unknown("key")


def _signing() -> Select[Any]:
    """The keys that may sign now: not ended, of a client that is not revoked, of an open
    partner."""
    return (
        select(ClientKeyRow)
        .join(client, client.id == client_key.client_id)
        .join(partner, partner.id == client.partner_id)
        .where(
            client_key.ended_at.is_(None),
            client.status == ClientStatus.LIVE,
            partner.status == PartnerStatus.ACTIVE,
        )
    )


async def signing_key(session: AsyncSession, client_id: UUID, kid: str) -> ClientKeyRow | None:
    found = _signing().where(client_key.client_id == client_id, client_key.kid == kid)
    row: ClientKeyRow | None = (await session.execute(found)).scalar_one_or_none()
    return row


ACTING: Statement[ActingMembership] = Statement(
    _signing()
    .with_only_columns(
        client.id.label("membership_id"),
        client.id.label("account_id"),
        literal(Role.PARTNER_SYSTEM.value).label("role"),
        client.partner_id,
        null().label("person_id"),
        agreements.closed(client.partner_id).label("closed_agreements"),
        partner.name.label("partner_name"),
    )
    .where(client.id == bindparam("client_id"), client_key.id == bindparam("key_id")),
    ActingMembership,
)


async def acting(reader: Reading, client_id: UUID, key_id: UUID) -> list[ActingMembership]:
    """The client's membership by one of its keys, now: one or none. The client's id is also the id
    of its account and of its membership."""
    return await ACTING.many(reader, client_id=client_id, key_id=key_id)
