"""Making accounts, keeping the names and addresses of people, and forgetting them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import case, exists, func, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.identity.accounts import queries
from services.partners.identity.accounts.records import account
from services.partners.identity.memberships.records import membership
from shared.contracts.partners.account import AccountName
from shared.contracts.partners.membership import MembershipStatus, SignIn
from shared.http.idempotency import forget_answers
from shared.persistence.records import new_id

FORGET = text("""
    update account a
    set subject = 'erased:' || a.id, name = null, email = null, named_by_owner = false
    where exists (select 1 from membership m
                  where m.account_id = a.id and m.person_id = any(:people))
      and not exists (select 1 from membership m
                      where m.account_id = a.id and m.status = 'live')
    returning a.id
""")


async def ensure_account(session: AsyncSession, issuer: str, subject: str) -> UUID:
    """The account of the person who signs in so, locked until the transaction ends."""
    await session.execute(
        insert(account)
        .values(id=new_id(), issuer=issuer, subject=subject)
        .on_conflict_do_nothing()
    )
    return await queries.account_id(session, issuer, subject)


async def keep_profile(session: AsyncSession, told: SignIn) -> None:
    """Keep the name and the verified address that the issuer tells of a person with a membership in
    force. Nothing is kept of anybody else, and what the issuer does not tell stays as it was."""
    live = exists().where(
        membership.account_id == account.id, membership.status == MembershipStatus.LIVE
    )
    await session.execute(
        update(account)
        .where(account.issuer == told.issuer, account.subject == told.subject, live)
        .values(
            name=case(
                (account.named_by_owner, account.name),
                else_=func.coalesce(told.name, account.name),
            ),
            email=func.coalesce(told.email, account.email),
        )
    )


async def rename(session: AsyncSession, chosen: AccountName) -> None:
    """Give the account the name that its owner chose."""
    await session.execute(
        update(account)
        .where(account.id == chosen.account_id)
        .values(name=chosen.name, named_by_owner=True)
    )


async def forget(session: AsyncSession, people: Sequence[UUID]) -> int:
    """Overwrite the subjects, and remove the names and addresses, of accounts that stood for one of
    these people and have no live membership; also where a stored answer has them. Gives their
    number."""
    forgotten = (await session.execute(FORGET, {"people": people})).scalars().all()
    await forget_answers(session, forgotten)
    return len(forgotten)
