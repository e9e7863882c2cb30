"""Reading invitations: those of the caller's own partner, for a district also of its schools, or
all; and those that the caller offered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Uuid,
    and_,
    case,
    exists,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.partners.queries import kept_by
from services.partners.directory.partners.records import partner
from services.partners.identity.invitations.records import InvitationRow, invitation
from services.partners.identity.memberships.records import MembershipRow, membership
from shared.contracts.partners.invitation import Invitation, InvitationStatus
from shared.contracts.partners.membership import MembershipStatus
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import all_rows, columns, one, row_for_change
from shared.security.principal import Principal

OPEN = invitation.status == InvitationStatus.OPEN


def _visible(caller: Principal) -> ColumnElement[bool]:
    offered = literal(caller.membership_id, Uuid()) == invitation.offered_by
    return or_(and_(true(), *kept_by(caller, invitation.partner_id)), offered)


def _offered() -> Any:
    """Whether the inviting membership still holds."""
    return exists().where(
        membership.id == invitation.offered_by,
        membership.status == MembershipStatus.LIVE,
    )


def _status(now: datetime) -> Any:
    over = (invitation.expires_at <= now) | ~_offered()
    return case((OPEN & over, InvitationStatus.LAPSED.value), else_=invitation.status)


def _invitations(caller: Principal, now: datetime) -> Select[Any]:
    named = [each for each in columns(Invitation, InvitationRow) if each.name != "status"]
    return (
        select(*named, _status(now).label("status"), partner.name.label("partner_name"))
        .outerjoin(partner, partner.id == invitation.partner_id)
        .where(_visible(caller))
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
        found = found.where(invitation.partner_id == partner_id)
    if status is not None:
        found = found.where(_status(now) == status)
    return await page(reader, found, Invitation, paging, by=[invitation.id])


async def one_invitation(
    reader: Reading, caller: Principal, invitation_id: UUID, now: datetime
) -> Invitation:
    found = _invitations(caller, now).where(invitation.id == invitation_id)
    return await one(reader, found, Invitation, "invitation")


async def invitation_row(
    session: AsyncSession, caller: Principal, invitation_id: UUID
) -> InvitationRow:
    """For change: locked until the transaction ends."""
    return await row_for_change(
        session, InvitationRow, invitation_id, "invitation", _visible(caller)
    )


async def open_rows(session: AsyncSession, *where: Any) -> Sequence[InvitationRow]:
    """For change: locked until the transaction ends."""
    return await all_rows(session, InvitationRow, OPEN, *where)


async def partner_of(session: AsyncSession, secret_hash: bytes) -> tuple[UUID | None] | None:
    """A row with the partner to lock before the invitation; None where there is no invitation."""
    found = select(invitation.partner_id).where(invitation.secret_hash == secret_hash)
    row = (await session.execute(found)).one_or_none()
    return None if row is None else (row[0],)


async def row_of_secret(session: AsyncSession, secret_hash: bytes) -> InvitationRow:
    """Locked until the transaction ends: of several concurrent acceptances one is first."""
    [row] = await all_rows(session, InvitationRow, invitation.secret_hash == secret_hash)
    return row


async def offering_row(session: AsyncSession, membership_id: UUID) -> MembershipRow:
    """The inviting membership, locked so that it cannot end meanwhile."""
    found = select(MembershipRow).where(membership.id == membership_id)
    row: MembershipRow = (await session.execute(found.with_for_update(read=True))).scalar_one()
    return row
