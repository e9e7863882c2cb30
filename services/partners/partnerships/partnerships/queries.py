"""Reading partnerships and their members. The directory is public."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.partners.directory.partners.records import PartnerRow
from services.partners.partnerships.partnerships.records import (
    PartnershipMemberRow,
    PartnershipRow,
)
from shared.contracts.partners.partnership import Member, Partnership
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, many, one, row_for_change, unknown


async def partnerships(
    reader: Reading, partner_id: UUID | None, paging: PageRequest
) -> Page[Partnership]:
    """All, or those that a partner is in now."""
    row = PartnershipRow
    found = select(*columns(Partnership, row))
    if partner_id is not None:
        found = found.where(col(row.id).in_(_live(partner_id)))
    return await page(reader, found, Partnership, paging, by=[col(row.name), col(row.id)])


async def partnership(reader: Reading, partnership_id: UUID) -> Partnership:
    found = select(*columns(Partnership, PartnershipRow)).where(
        PartnershipRow.id == partnership_id
    )
    return await one(reader, found, Partnership, "partnership")


async def members(
    reader: Reading, partnership_id: UUID, on: date | None, paging: PageRequest
) -> Page[Member]:
    """Those of a day, by name."""
    by = [col(PartnerRow.name), col(PartnershipMemberRow.id)]
    return await page(reader, _members(partnership_id, on), Member, paging, by=by)


async def members_now(reader: Reading, partnership_id: UUID, limit: int) -> list[Member]:
    found = _members(partnership_id, None).order_by(PartnerRow.name, PartnerRow.id)
    return await many(reader, found.limit(limit), Member)


async def member(reader: Reading, partnership_id: UUID, partner_id: UUID) -> Member:
    """A member of now."""
    found = _members(partnership_id, None).where(PartnershipMemberRow.partner_id == partner_id)
    return await one(reader, found, Member, "member")


def _members(partnership_id: UUID, on: date | None) -> Any:
    row = PartnershipMemberRow
    chosen: list[Any] = [
        row.partner_id, PartnerRow.name, PartnerRow.kind, row.roles, row.joined_on, row.left_on,
    ]  # fmt: skip
    found = (
        select(*chosen)
        .join(PartnerRow, col(PartnerRow.id) == row.partner_id)
        .where(row.partnership_id == partnership_id)
    )  # fmt: skip
    if on is None:
        return found.where(col(row.left_on).is_(None))
    ahead = col(row.left_on).is_(None) | (col(row.left_on) > on)
    return found.where(row.joined_on <= on, ahead)


def _live(partner_id: UUID) -> Any:
    row = PartnershipMemberRow
    return select(row.partnership_id).where(
        row.partner_id == partner_id, col(row.left_on).is_(None)
    )


async def partnership_row(session: AsyncSession, partnership_id: UUID) -> PartnershipRow:
    """For change: locked until the transaction ends; whoever changes members locks it."""
    return await row_for_change(session, PartnershipRow, partnership_id, "partnership")


async def member_rows(
    session: AsyncSession, partnership_id: UUID
) -> Sequence[PartnershipMemberRow]:
    """The members of now."""
    row = PartnershipMemberRow
    found = select(row).where(row.partnership_id == partnership_id, col(row.left_on).is_(None))
    return (await session.execute(found.order_by(col(row.partner_id)))).scalars().all()


async def member_row(
    session: AsyncSession, partnership_id: UUID, partner_id: UUID
) -> PartnershipMemberRow:
    """A member of now. Raises `member-unknown`."""
    for row in await member_rows(session, partnership_id):
        if row.partner_id == partner_id:
            return row
    raise unknown("member")


async def partnership_ids(session: AsyncSession, partner_id: UUID) -> Sequence[UUID]:
    """Where a partner is in now, in the order in which they are locked."""
    return sorted((await session.execute(_live(partner_id))).scalars())


async def count(session: AsyncSession, partner_id: UUID) -> int:
    """In how many partnerships a partner is now."""
    found = select(func.count()).select_from(_live(partner_id).subquery())
    return int((await session.execute(found)).scalar_one())
