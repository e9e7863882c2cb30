"""Lists, handles or discards the parked events of a service: those that it could not handle.

`python -m deploy.dead_letters SERVICE list`            the parked events, oldest first
`python -m deploy.dead_letters SERVICE replay ID|all`   handle them after all, each in a transaction
`python -m deploy.dead_letters SERVICE discard ID|all`  take them off the list, unhandled

Under `make up`: `make dead-letters service=students`, with `replay=ID` or `discard=ID`, or `all`.
The database is the one in DATABASE_URL, else that of `make up`. In containers: `docker compose
exec students python -m deploy.dead_letters students list`
"""

import asyncio
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from shared.core.settings import Settings, from_environment
from shared.events.inbox import DeadLetterRow, Inbox, dead_letter, replay
from shared.persistence.database import Database
from shared.persistence.migrations import SERVICES

ALL = "all"
LOCAL = Path(__file__).parents[1] / ".local" / "platform.json"


async def parked(database: Database, which: str = ALL) -> Sequence[DeadLetterRow]:
    """The parked events, oldest first, or the one with this id. Raises LookupError where there is
    none."""
    wanted = select(DeadLetterRow).order_by(dead_letter.parked_at, dead_letter.id)
    if which != ALL:
        wanted = wanted.where(dead_letter.id == _id(which))
    async with database.transaction() as session:
        found = (await session.scalars(wanted)).all()
    if which != ALL and not found:
        raise LookupError(f"No event is parked under the id {which}.")
    return found


async def replay_letters(service: str, database: Database, which: str) -> int:
    """Handles the parked events, each in a transaction of its own; those that fail again stay.
    Returns how many failed."""
    reactions = importlib.import_module(f"services.{service}.app").SERVICE.reactions
    failed = 0
    for letter in await parked(database, which):
        try:
            await replay(Inbox(database, letter.source, reactions), database, letter)
        except Exception as error:
            failed += 1
            print(f"{letter.id}  still fails: {type(error).__name__}")
        else:
            print(f"{letter.id}  handled")
    return failed


async def discard_letters(database: Database, which: str) -> None:
    """Takes the parked events off the list, unhandled."""
    for letter in await parked(database, which):
        async with database.transaction() as session:
            await session.delete(await session.merge(letter))
        print(f"{letter.id}  discarded")


async def list_letters(database: Database) -> None:
    """Prints each parked event with its id, under which it was parked, then its type, aggregate,
    error and the event's own id. The log has both ids."""
    letters = await parked(database)
    for letter in letters:
        print(
            f"{letter.id}  {letter.parked_at:%Y-%m-%d %H:%M:%S}  {letter.type}"
            f"  {letter.aggregate_id} version {letter.version}  {letter.error}"
            f"  event {letter.event_id}"
        )
    print(f"{len(letters)} parked")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise LookupError(f"{text!r} is not the id of a parked event.") from None


def settings_for(service: str) -> Settings:
    """The settings of the environment, or those of the service under `make up`."""
    known = from_environment()
    if known.database_url.get_secret_value() or not LOCAL.exists():
        return known
    return Settings(database_url=json.loads(LOCAL.read_text())["databases"][service])


async def main(arguments: list[str]) -> int:
    if len(arguments) < 2 or arguments[0] not in SERVICES:  # noqa: PLR2004
        raise LookupError(f"Name a service: {', '.join(SERVICES)}.\n\n{__doc__}")
    service, command, *which = arguments
    database = Database(settings_for(service), service)
    try:
        match command, which:
            case "list", []:
                await list_letters(database)
            case "replay", [one]:
                return 1 if await replay_letters(service, database, one) else 0
            case "discard", [one]:
                await discard_letters(database, one)
            case _:
                sys.exit(__doc__)
    finally:
        await database.close()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main(sys.argv[1:])))
    except LookupError as unknown:
        sys.exit(str(unknown))
