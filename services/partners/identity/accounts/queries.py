"""Reading accounts. Names are those of staff alone: of people in children's families, an id must not
say whose parent somebody is."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.partners.records import partner
from services.partners.identity.accounts.records import account
from services.partners.identity.memberships.records import membership
from shared.contracts.partners.account import Account
from shared.contracts.partners.membership import MembershipStatus
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.security.principal import FAMILY

STAFF = (
    (membership.account_id == account.id)
    & (membership.status == MembershipStatus.LIVE)
    & membership.role.not_in(FAMILY)
)
OF_A_FAMILY = (membership.account_id == account.id) & membership.role.in_(FAMILY)


async def staff(reader: Reading, ids: Sequence[UUID], paging: PageRequest) -> Page[Account]:
    """Those of these accounts that have a membership of staff in force. An account that has, or had,
    a membership in a family is left out like an absent one."""
    employers: Any = (
        select(partner.name)
        .join(membership, membership.partner_id == partner.id)
        .where(STAFF)
        .group_by(partner.id)
        .order_by(partner.name, partner.id)
    )
    found = select(
        account.id,
        account.name,
        func.array(employers.correlate(account).scalar_subquery()).label("partner_names"),
    ).where(account.id.in_(ids), exists().where(STAFF), ~exists().where(OF_A_FAMILY))
    return await page(reader, found, Account, paging, by=[account.id])


async def account_id(session: AsyncSession, issuer: str, subject: str) -> UUID:
    """The account's id, locked so that its memberships are granted one after the other."""
    found = select(account.id).where(account.issuer == issuer, account.subject == subject)
    known: UUID = (await session.execute(found.with_for_update())).scalar_one()
    return known
