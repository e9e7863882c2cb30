"""Reading invitations: one's own partner's, for a district also of its schools, or all."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.partners.directory.partners.queries import kept_by
from services.partners.identity.invitations.records import InvitationRow
from services.partners.identity.memberships.records import MembershipRow
from shared.contracts.partners.invitation import Invitation, InvitationStatus
from shared.contracts.partners.membership import MembershipStatus
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import all_rows, columns, one, row_for_change
from shared.security.principal import Principal

OPEN = col(InvitationRow.status) == InvitationStatus.OPEN


def _offered() -> Any:
    """Who made it is still what they were."""
    return exists().where(
        col(MembershipRow.id) == col(InvitationRow.offered_by),
        col(MembershipRow.status) == MembershipStatus.LIVE,
    )


def _status(now: datetime) -> Any:
    over = (col(InvitationRow.expires_at) <= now) | ~_offered()
    return case((OPEN & over, InvitationStatus.LAPSED.value), else_=col(InvitationRow.status))


def _invitations(caller: Principal, now: datetime) -> Select[Any]:
    named = [each for each in columns(Invitation, InvitationRow) if each.name != "status"]
    return select(*named, _status(now).label("status")).where(
        *kept_by(caller, col(InvitationRow.partner_id))
    )


async def invitations(
    reader: Reading,
    caller: Principal,
    partner_id: UUID | None,
    status: InvitationStatus | None,
    now: datetime,
    paging: PageRequest,
) -> Page[Invitation]:
    found = _invitations(caller, now)
    if partner_id is not None:
        found = found.where(col(InvitationRow.partner_id) == partner_id)
    if status is not None:
        found = found.where(_status(now) == status)
    return await page(reader, found, Invitation, paging, by=[col(InvitationRow.id)])


async def invitation(
    reader: Reading, caller: Principal, invitation_id: UUID, now: datetime
) -> Invitation:
    found = _invitations(caller, now).where(col(InvitationRow.id) == invitation_id)
    return await one(reader, found, Invitation, "invitation")


async def invitation_row(
    session: AsyncSession, caller: Principal, invitation_id: UUID
) -> InvitationRow:
    """For change: locked until the transaction ends."""
    visible = kept_by(caller, col(InvitationRow.partner_id))
    return await row_for_change(session, InvitationRow, invitation_id, "invitation", *visible)


async def open_rows(session: AsyncSession, partner_id: UUID) -> Sequence[InvitationRow]:
    """For change: locked until the transaction ends."""
    return await all_rows(
        session, InvitationRow, OPEN, col(InvitationRow.partner_id) == partner_id
    )


async def partner_of(session: AsyncSession, secret_hash: bytes) -> tuple[UUID | None] | None:
    """(the partner that is to be locked before the invitation); nothing where there is none."""
    found = select(col(InvitationRow.partner_id)).where(
        col(InvitationRow.secret_hash) == secret_hash
    )
    row = (await session.execute(found)).one_or_none()
    return None if row is None else (row[0],)


async def row_of_secret(session: AsyncSession, secret_hash: bytes) -> InvitationRow:
    """Locked until the transaction ends: of many who come at once, one is first."""
    [row] = await all_rows(session, InvitationRow, col(InvitationRow.secret_hash) == secret_hash)
    return row


async def offering_row(session: AsyncSession, membership_id: UUID) -> MembershipRow:
    """The membership under which it was made; nobody ends it meanwhile."""
    found = select(MembershipRow).where(col(MembershipRow.id) == membership_id)
    row: MembershipRow = (await session.execute(found.with_for_update(read=True))).scalar_one()
    return row
