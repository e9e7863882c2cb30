"""The name that a person chose, as the gateway passes it on."""

from services.partners.identity.accounts import actions
from shared.contracts.partners.account import AccountName
from shared.http.route import internal
from shared.persistence.database import Session
from shared.security.callers import Composer

inside = internal()


@inside.post("/account-names", status_code=204)
async def name_account(chosen: AccountName, _: Composer, session: Session) -> None:
    """Give the account of the person who is signed in the name that they chose."""
    await actions.rename(session, chosen)
