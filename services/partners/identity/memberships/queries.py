"""Reading memberships: one's own partner's, or all for who looks after all."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.partners.agreements.agreements import queries as agreements
from services.partners.directory.partners.queries import kept_by
from services.partners.directory.partners.records import PartnerRow
from services.partners.identity.memberships.records import AccountRow, MembershipRow
from shared.contracts.partners.membership import (
    ActingMembership,
    Membership,
    MembershipStatus,
)
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import all_rows, columns, many, one, row_for_change
from shared.security.principal import Principal, Role


def _visible(caller: Principal) -> list[Any]:
    return kept_by(caller, col(MembershipRow.partner_id))


def _memberships(caller: Principal) -> Select[Any]:
    return (
        select(
            *columns(Membership, MembershipRow), col(AccountRow.issuer), col(AccountRow.subject)
        )
        .join(AccountRow, col(AccountRow.id) == col(MembershipRow.account_id))
        .where(*_visible(caller))
    )


async def memberships(
    reader: Reading,
    caller: Principal,
    partner_id: UUID | None,
    role: Role | None,
    status: MembershipStatus | None,
    paging: PageRequest,
) -> Page[Membership]:
    found = _memberships(caller)
    if role is not None:
        found = found.where(col(MembershipRow.role) == role)
    if status is not None:
        found = found.where(col(MembershipRow.status) == status)
    if partner_id is not None:
        found = found.where(col(MembershipRow.partner_id) == partner_id)
    return await page(reader, found, Membership, paging, by=[col(MembershipRow.id)])


async def membership(reader: Reading, caller: Principal, membership_id: UUID) -> Membership:
    found = _memberships(caller).where(col(MembershipRow.id) == membership_id)
    return await one(reader, found, Membership, "membership")


async def membership_row(
    session: AsyncSession, caller: Principal, membership_id: UUID
) -> MembershipRow:
    """For change: locked until the transaction ends."""
    return await row_for_change(
        session, MembershipRow, membership_id, "membership", *_visible(caller)
    )


async def account_id(session: AsyncSession, issuer: str, subject: str) -> UUID:
    """Locked, so that one account's memberships are granted one after the other."""
    found = select(col(AccountRow.id)).where(
        col(AccountRow.issuer) == issuer, col(AccountRow.subject) == subject
    )
    known: UUID = (await session.execute(found.with_for_update())).scalar_one()
    return known


async def same(session: AsyncSession, wanted: MembershipRow) -> MembershipRow | None:
    """The live membership that says the same already."""
    found = select(MembershipRow).where(
        col(MembershipRow.account_id) == wanted.account_id,
        col(MembershipRow.role) == wanted.role,
        col(MembershipRow.partner_id).is_not_distinct_from(wanted.partner_id),
        col(MembershipRow.person_id).is_not_distinct_from(wanted.person_id),
        col(MembershipRow.status) == MembershipStatus.LIVE,
    )
    return (await session.execute(found)).scalars().first()


async def parent_id(session: AsyncSession, partner_id: UUID | None) -> UUID | None:
    """The parent of a partner."""
    found = select(col(PartnerRow.parent_id)).where(col(PartnerRow.id) == partner_id)
    return (await session.execute(found)).scalar_one_or_none()


async def live_rows(session: AsyncSession, *where: Any) -> Sequence[MembershipRow]:
    """For change: locked until the transaction ends."""
    live = col(MembershipRow.status) == MembershipStatus.LIVE
    return await all_rows(session, MembershipRow, live, *where)


async def acting(reader: Reading, issuer: str, subject: str) -> list[ActingMembership]:
    """The live memberships of whoever signs in so, the oldest first."""
    row = MembershipRow
    found: Any = (
        select(
            col(row.id).label("membership_id"),
            *(col(c) for c in (row.account_id, row.role, row.partner_id, row.person_id)),
            agreements.closed(col(row.partner_id)).label("closed_agreements"),
            col(PartnerRow.name).label("partner_name"),
        )
        .join(AccountRow, col(AccountRow.id) == col(row.account_id))
        .outerjoin(PartnerRow, col(PartnerRow.id) == col(row.partner_id))
        .where(
            col(AccountRow.issuer) == issuer,
            col(AccountRow.subject) == subject,
            col(row.status) == MembershipStatus.LIVE,
        )
        .order_by(col(row.id))
    )  # fmt: skip
    return await many(reader, found, ActingMembership)
