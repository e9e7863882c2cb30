"""Granting and ending memberships."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.backbones.queries import in_care
from services.partners.directory.partners.queries import partner_row
from services.partners.directory.partners.rules import ensure_active
from services.partners.identity.accounts import actions as accounts
from services.partners.identity.memberships import queries, rules
from services.partners.identity.memberships.records import MembershipRow, membership
from shared.contracts.partners.membership import (
    MembershipDraft,
    MembershipEnded,
    MembershipGranted,
    MembershipStatus,
)
from shared.events.outbox import announce, announce_many
from shared.http.etags import ensure_version
from shared.security.principal import Principal, Role

RAISE = text("""
    with live as (select id from membership where status = 'live' order by id for update)
    update membership m set version = m.version + 1 from live where m.id = live.id
    returning m.id
""")
AGAIN = """
    select id as aggregate_id, version,
           jsonb_build_object('membership_id', id, 'account_id', account_id, 'role', role,
                              'partner_id', partner_id, 'person_id', person_id) as data
    from membership where id = any(cast(:ids as uuid[])) order by id
"""


async def grant(session: AsyncSession, caller: Principal, draft: MembershipDraft) -> MembershipRow:
    """The new membership, or the live one that already says the same."""
    await ensure_grantable(session, caller, draft.role, draft.partner_id, draft.person_id)
    account_id = await accounts.ensure_account(session, draft.issuer, draft.subject)

    rules.ensure_not_self(caller, account_id)

    return await give(session, account_id, draft.role, draft.partner_id, draft.person_id)


async def ensure_grantable(
    session: AsyncSession,
    caller: Principal,
    role: Role,
    partner_id: UUID | None,
    person_id: UUID | None,
) -> None:
    """Check that such a membership may exist and that the caller may grant it. Locks the
    partner."""
    rules.ensure_complete(role, partner_id, person_id)
    partner = await partner_row(session, partner_id) if partner_id is not None else None
    care = await in_care(session, caller)

    rules.ensure_may_grant(caller, role, partner_id, partner.parent_id if partner else None, care)
    rules.ensure_fits(role, partner.kind if partner else None)
    if partner is not None:
        ensure_active(partner.status)


async def give(
    session: AsyncSession,
    account_id: UUID,
    role: str,
    partner_id: UUID | None,
    person_id: UUID | None,
) -> MembershipRow:
    """Give a membership without a check of the caller; the live one that already says the same,
    where there is one."""
    wanted = MembershipRow(
        account_id=account_id, role=role, partner_id=partner_id, person_id=person_id
    )
    known = await queries.same(session, wanted)
    if known is not None:
        return known

    announce(session, wanted, MembershipGranted(membership_id=wanted.id, **_state(wanted)))
    return wanted


async def end(
    session: AsyncSession, caller: Principal, membership_id: UUID, expected: int, now: datetime
) -> MembershipRow:
    # Locked, so that two operators cannot end each other's membership at once.
    operators = await queries.live_rows(session, membership.role == Role.OPERATOR)
    row = await queries.membership_row(session, caller, membership_id)
    ensure_version(row, expected)
    parent_id = await queries.parent_id(session, row.partner_id)

    rules.ensure_may_grant(caller, Role(row.role), row.partner_id, parent_id)
    rules.ensure_live(row.status)
    rules.ensure_operator_remains(row.role, len(operators))

    _end(session, row, now)
    return row


async def end_all(session: AsyncSession, partner_id: UUID, now: datetime) -> None:
    """The memberships of a partner that closes."""
    for row in await queries.live_rows(session, membership.partner_id == partner_id):
        _end(session, row, now)


async def end_all_of(session: AsyncSession, people: Sequence[UUID], now: datetime) -> int:
    """The memberships of these people of students. Gives their number."""
    theirs = await queries.live_rows(session, membership.person_id.in_(people))
    for row in theirs:
        _end(session, row, now)
    return len(theirs)


def _end(session: AsyncSession, membership: MembershipRow, now: datetime) -> None:
    membership.status = MembershipStatus.ENDED
    membership.ended_at = now

    announce(
        session, membership, MembershipEnded(membership_id=membership.id, **_state(membership))
    )


async def announce_again(session: AsyncSession) -> None:
    """Every live membership, for a copy that another service begins to keep."""
    ids = list((await session.execute(RAISE)).scalars())
    await announce_many(session, MembershipGranted, AGAIN, {"ids": ids})


def _state(row: MembershipRow) -> dict[str, object]:
    return row.model_dump(include={"account_id", "role", "partner_id", "person_id"})
