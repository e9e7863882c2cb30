"""Keeping the copy of partners' staff."""

from collections.abc import Sequence

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.participation.workers.records import partner_worker
from shared.contracts.partners.membership import MembershipEnded, MembershipGranted
from shared.security.permissions import PERMISSIONS, Permission

RUNNING = frozenset(
    role for role, may in PERMISSIONS.items() if Permission.ENGAGEMENTS_WRITE in may
)


async def keep(session: AsyncSession, granted: Sequence[MembershipGranted]) -> None:
    """Of the memberships those whose role runs programs. A membership may be announced again."""
    rows = [
        each.model_dump(include={"membership_id", "partner_id", "account_id"})
        for each in granted
        if each.role in RUNNING and each.partner_id is not None
    ]
    if rows:
        await session.execute(insert(partner_worker).on_conflict_do_nothing(), rows)


async def drop(session: AsyncSession, ended: Sequence[MembershipEnded]) -> None:
    """What was assigned to the worker stays; nothing new is."""
    ids = [each.membership_id for each in ended]
    await session.execute(delete(partner_worker).where(partner_worker.membership_id.in_(ids)))
