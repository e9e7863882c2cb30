"""Prints a link that admits the first operator: `docker compose exec partners python -m
deploy.first_operator`

The link counts once, for seven days, and until anybody is an operator. Running it again makes another
link, and the earlier one has no effect any more. It is printed here and stored nowhere.
"""

import asyncio
import sys
from datetime import UTC, datetime

from deploy.dead_letters import settings_for
from services.partners.identity.first_operator.actions import LINK_DAYS, replace_link
from services.partners.identity.invitations.rules import link_of
from shared.core.refusals import Conflict
from shared.persistence.database import Database
from shared.security.link_secrets import hashed, new_secret


async def new_link(database: Database, invitation_url: str, public_url: str) -> str:
    """The link. Raises `operator-known`."""
    secret = new_secret()
    async with database.transaction() as session:
        await replace_link(session, hashed(secret), datetime.now(UTC))
    return link_of(invitation_url, public_url, secret)


async def main() -> int:
    known = settings_for("partners")
    database = Database(known, "first operator")
    try:
        link = await new_link(database, known.invitation_url, known.public_url)
    except Conflict as refused:
        print(refused.detail, file=sys.stderr)
        return 1
    finally:
        await database.close()
    print(f"Whoever opens this link within {LINK_DAYS} days and signs in is the first operator:")
    print(link)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
