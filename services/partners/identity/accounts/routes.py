"""The names of staff over HTTP, and the name that a person chose, as the gateway passes it on."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.partners.identity.accounts import actions, queries
from shared.contracts.partners.account import Account, AccountName
from shared.http.filters import MOST_IDS
from shared.http.paging import Page, Paging
from shared.http.route import internal, noun
from shared.persistence.database import Reader, Session
from shared.security.callers import AccountsReader, Composer

router = noun("accounts")
inside = internal()
These = Annotated[
    list[UUID],
    Query(
        alias="id", min_length=1, max_length=MOST_IDS,
        description="The accounts, by the ids that other answers give: repeat it, at most 200 times."
        " An id that is not found, or is hidden from the caller, is left out.",
    ),
]  # fmt: skip


@router.get("")
async def list_accounts(
    _: AccountsReader, reader: Reader, paging: Paging, ids: These
) -> Page[Account]:
    """The names of members of staff, by the ids of their accounts, such as `worker_id` and
    `author_account`. Accounts of people in children's families are left out, also where such a
    person is on a staff as well."""
    return await queries.staff(reader, ids, paging)


@inside.post("/account-names", status_code=204)
async def name_account(chosen: AccountName, _: Composer, session: Session) -> None:
    """Give the account of the person who is signed in the name that they chose."""
    await actions.rename(session, chosen)
