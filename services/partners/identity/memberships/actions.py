"""Granting and ending memberships."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.partners.directory.partners.queries import partner_row
from services.partners.directory.partners.rules import ensure_active
from services.partners.identity.memberships import queries, rules
from services.partners.identity.memberships.records import AccountRow, MembershipRow
from shared.contracts.partners.membership import (
    MembershipDraft,
    MembershipEnded,
    MembershipGranted,
    MembershipStatus,
)
from shared.core.settings import Settings
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.persistence.database import Database
from shared.persistence.records import new_id
from shared.security.principal import Principal, Role


async def grant(session: AsyncSession, caller: Principal, draft: MembershipDraft) -> MembershipRow:
    """The membership; the one there is where it says the same already."""
    await ensure_grantable(session, caller, draft.role, draft.partner_id, draft.person_id)
    account_id = await account(session, draft.issuer, draft.subject)

    rules.ensure_not_self(caller, account_id)

    wanted = MembershipRow(
        account_id=account_id,
        role=draft.role,
        partner_id=draft.partner_id,
        person_id=draft.person_id,
    )
    return await give(session, wanted)


async def ensure_grantable(
    session: AsyncSession,
    caller: Principal,
    role: Role,
    partner_id: UUID | None,
    person_id: UUID | None,
) -> None:
    """Such a membership there may be, and the caller may grant it. Locks the partner."""
    rules.ensure_complete(role, partner_id, person_id)
    partner = await partner_row(session, partner_id) if partner_id is not None else None

    rules.ensure_may_grant(caller, role, partner_id, partner.parent_id if partner else None)
    rules.ensure_fits(role, partner.kind if partner else None)
    if partner is not None:
        ensure_active(partner.status)


async def give(session: AsyncSession, wanted: MembershipRow) -> MembershipRow:
    """A membership that somebody might grant; the live one that says the same, where there is."""
    known = await queries.same(session, wanted)
    if known is not None:
        return known

    announce(session, wanted, MembershipGranted(membership_id=wanted.id, **_state(wanted)))
    return wanted


async def end(
    session: AsyncSession, caller: Principal, membership_id: UUID, expected: int, now: datetime
) -> MembershipRow:
    # Locked, so that two operators never end each other at once.
    operators = await queries.live_rows(session, MembershipRow.role == Role.OPERATOR)
    membership = await queries.membership_row(session, caller, membership_id)
    ensure_version(membership, expected)
    parent_id = await queries.parent_id(session, membership.partner_id)

    rules.ensure_may_grant(caller, Role(membership.role), membership.partner_id, parent_id)
    rules.ensure_live(membership.status)
    rules.ensure_operator_remains(membership.role, len(operators))

    _end(session, membership, now)
    return membership


async def end_all(session: AsyncSession, partner_id: UUID, now: datetime) -> None:
    """Those of a partner, because it closes."""
    for membership in await queries.live_rows(session, MembershipRow.partner_id == partner_id):
        _end(session, membership, now)


async def end_all_of(session: AsyncSession, people: Sequence[UUID], now: datetime) -> int:
    """Those by which somebody was one of these people of students. How many there were."""
    theirs = await queries.live_rows(session, col(MembershipRow.person_id).in_(people))
    for membership in theirs:
        _end(session, membership, now)
    return len(theirs)


def _end(session: AsyncSession, membership: MembershipRow, now: datetime) -> None:
    membership.status = MembershipStatus.ENDED
    membership.ended_at = now

    announce(
        session, membership, MembershipEnded(membership_id=membership.id, **_state(membership))
    )


async def account(session: AsyncSession, issuer: str, subject: str) -> UUID:
    """Of whoever signs in so, locked until the transaction ends."""
    await session.execute(
        insert(AccountRow)
        .values(id=new_id(), issuer=issuer, subject=subject)
        .on_conflict_do_nothing()
    )
    return await queries.account_id(session, issuer, subject)


async def admit_first_operator(database: Database, settings: Settings) -> None:
    """Somebody has to grant the first membership: whom the setting FIRST_OPERATOR names. Once
    there is an operator, the setting has no effect."""
    issuer, _, subject = settings.first_operator.partition("|")
    if not subject:
        return
    draft = MembershipDraft(issuer=issuer, subject=subject, role=Role.OPERATOR)
    async with database.transaction() as session:
        # Several replicas start at once; they queue here.
        await account(session, issuer, subject)
        if not await queries.live_rows(session, MembershipRow.role == Role.OPERATOR):
            await grant(session, Principal(account_id=UUID(int=2), role=Role.OPERATOR), draft)


def _state(row: MembershipRow) -> dict[str, object]:
    return row.model_dump(include={"account_id", "role", "partner_id", "person_id"})
