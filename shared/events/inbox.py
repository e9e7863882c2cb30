"""Gives each event to each reaction once and in order, however often the broker delivers it.

For every aggregate a service remembers the last version that it handled, in the transaction of the
reaction. Since versions are consecutive, that one number drops repetitions for ever (even when the
whole stream is published anew), holds back an event whose predecessor has not come, and shows a
gap. An event that keeps failing is parked in `dead_letter`, where a person looks at it.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any
from uuid import UUID

from opentelemetry.trace import SpanKind
from pydantic import ValidationError
from sqlalchemy import DateTime
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from shared.contracts.base import Event, noun_of
from shared.core.telemetry import GAPS, HANDLED, span
from shared.events.bus import GATHER_SECONDS, Bus, Msg, NatsError
from shared.events.deliveries import Delivery, Heard, Reaction, read
from shared.events.outages import passes
from shared.persistence.alone import alone_for_ever
from shared.persistence.database import Database, is_away
from shared.persistence.driver import raw
from shared.persistence.records import new_id, utc_now

log = logging.getLogger(__name__)

BATCH = 200
ATTEMPTS = 6  # half a minute, then parked
EARLY_SECONDS = 0.5  # until an event that came before its predecessor comes again
GAP_ATTEMPTS = 240  # two minutes of waiting for a predecessor
RETRY_MOST_SECONDS = 30
RESTART_SECONDS = 1


class HeardRow(SQLModel, table=True):
    __tablename__ = "heard"

    source: str = Column(primary_key=True)
    aggregate_id: UUID = Column(primary_key=True)
    version: int


heard: Any = HeardRow


class DeadLetterRow(SQLModel, table=True):
    __tablename__ = "dead_letter"

    id: UUID = Column(default_factory=new_id, primary_key=True)
    source: str
    event_id: UUID
    type: str
    aggregate_id: UUID
    version: int
    body: str
    error: str
    parked_at: datetime = Column(default_factory=utc_now, sa_type=DateTime(timezone=True))


dead_letter: Any = DeadLetterRow


class Inbox:
    """The events of one source, as one service handles them."""

    def __init__(self, database: Database, source: str, reactions: Sequence[Reaction]) -> None:
        self._database = database
        self._source = source
        self._reactions: dict[str, list[Reaction]] = {}
        for reaction in reactions:
            if _source(reaction) == source:
                self._reactions.setdefault(reaction.event.type, []).append(reaction)
        self.subjects = subjects_of(source, reactions)
        self._failures: dict[UUID, int] = {}
        self.durable = f"{database.name}-from-{source}"

    async def consume_for_ever(self, bus: Bus) -> None:
        """Never returns. A lost broker or database is a pause, not an end. One replica at a time
        consumes a source: several would share out an aggregate's events, and spend their time
        waiting for each other's."""

        def passing(error: Exception) -> bool:
            if not passes(error):
                log.exception("%s failed; starting it again", self.durable)
            return True

        work = partial(self._consume, bus)
        await alone_for_ever(self._database, self.durable, work, RESTART_SECONDS, passing)

    async def _consume(self, bus: Bus, connection: Any) -> None:
        puller = await bus.pull(self.durable, self._source, self.subjects)
        try:
            while not connection.is_closed():
                messages = await puller.next(BATCH)
                if messages:
                    await self._take(messages)
                if 0 < len(messages) < BATCH:
                    await asyncio.sleep(GATHER_SECONDS)
        finally:
            with suppress(NatsError, OSError):
                await puller.close()

    async def _take(self, messages: list[Msg]) -> None:
        deliveries = []
        for message in sorted(messages, key=lambda m: m.metadata.sequence.stream):
            try:
                deliveries.append(read(message.data, message.metadata.num_delivered, message))
            except ValueError:
                log.error("%s: not an event; dropped", self.durable)  # noqa: TRY400
                await message.ack()
        try:
            early = await self.handle(deliveries)
        except Exception as error:
            if is_away(error):
                raise
            log.warning("%s: a batch failed (%s)", self.durable, type(error).__name__)
            for delivery in deliveries:
                await self._take_one(delivery)
        else:
            await self._settle(deliveries, early)

    async def _settle(self, deliveries: list[Delivery], early: set[UUID]) -> None:
        for delivery in deliveries:
            if delivery.message is None:
                continue
            if delivery.id in early:
                await delivery.message.nak(delay=EARLY_SECONDS)
            else:
                await delivery.message.ack()

    async def _take_one(self, delivery: Delivery) -> None:
        """Handles one delivery alone, so that a bad event delays only its own aggregate."""
        try:
            early = await self.handle([delivery])
        except Exception as error:
            if is_away(error):
                raise
            await self._failed(delivery, error)
        else:
            self._failures.pop(delivery.id, None)
            await self._settle([delivery], early)

    async def _failed(self, delivery: Delivery, error: Exception) -> None:
        HANDLED.labels(self.durable, "failed").inc()
        # Counted here: the broker also counts deliveries that came too early or were not answered.
        failures = self._failures.pop(delivery.id, 0) + 1
        log.exception("%s failed, attempt %s", self.durable, failures,
                      extra={"event": str(delivery.id)})  # fmt: skip
        if failures < ATTEMPTS and not isinstance(error, ValidationError):
            self._failures[delivery.id] = failures
            if delivery.message is not None:
                await delivery.message.nak(delay=backoff(failures))
            return
        letter_id = new_id()
        async with self._database.transaction() as session:
            await self._hear(session, [delivery])
            session.add(
                DeadLetterRow(
                    id=letter_id, source=self._source, event_id=delivery.id, type=delivery.type,
                    aggregate_id=delivery.aggregate_id, version=delivery.version,
                    body=delivery.body.decode(), error=type(error).__name__,
                )
            )  # fmt: skip
        log.error("%s parked an event", self.durable,
                  extra={"event": str(delivery.id), "letter": str(letter_id)})  # fmt: skip
        if delivery.message is not None:
            await delivery.message.ack()

    async def handle(self, deliveries: list[Delivery]) -> set[UUID]:
        """Runs the reactions to new events, in one transaction. Returns the ids of events that
        came before their predecessor and must come again."""
        async with self._database.transaction() as session:
            fresh, early = await self._hear(session, deliveries)
            for kind, run in groupby(fresh, key=lambda delivery: delivery.type):
                if kind in self._reactions:
                    await self._react(session, self._reactions[kind], list(run))
        HANDLED.labels(self.durable, "handled").inc(len(fresh))
        return early

    async def _react(
        self, session: AsyncSession, reactions: list[Reaction], run: list[Delivery]
    ) -> None:
        event = reactions[0].event
        heard = [
            Heard(each.id, each.aggregate_id, each.version, each.time,
                  event.model_validate(each.data))
            for each in run
        ]  # fmt: skip
        events = [each.event for each in heard]
        with span(f"react {event.type}", run[0].traceparent, SpanKind.CONSUMER,
                  {"events": len(run)}):  # fmt: skip
            for reaction in reactions:
                await reaction.handle(session, heard if reaction.whole else events)

    async def _hear(
        self, session: AsyncSession, deliveries: list[Delivery]
    ) -> tuple[list[Delivery], set[UUID]]:
        """The new deliveries, and the ids of those that came too early. Remembers the new ones;
        their rows stay locked."""
        ids = sorted({delivery.aggregate_id for delivery in deliveries})
        async with raw(session) as driver:
            await driver.execute(REMEMBER, self._source, ids)
            rows = await driver.fetch(HEARD, self._source, ids)
        heard: dict[UUID, int] = dict(rows)
        before = dict(heard)
        fresh: list[Delivery] = []
        early: set[UUID] = set()
        for delivery in deliveries:
            last = heard[delivery.aggregate_id]
            if delivery.version <= last:
                continue
            if delivery.version > last + 1 and delivery.attempt < GAP_ATTEMPTS:
                early.add(delivery.id)
                continue
            if delivery.version > last + 1:
                GAPS.labels(self.durable).inc(delivery.version - last - 1)
                log.error("%s: versions %s to %s never came", self.durable, last + 1,
                          delivery.version - 1, extra={"event": str(delivery.id)})  # fmt: skip
            heard[delivery.aggregate_id] = delivery.version
            fresh.append(delivery)
        moved = [id for id in ids if heard[id] != before[id]]
        if moved:
            async with raw(session) as driver:
                await driver.execute(ADVANCE, self._source, moved, [heard[id] for id in moved])
        return fresh, early


