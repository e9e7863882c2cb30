"""Offering a membership by a link, accepting it, withdrawing it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.backbones.queries import in_care
from services.partners.directory.partners.queries import partner_row
from services.partners.identity.accounts import actions as accounts
from services.partners.identity.first_operator import actions as first_operator
from services.partners.identity.invitations import queries, rules
from services.partners.identity.invitations.records import InvitationRow, invitation
from services.partners.identity.memberships import actions as memberships
from services.partners.identity.memberships.records import MembershipRow
from services.partners.identity.memberships.rules import ensure_not_self, may_grant
from shared.contracts.partners.invitation import (
    AcceptanceDraft,
    InvitationAccepted,
    InvitationDraft,
    InvitationOffered,
    InvitationStatus,
    InvitationWithdrawn,
)
from shared.contracts.partners.membership import MembershipStatus
from shared.contracts.partners.partner import PartnerStatus
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.security.link_secrets import hashed
from shared.security.principal import Principal, Role


async def offer(
    session: AsyncSession, caller: Principal, draft: InvitationDraft, secret: str, now: datetime
) -> InvitationRow:
    offered_by = rules.offering_membership(caller)

    await memberships.ensure_grantable(
        session, caller, draft.role, draft.partner_id, draft.person_id
    )

    row = InvitationRow(
        secret_hash=hashed(secret),
        role=draft.role,
        partner_id=draft.partner_id,
        person_id=draft.person_id,
        expires_at=now + timedelta(days=draft.days),
        offered_by=offered_by,
    )

    announce(
        session, row,
        InvitationOffered(
            invitation_id=row.id, role=draft.role, partner_id=draft.partner_id,
            expires_at=row.expires_at,
        ),
    )  # fmt: skip
    return row


async def accept(session: AsyncSession, draft: AcceptanceDraft, now: datetime) -> MembershipRow:
    """Raises `invitation-unknown` for an invitation that cannot be accepted, without leaving a
    trace. The partner is locked first, as by every action that takes both locks."""
    secret_hash = hashed(draft.secret)
    of = await queries.partner_of(session, secret_hash)
    if of is None:
        return await _first_operator(session, secret_hash, draft, now)
    partner = await partner_row(session, of[0]) if of[0] is not None else None
    row = await queries.row_of_secret(session, secret_hash)
    offering = await queries.offering_row(session, row.offered_by)

    offerer = Principal(
        account_id=offering.account_id, role=Role(offering.role), partner_id=offering.partner_id
    )
    parent_id = partner.parent_id if partner is not None else None
    still = may_grant(
        offerer, Role(row.role), row.partner_id, parent_id,
        await in_care(session, offerer),
    )  # fmt: skip

    rules.ensure_takeable(
        row.status, row.expires_at, now,
        offered=offering.status == MembershipStatus.LIVE and still
        and (partner is None or partner.status == PartnerStatus.ACTIVE),
    )  # fmt: skip
    account_id = await accounts.ensure_account(session, draft.issuer, draft.subject)
    ensure_not_self(offerer, account_id)

    membership = await memberships.give(
        session, account_id, row.role, row.partner_id, row.person_id
    )
    await session.flush()
    row.status = InvitationStatus.ACCEPTED
    row.membership_id = membership.id

    announce(
        session, row,
        InvitationAccepted(invitation_id=row.id, membership_id=membership.id),
    )  # fmt: skip
    return membership


async def _first_operator(
    session: AsyncSession, secret_hash: bytes, draft: AcceptanceDraft, now: datetime
) -> MembershipRow:
    """No invitation has this secret: it may be that of the link for the first operator."""
    row = await first_operator.take_link(session, secret_hash, draft.issuer, draft.subject, now)
    if row is None:
        raise rules.unknown()
    return row


async def withdraw(
    session: AsyncSession, caller: Principal, invitation_id: UUID, expected: int
) -> InvitationRow:
    row = await queries.invitation_row(session, caller, invitation_id)
    ensure_version(row, expected)

    rules.ensure_open(row.status)

    _withdraw(session, row)
    return row


async def withdraw_all(session: AsyncSession, partner_id: UUID) -> None:
    """The invitations of a partner that closes."""
    for row in await queries.open_rows(session, invitation.partner_id == partner_id):
        _withdraw(session, row)


async def withdraw_all_of(session: AsyncSession, people: Sequence[UUID]) -> int:
    """The invitations for these people of students. Gives their number."""
    theirs = await queries.open_rows(session, invitation.person_id.in_(people))
    for row in theirs:
        _withdraw(session, row)
    return len(theirs)


def _withdraw(session: AsyncSession, row: InvitationRow) -> None:
    row.status = InvitationStatus.WITHDRAWN

    announce(session, row, InvitationWithdrawn(invitation_id=row.id))
