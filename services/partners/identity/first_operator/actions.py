"""Admitting the first operator. Until there is one, the setting and the link can be changed."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.identity.accounts import actions as accounts
from services.partners.identity.first_operator import queries, rules
from services.partners.identity.first_operator.records import OperatorLinkRow, operator_link
from services.partners.identity.memberships import actions as memberships
from services.partners.identity.memberships.records import MembershipRow
from shared.core.settings import Settings
from shared.persistence.database import Database
from shared.persistence.queries import one_at_a_time
from shared.security.principal import Role

log = logging.getLogger(__name__)

LINK_DAYS = 7
TURN = "first operator"


async def replace_link(session: AsyncSession, secret_hash: bytes, now: datetime) -> None:
    """Let this secret, and no earlier one, admit the first operator. Raises `operator-known`."""
    await one_at_a_time(session, TURN)

    rules.ensure_none(await queries.has_operator(session))

    await session.execute(delete(operator_link))
    session.add(
        OperatorLinkRow(secret_hash=secret_hash, expires_at=now + timedelta(days=LINK_DAYS))
    )


async def take_link(
    session: AsyncSession, secret_hash: bytes, issuer: str, subject: str, now: datetime
) -> MembershipRow | None:
    """The operator's membership of the person who signs in so; None for a secret that does not
    admit the first operator."""
    if not await queries.is_link(session, secret_hash, now):
        return None
    await one_at_a_time(session, TURN)

    # Of several acceptances at once, the later ones find that the first has removed the link.
    if not await queries.is_link(session, secret_hash, now):
        return None
    return await _admit(session, issuer, subject)


async def admit_as_set(
    session: AsyncSession, first_operator: str, issuer: str, subject: str
) -> None:
    """Admit the person who signs in so, where the setting names them and there is no operator."""
    if first_operator != f"{issuer}|{subject}":
        return
    await one_at_a_time(session, TURN)

    if not await queries.has_operator(session):
        await _admit(session, issuer, subject)


async def _admit(session: AsyncSession, issuer: str, subject: str) -> MembershipRow:
    account_id = await accounts.ensure_account(session, issuer, subject)
    row = await memberships.give(session, account_id, Role.OPERATOR, None, None)
    await session.flush()
    await session.execute(delete(operator_link))
    return row


async def say_how(database: Database, settings: Settings) -> None:
    """Logs how the first operator is admitted, while there is none. The link itself is a secret,
    and no log has it."""
    async with database.reading() as reader:
        if await queries.has_operator(reader):
            return
    log.warning(
        "there is no operator yet: %s",
        "the person whom FIRST_OPERATOR names becomes the operator by signing in"
        if settings.first_operator
        else "python -m deploy.first_operator makes a link that admits the first",
    )
