"""Reading links, and the one that a caller holds."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.relations.queries import under_way
from services.students.referrals.referral_links.records import ReferralLinkRow, referral_link
from services.students.referrals.referrals.records import referral
from shared.contracts.students.referral_link import LinkHolder
from shared.persistence.database import Reading
from shared.persistence.queries import many


def open_now() -> list[ColumnElement[bool]]:
    return [referral_link.ended_at.is_(None), referral_link.expires_at > func.now()]


async def row_of_secret(session: AsyncSession, secret_hash: bytes) -> ReferralLinkRow | None:
    """For change. None also where the link is over or its referral can no longer be answered."""
    found = (
        select(ReferralLinkRow)
        .join(referral, referral.id == referral_link.referral_id)
        .where(referral_link.secret_hash == secret_hash, *open_now(), under_way())
        .with_for_update(of=referral_link)
    )
    row: ReferralLinkRow | None = (await session.execute(found)).scalar_one_or_none()
    return row


async def open_rows(session: AsyncSession, referral_id: UUID) -> Sequence[ReferralLinkRow]:
    """For change: the links to this referral that still open it."""
    found = select(ReferralLinkRow).where(referral_link.referral_id == referral_id, *open_now())
    rows: Sequence[ReferralLinkRow] = (
        (await session.execute(found.with_for_update())).scalars().all()
    )
    return rows


async def holders(reader: Reading, link_id: UUID) -> list[LinkHolder]:
    """The partner for which the holder of this link acts now: one or none."""
    found: Any = (
        select(referral_link.id.label("link_id"), referral.partner_id)
        .join(referral, referral.id == referral_link.referral_id)
        .where(referral_link.id == link_id, *open_now(), under_way())
    )
    return await many(reader, found, LinkHolder)