# By the driver: a turn with few events costs as much as its statements.
REMEMBER = """
    insert into heard (source, aggregate_id, version)
    select $1, unnest($2::uuid[]), 0 on conflict do nothing
"""
HEARD = """
    select aggregate_id, version from heard
    where source = $1 and aggregate_id = any($2::uuid[])
    order by aggregate_id for update
"""
ADVANCE = """
    update heard h set version = u.version
    from unnest($2::uuid[], $3::int[]) as u(aggregate_id, version)
    where h.source = $1 and h.aggregate_id = u.aggregate_id
"""


def sources_of(reactions: Sequence[Reaction]) -> list[str]:
    """The services whose events these reactions are to, in the order of their names."""
    return sorted({_source(reaction) for reaction in reactions})


def subjects_of(source: str, reactions: Sequence[Reaction]) -> list[str]:
    """The subjects under which `source` publishes the aggregates that these reactions are about:
    each aggregate whole, since its versions are counted, and with the events that a later release
    adds to it."""
    events = [reaction.event for reaction in reactions if _source(reaction) == source]
    nouns = {event.aggregate for event in events}
    # An aggregate of which one event comes under another's noun comes whole, too.
    nouns |= {
        event.aggregate
        for event in Event.kinds.values()
        if event.type.startswith(tuple(f"{source}.{noun}." for noun in nouns))
    }
    apart = {event.type for event in events if noun_of(event.type) not in nouns}
    return sorted([*(f"{source}.{noun}.>" for noun in nouns), *(f"{type}.*" for type in apart)])


def _source(reaction: Reaction) -> str:
    return reaction.event.type.partition(".")[0]


def backoff(failures: int) -> float:
    """Seconds until the next attempt: doubled each time, up to half a minute."""
    return float(min(2 ** (failures - 1), RETRY_MOST_SECONDS))


async def replay(inbox: Inbox, database: Database, letter: DeadLetterRow) -> None:
    """Handles a parked event after all and removes it from the list, in one transaction. Passes on
    the reaction's exception."""
    delivery = read(letter.body.encode())
    async with database.transaction() as session:
        await session.delete(await session.merge(letter))
        reactions = inbox._reactions[delivery.type]  # noqa: SLF001
        await inbox._react(session, reactions, [delivery])  # noqa: SLF001


__all__ = [
    "BATCH", "DeadLetterRow", "Delivery", "Heard", "HeardRow", "Inbox", "Reaction", "backoff",
    "read", "replay", "sources_of", "subjects_of",
]  # fmt: skip
