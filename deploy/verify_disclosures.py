"""Verifies the disclosure log: recomputes its chain from the first row to the last, and compares
it with every head that the witness keeps.

`python -m deploy.verify_disclosures`   says that the log is whole, or names the first bad row

It ends with 0 where the log is whole, 1 where it is not, 2 where the witness could not be asked.
The database is the one in DATABASE_URL, else that of `make up`; the witness is asked at
GATEWAY_URL, else at the gateway of `make up`. In containers: `docker compose exec -e
GATEWAY_URL=http://gateway:8000 students python -m deploy.verify_disclosures`
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from sqlalchemy import text

from deploy.dead_letters import LOCAL, settings_for
from services.students.audit.hash_chain import queries, rules
from services.students.audit.hash_chain.rules import BEGINNING, Fault, FaultKind, Head, Row, Seal
from shared.persistence.database import Database

UNSEALED_SECONDS = 60
WITHOUT_LIMIT = text("set local statement_timeout = 0")
"""The whole log is read, however long it is."""
ANSWER_SECONDS = 30
HEADS = "/v1/disclosure-heads"
PAGE = 200
WORDS = {
    FaultKind.ALTERED: "was altered, or what stood before it was removed",
    FaultKind.REMOVED: "was removed",
    FaultKind.INSERTED: "was inserted",
    FaultKind.REWRITTEN: "does not agree with the published head: the log was rewritten before it",
    FaultKind.UNSEALED: "has waited to be sealed for more than a minute",
}

Ask = Callable[[str], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Verdict:
    """`rows`: how many were found whole, from the first on. `to`: when the last of them was
    recorded. `heads`: how many published heads they agree with."""

    rows: int
    to: datetime | None
    heads: int
    fault: Fault | None

    def __str__(self) -> str:
        if self.fault is not None:
            return f"Row {self.fault.seq} {WORDS[self.fault.kind]}. Whole before it."
        until = f", sealed to {self.to:%Y-%m-%d %H:%M:%S} UTC" if self.to else ""
        agreeing = f"agrees with {self.heads} published heads" if self.heads else "no head yet"
        return f"{self.rows} rows{until}, whole; {agreeing}."


async def verify(database: Database, heads: Sequence[Head]) -> Verdict:
    """The verdict on the log. `heads`: those published, in the order of their numbers."""
    last, to, fault = BEGINNING, None, None
    waiting: Sequence[Row] = []
    async with database.transaction() as session:
        await session.execute(WITHOUT_LIMIT)
        async for batch in queries.chain(session):
            last, to, fault = _walked(last, to, waiting, batch[0], heads)
            if fault is not None:
                break
            waiting = batch
        else:
            last, to, fault = _walked(last, to, waiting, None, heads)
        unproved = await queries.unproved(session, UNSEALED_SECONDS)
    fault = fault or rules.missing_tail(last, heads)
    if fault is None and unproved:
        fault = Fault(last.seq + 1, FaultKind.UNSEALED)
    return Verdict(last.seq, to, len(heads), fault)


def _walked(
    last: Seal, to: datetime | None, rows: Sequence[Row], following: Row | None,
    heads: Sequence[Head],
) -> tuple[Seal, datetime | None, Fault | None]:  # fmt: skip
    if not rows:
        return last, to, None
    reached, fault = rules.walk(last, rows, following, heads)
    well = reached.seq - last.seq
    return reached, rows[well - 1]["at"] if well else to, fault


async def published(ask: Ask) -> list[Head]:
    """Every head that the witness keeps, in the order of their numbers."""
    heads: list[Head] = []
    cursor: str | None = None
    while True:
        asked = {"limit": PAGE} | ({"cursor": cursor} if cursor else {})
        page = await ask(f"{HEADS}?{urlencode(asked)}")
        heads += map(_head, page["items"])
        cursor = page["next"]
        if cursor is None:
            return sorted(heads, key=lambda head: head.seq)


def _head(told: Mapping[str, Any]) -> Head:
    return Head(told["seq"], bytes.fromhex(told["hash"]), datetime.fromisoformat(told["at"]))


def _gateway() -> str:
    known = os.environ.get("GATEWAY_URL")
    if known is None and LOCAL.exists():
        known = json.loads(LOCAL.read_text())["gateway"]
    if known is None:
        raise LookupError("Set GATEWAY_URL to the address where the witness is asked.")
    return str(known).rstrip("/")


async def main() -> int:
    try:
        gateway = _gateway()

        def fetch(path: str) -> dict[str, Any]:
            with urlopen(gateway + path, timeout=ANSWER_SECONDS) as answer:
                told: dict[str, Any] = json.load(answer)
                return told

        heads = await published(lambda path: asyncio.to_thread(fetch, path))
    except (LookupError, OSError, ValueError) as error:
        print(f"The witness could not be asked: {error}")
        return 2
    database = Database(settings_for("students"), "verification")
    try:
        verdict = await verify(database, heads)
    finally:
        await database.close()
    print(verdict)
    return 1 if verdict.fault else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
