"""Destructions as the caller may see them: the recipient's own, those of a provider's records, or
all for who looks after all."""

from datetime import datetime
from typing import Any
from uuid import UUID

from prometheus_client import Gauge
from sqlalchemy import ColumnElement, Select, case, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.agreements.agreements.queries import own_partners
from services.partners.agreements.agreements.records import AgreementRow
from services.partners.agreements.destructions.records import DestructionRow
from services.partners.directory.partners.records import PartnerRow
from services.partners.directory.partners.rules import EVERY_PARTNER
from shared.contracts.partners.destruction import Destruction, DestructionStatus
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.gauges import Watched
from shared.persistence.queries import columns, one, row_for_change
from shared.security.principal import Principal

A: Any = PartnerRow
D: Any = DestructionRow
R: Any = AgreementRow


WATCHED = [
    Watched(
        Gauge("destructions_overdue", "Destructions whose day is past and that nobody attested."),
        f"""
        select count(*) from destruction
        where status = '{DestructionStatus.OPEN}' and due_at < now()
        """,
    )
]


def visible(caller: Principal) -> ColumnElement[bool]:
    if caller.role in EVERY_PARTNER:
        return true()
    own = own_partners(caller)
    found: ColumnElement[bool] = D.recipient_id.in_(own) | D.providers.overlap(
        select(func.array_agg(own.subquery().c.id)).scalar_subquery()
    )
    return found


def status_at(now: datetime) -> ColumnElement[str]:
    """rules.effective, for lists."""
    overdue = (D.status == DestructionStatus.OPEN) & (D.due_at < now)
    return case((overdue, DestructionStatus.OVERDUE), else_=D.status)


def _destructions(caller: Principal, now: datetime) -> Select[Any]:
    own = [each for each in columns(Destruction, D) if each.name != "status"]
    return (
        select(
            *own, status_at(now).label("status"), R.title.label("agreement_title"),
            A.name.label("recipient_name"),
        )
        .join(R, R.id == D.agreement_id)
        .join(A, A.id == D.recipient_id)
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
    """Those due first."""
    found = _destructions(caller, now)
    if agreement_id is not None:
        found = found.where(D.agreement_id == agreement_id)
    if recipient_id is not None:
        found = found.where(D.recipient_id == recipient_id)
    if status is not None:
        found = found.where(status_at(now) == status)
    return await page(reader, found, Destruction, paging, by=[D.due_at, D.id])


async def destruction(
    reader: Reading, caller: Principal, destruction_id: UUID, now: datetime
) -> Destruction:
    found = _destructions(caller, now).where(D.id == destruction_id)
    return await one(reader, found, Destruction, "destruction")


async def destruction_row(
    session: AsyncSession, caller: Principal, destruction_id: UUID
) -> DestructionRow:
    """For change: locked until the transaction ends."""
    return await row_for_change(
        session, DestructionRow, destruction_id, "destruction", visible(caller)
    )
