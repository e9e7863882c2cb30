"""Reading memberships: those of the caller's own partner, for a district also of its schools, or
all for the operator."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.agreements.agreements import queries as agreements
from services.partners.directory.backbones.queries import led_by
from services.partners.directory.partners.queries import kept_by
from services.partners.directory.partners.records import partner
from services.partners.identity.accounts.records import account
from services.partners.identity.memberships.records import MembershipRow, membership
from services.partners.partnerships.members.records import partnership_member
from shared.contracts.partners.membership import (
    ActingMembership,
    Membership,
    MembershipStatus,
)
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import all_rows, columns, one, row_for_change
from shared.persistence.statements import Statement
from shared.security.principal import Principal, Role

MOST_LED = 50
LEADING = (Role.BACKBONE, Role.ANALYST)


def _visible(caller: Principal) -> list[Any]:
    return kept_by(caller, membership.partner_id)


def _named() -> Select[Any]:
    return (
        select(
            *columns(Membership, MembershipRow), account.issuer, account.subject,
            account.name.label("account_name"), partner.name.label("partner_name"),
        )
        .join(account, account.id == membership.account_id)
        .outerjoin(partner, partner.id == membership.partner_id)
    )  # fmt: skip


def _memberships(caller: Principal) -> Select[Any]:
    return _named().where(*_visible(caller))


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
        found = found.where(membership.role == role)
    if status is not None:
        found = found.where(membership.status == status)
    if partner_id is not None:
        found = found.where(membership.partner_id == partner_id)
    return await page(reader, found, Membership, paging, by=[membership.id])


async def one_membership(reader: Reading, caller: Principal, membership_id: UUID) -> Membership:
    found = _memberships(caller).where(membership.id == membership_id)
    return await one(reader, found, Membership, "membership")


async def granted(session: AsyncSession, membership_id: UUID) -> Membership:
    """The membership that the caller has just granted. The first administrator of a partner is
    hidden from the backbone from then on."""
    found = _named().where(membership.id == membership_id)
    return await one(session, found, Membership, "membership")


async def membership_row(
    session: AsyncSession, caller: Principal, membership_id: UUID
) -> MembershipRow:
    """For change: locked until the transaction ends."""
    return await row_for_change(
        session, MembershipRow, membership_id, "membership", *_visible(caller)
    )


async def same(session: AsyncSession, wanted: MembershipRow) -> MembershipRow | None:
    """The live membership that already says the same."""
    found = select(MembershipRow).where(
        membership.account_id == wanted.account_id,
        membership.role == wanted.role,
        membership.partner_id.is_not_distinct_from(wanted.partner_id),
        membership.person_id.is_not_distinct_from(wanted.person_id),
        membership.status == MembershipStatus.LIVE,
    )
    return (await session.execute(found)).scalars().first()


async def parent_id(session: AsyncSession, partner_id: UUID | None) -> UUID | None:
    """The parent of a partner."""
    found = select(partner.parent_id).where(partner.id == partner_id)
    return (await session.execute(found)).scalar_one_or_none()


async def live_rows(session: AsyncSession, *where: Any) -> Sequence[MembershipRow]:
    """For change: locked until the transaction ends."""
    live = membership.status == MembershipStatus.LIVE
    return await all_rows(session, MembershipRow, live, *where)


def _leads() -> Any:
    """The partnerships for which the holder of the membership may act as their backbone's staff."""
    led = led_by(membership.partner_id).where(membership.role.in_(LEADING))
    newest = led.order_by(partnership_member.id.desc()).limit(MOST_LED)
    return func.array(newest.correlate(membership).scalar_subquery())


ACTING: Statement[ActingMembership] = Statement(
    select(
        membership.id.label("membership_id"),
        membership.account_id, membership.role, membership.partner_id, membership.person_id,
        agreements.closed(membership.partner_id).label("closed_agreements"),
        _leads().label("leads"),
        partner.name.label("partner_name"),
        account.name.label("account_name"),
        account.email.label("account_email"),
    )
    .join(account, account.id == membership.account_id)
    .outerjoin(partner, partner.id == membership.partner_id)
    .where(
        account.issuer == bindparam("issuer"),
        account.subject == bindparam("subject"),
        membership.status == MembershipStatus.LIVE,
    )
    .order_by(membership.id),
    ActingMembership,
)  # fmt: skip


async def acting(reader: Reading, issuer: str, subject: str) -> list[ActingMembership]:
    """The live memberships of the person who signs in so, the oldest first."""
    return await ACTING.many(reader, issuer=issuer, subject=subject)
