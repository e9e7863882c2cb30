"""One process of the platform under test: `python -m tests.faults.launch NAME [HOST:PORT]`.

Two things are added to the code that is shipped, from outside: each effect of an event is written
into a journal in the reaction's own transaction, and, where FAULT names one, the code is broken in
one place, so that it can be seen whether the harness notices."""

import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import asyncpg
from sqlalchemy import text

from deploy import serve
from shared.core.settings import from_environment
from shared.events import bus, relay
from shared.events.bus import Bus
from shared.events.inbox import Inbox
from shared.http import route

WRITE_DOWN = text("""
    insert into fault_effect (consumer, event_id, aggregate_id, version)
    select :consumer, * from unnest(cast(:ids as uuid[]), cast(:aggregates as uuid[]),
                                    cast(:versions as int[]))
""")
WORK_SECONDS = 0.05


def keep_journal() -> None:
    react = Inbox._react

    async def journaled(self: Inbox, session: Any, reaction: Any, run: Sequence[Any]) -> None:
        await react(self, session, reaction, run)
        await session.execute(WRITE_DOWN, {
            "consumer": self.durable, "ids": [each.id for each in run],
            "aggregates": [each.aggregate_id for each in run],
            "versions": [each.version for each in run],
        })  # fmt: skip

    Inbox._react = journaled


def without_inbox() -> None:
    """Whatever is delivered is done."""

    async def hear(_: Inbox, __: Any, deliveries: Any) -> Any:
        return list(deliveries), set()

    Inbox._hear = hear


def acknowledged_before_the_work() -> None:
    take = Inbox._take

    async def early(self: Inbox, messages: Any) -> None:
        for message in messages:
            await message.ack()
        await asyncio.sleep(WORK_SECONDS)
        for message in messages:  # a second acknowledgement would be refused by the library
            message.ack = message.nak = nothing
        await take(self, messages)

    async def nothing(**_: Any) -> None: ...

    Inbox._take = early


def marked_before_the_broker_has_it() -> None:
    publish = relay._publish

    async def marked(
        service: str, public_url: str, outlet: Any, broker: Bus, lanes: Any, last: int
    ) -> Any:
        connection = await asyncpg.connect(from_environment().plain_database_url())
        positions = [row["position"] for lane in lanes.values() for row in lane]
        incarnation = (await broker.state()).incarnation
        await connection.execute(outlet.mark, positions, [0] * len(positions), incarnation)
        await connection.close()
        await asyncio.sleep(WORK_SECONDS)
        return await publish(service, public_url, outlet, broker, lanes, last)

    relay._publish = marked


def published_without_an_answer() -> None:
    """Core NATS: sent, and never asked whether it was stored."""

    async def send(self: Bus, subject: str, event_id: str, body: bytes, _: Any = None) -> Any:
        await self._client.publish(subject, body, headers={"Nats-Msg-Id": event_id})
        done = asyncio.get_running_loop().create_future()
        done.set_result(SimpleNamespace(seq=0))
        return done

    Bus.publish = send


def ordinary_relay() -> None:
    """Publishes what waits and marks it when the broker has it, and never looks back."""

    async def nothing(*_: Any) -> None: ...

    relay.heal = nothing


def keys_not_minded() -> None:
    async def answer(request: Any, _: str, handle: Any) -> Any:
        return await handle(request)

    route.answer_once = answer


FAULTS: dict[str, Callable[[], None]] = {
    "no-inbox": without_inbox,
    "acknowledged-first": acknowledged_before_the_work,
    "marked-first": marked_before_the_broker_has_it,
    "core-publish": published_without_an_answer,
    "ordinary-relay": ordinary_relay,
    "no-idempotency": keys_not_minded,
}

if __name__ == "__main__":
    keep_journal()
    bus.ACK_WAIT_SECONDS = int(os.environ.get("ACK_WAIT", bus.ACK_WAIT_SECONDS))
    if os.environ.get("FAULT"):
        FAULTS[os.environ["FAULT"]]()
    serve.main(*sys.argv[1:])
