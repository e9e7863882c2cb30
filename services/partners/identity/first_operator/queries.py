"""Whether there is an operator, and the link that would admit the first one."""

from datetime import datetime

from sqlalchemy import exists, select

from services.partners.identity.first_operator.records import operator_link
from services.partners.identity.memberships.records import membership
from shared.contracts.partners.membership import MembershipStatus
from shared.persistence.database import Reading
from shared.security.principal import Role


async def has_operator(reader: Reading) -> bool:
    """Whether anybody has become operator."""
    live = exists().where(
        membership.role == Role.OPERATOR, membership.status == MembershipStatus.LIVE
    )
    return bool((await reader.execute(select(live))).scalar_one())


async def is_link(reader: Reading, secret_hash: bytes, now: datetime) -> bool:
    """Whether the secret is that of the link that counts."""
    found = exists().where(
        operator_link.secret_hash == secret_hash, operator_link.expires_at > now
    )
    return bool((await reader.execute(select(found))).scalar_one())
