"""Destructions as the caller may see them: those of the caller's partners as recipient or as
provider, for a backbone also those of recipients that are members, or were, of partnerships that it
leads, or all for the operator."""

from datetime import datetime
from typing import Any
from uuid import UUID

from prometheus_client import Gauge
from sqlalchemy import ColumnElement, Select, Uuid, case, cast, column, func, select, true
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.partners.agreements.agreements.queries import own_partners
from services.partners.agreements.agreements.records import agreement
from services.partners.agreements.destructions.records import DestructionRow, destruction
from services.partners.directory.backbones.queries import members_led_by
from services.partners.directory.partners.queries import names_of
from services.partners.directory.partners.records import partner
from services.partners.identity.accounts.records import account
from shared.contracts.partners.destruction import Destruction, DestructionStatus
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.gauges import Watched
from shared.persistence.queries import columns, one, row_for_change
from shared.security.principal import Principal, Role

attester: Any = aliased(account, name="attester")

WATCHED = [
    Watched(
        Gauge("destructions_overdue", "Destructions that are overdue and not attested."),
        f"""
        select count(*) from destruction
        where status = '{DestructionStatus.OPEN}' and due_at < now()
        """,
    )
]


def visible(caller: Principal) -> ColumnElement[bool]:
    if caller.role is Role.OPERATOR:
        return true()
    own = own_partners(caller)
    found: ColumnElement[bool] = destruction.recipient_id.in_(own) | destruction.providers.overlap(
        select(func.array_agg(own.subquery().c.id)).scalar_subquery()
    )
    if caller.role is Role.BACKBONE:
        found |= destruction.recipient_id.in_(members_led_by(caller.partner_id, present=False))
    return found


def status_at(now: datetime) -> ColumnElement[str]:
    """The SQL form of rules.effective, for lists."""
    overdue = (destruction.status == DestructionStatus.OPEN) & (destruction.due_at < now)
    return case((overdue, DestructionStatus.OVERDUE), else_=destruction.status)


def _earlier() -> Any:
    """The earlier attestations, each with the name of the account that attested it."""
    told: Any = (
        func.jsonb_array_elements(destruction.earlier_attestations)
        .table_valued(column("said", JSONB), with_ordinality="at")
        .render_derived()
    )
    said = told.c.said
    whole = said.op("||")(func.jsonb_build_object("attested_by_name", attester.name))
    named = (
        select(func.jsonb_agg(aggregate_order_by(whole, told.c.at)))
        .select_from(told)
        .outerjoin(attester, cast(said["attested_by"].astext, Uuid) == attester.id)
    )
    return func.coalesce(
        named.correlate(destruction).scalar_subquery(), destruction.earlier_attestations
    )


def _destructions(caller: Principal, now: datetime) -> Select[Any]:
    made = {"status", "earlier_attestations"}
    own = [each for each in columns(Destruction, DestructionRow) if each.name not in made]
    return (
        select(
            *own, status_at(now).label("status"), _earlier().label("earlier_attestations"),
            account.name.label("attested_by_name"), agreement.title.label("agreement_title"),
            partner.name.label("recipient_name"), names_of(destruction.providers).label("provider_names"),
        )
        .join(agreement, agreement.id == destruction.agreement_id)
        .join(partner, partner.id == destruction.recipient_id)
        .outerjoin(account, account.id == destruction.attested_by)
        .where(visible(caller))
    )  # fmt: skip


async def destructions(
    reader: Reading,
    caller: Principal,
    paging: PageRequest,
    now: datetime,
    *,
    agreement_id: UUID | None,
    recipient_id: UUID | None,
    status: DestructionStatus | None,
) -> Page[Destruction]:
    """The destructions by due date, the earliest first."""
    found = _destructions(caller, now)
    if agreement_id is not None:
        found = found.where(destruction.agreement_id == agreement_id)
    if recipient_id is not None:
        found = found.where(destruction.recipient_id == recipient_id)
    if status is not None:
        found = found.where(status_at(now) == status)
    return await page(reader, found, Destruction, paging, by=[destruction.due_at, destruction.id])


async def one_destruction(
    reader: Reading, caller: Principal, destruction_id: UUID, now: datetime
) -> Destruction:
    found = _destructions(caller, now).where(destruction.id == destruction_id)
    return await one(reader, found, Destruction, "destruction")


async def destruction_row(
    session: AsyncSession, caller: Principal, destruction_id: UUID
) -> DestructionRow:
    """For change: locked until the transaction ends."""
    return await row_for_change(
        session, DestructionRow, destruction_id, "destruction", visible(caller)
    )
