"""Reading partnerships and their members. The directory is public."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import Response
from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.partners.records import partner
from services.partners.partnerships.members.records import (
    PartnershipMemberRow,
    partnership_member,
)
from services.partners.partnerships.partnerships.records import PartnershipRow, partnership
from shared.contracts.partners.partnership import Member, Partnership
from shared.http.list_for_all import ListForAll
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, many, one, row_for_change, unknown
from shared.persistence.statements import Statement, among


def _live(partner_id: Any) -> Any:
    return select(partnership_member.partnership_id).where(
        partnership_member.partner_id == partner_id, partnership_member.left_on.is_(None)
    )


ALL: Any = select(*columns(Partnership, PartnershipRow))
PARTNERSHIP = Statement(ALL.where(partnership.id == bindparam("partnership_id")), Partnership)
PARTNERSHIPS = ListForAll(
    ALL, Partnership, by=[partnership.name, partnership.id],
    filters={
        "ids": among(partnership.id),
        "partner_id": partnership.id.in_(_live(bindparam("partner_id"))),
    },
)  # fmt: skip


async def partnerships(
    reader: Reading, ids: Sequence[UUID], partner_id: UUID | None, paging: PageRequest
) -> Response:
    """All partnerships, or those of which a partner is a member now."""
    return await PARTNERSHIPS.page(reader, paging, ids=ids, partner_id=partner_id)


async def one_partnership(reader: Reading, partnership_id: UUID) -> Partnership:
    return await PARTNERSHIP.one(reader, "partnership", partnership_id=partnership_id)


async def members(
    reader: Reading, partnership_id: UUID, on: date | None, paging: PageRequest
) -> Page[Member]:
    """The members on a day, by name."""
    by = [partner.name, partnership_member.id]
    return await page(reader, _members(partnership_id, on), Member, paging, by=by)


async def members_now(reader: Reading, partnership_id: UUID, limit: int) -> list[Member]:
    found = _members(partnership_id, None).order_by(partner.name, partner.id)
    return await many(reader, found.limit(limit), Member)


async def one_member(reader: Reading, partnership_id: UUID, partner_id: UUID) -> Member:
    """One present member."""
    found = _members(partnership_id, None).where(partnership_member.partner_id == partner_id)
    return await one(reader, found, Member, "member")


def _members(partnership_id: UUID, on: date | None) -> Any:
    chosen: list[Any] = [
        partnership_member.partner_id, partner.name, partner.kind, partnership_member.roles,
        partnership_member.joined_on, partnership_member.left_on,
    ]  # fmt: skip
    found = (
        select(*chosen)
        .join(partner, partner.id == partnership_member.partner_id)
        .where(partnership_member.partnership_id == partnership_id)
    )  # fmt: skip
    if on is None:
        return found.where(partnership_member.left_on.is_(None))
    ahead = partnership_member.left_on.is_(None) | (partnership_member.left_on > on)
    return found.where(partnership_member.joined_on <= on, ahead)


async def partnership_row(session: AsyncSession, partnership_id: UUID) -> PartnershipRow:
    """For change: locked until the transaction ends. Every change of members locks it."""
    return await row_for_change(session, PartnershipRow, partnership_id, "partnership")


async def member_rows(
    session: AsyncSession, partnership_id: UUID
) -> Sequence[PartnershipMemberRow]:
    """The present members."""
    found = select(PartnershipMemberRow).where(
        partnership_member.partnership_id == partnership_id, partnership_member.left_on.is_(None)
    )
    return (await session.execute(found.order_by(partnership_member.partner_id))).scalars().all()


async def member_row(
    session: AsyncSession, partnership_id: UUID, partner_id: UUID
) -> PartnershipMemberRow:
    """One present member. Raises `member-unknown`."""
    for row in await member_rows(session, partnership_id):
        if row.partner_id == partner_id:
            return row
    raise unknown("member")


async def partnership_ids(session: AsyncSession, partner_id: UUID) -> Sequence[UUID]:
    """The present partnerships of a partner, in the order in which they are locked."""
    return sorted((await session.execute(_live(partner_id))).scalars())


async def count(session: AsyncSession, partner_id: UUID) -> int:
    """The number of a partner's present partnerships."""
    found = select(func.count()).select_from(_live(partner_id).subquery())
    return int((await session.execute(found)).scalar_one())
