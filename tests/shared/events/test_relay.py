"""The outbox and its relay: every committed event is published, in order, and stays published."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from shared.core.settings import Settings
from shared.core.tasks import end
from shared.events.bus import EVENTS, STREAM, StreamKind, connected
from shared.events.inbox import Inbox
from shared.events.outbox import announce, envelope
from shared.events.relay import relay_for_ever
from shared.persistence.records import new_id
from tests.promised import promise
from tests.shared.conftest import Broker, until
from tests.shared.things import (
    REACTIONS,
    ThingChanged,
    ThingForgotten,
    ThingMade,
    ThingRow,
    Things,
)

WAITING = "select count(*) as n from outbox where published_at is null"


@asynccontextmanager
async def relaying(settings: Settings, things: Things) -> AsyncIterator[None]:
    async with running(relay_for_ever(settings, things.database)):
        yield


@asynccontextmanager
async def running(work: Any) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        await end(task)


async def published(things: Things) -> bool:
    return bool((await things.rows(WAITING))[0]["n"] == 0)


async def stored(settings: Settings, kind: StreamKind = EVENTS) -> list[dict[str, Any]]:
    """Every event of the stream, in its order."""
    bus = await connected(settings, "test", kind)
    last = (await bus.state()).last_seq
    found = []
    try:
        if last:
            async with aclosing(bus.follow(0)) as events:
                async for seq, body in events:
                    found.append(json.loads(body))
                    if seq == last:
                        break
    finally:
        await bus.close()
    return found


async def grow(things: Things, thing_id: UUID, *sizes: int) -> None:
    for size in sizes:
        async with things.database.transaction() as session:
            thing = await session.get_one(ThingRow, thing_id, with_for_update=True)
            thing.size = size
            announce(session, thing, ThingChanged(thing_id=thing.id, size=size))


@promise("Events", "An event is published if and only if its transaction commits.")
async def test_an_event_is_published_if_and_only_if_its_transaction_commits(
    things: Things, own_settings: Settings
) -> None:
    await things.make(1)
    with suppress(RuntimeError):
        async with things.database.transaction() as session:
            lost = ThingRow(name="lost", size=2)
            announce(session, lost, ThingMade(thing_id=lost.id, size=2))
            await session.flush()
            raise RuntimeError
    async with relaying(own_settings, things):
        await until(lambda: published(things))
    assert [event["data"]["size"] for event in await stored(own_settings)] == [1]


async def test_an_event_travels_as_a_cloud_event_under_its_aggregate(
    things: Things, own_settings: Settings
) -> None:
    await things.make(1)
    async with relaying(own_settings, things):
        await until(lambda: published(things))
    [row] = await things.events()
    [event] = await stored(own_settings)
    assert event == {
        "specversion": "1.0",
        "id": str(row["event_id"]),
        "source": "/partners",
        "type": "partners.thing.made.v1",
        "subject": str(row["aggregate_id"]),
        "time": row["time"].isoformat(),
        "datacontenttype": "application/json",
        "dataschema": f"{own_settings.public_url}/contracts/partners.thing.made.v1.json",
        "aggregateversion": 1,
        "data": {"thing_id": str(row["aggregate_id"]), "size": 1},
    }


@promise("Events", "The broker stores the events of an aggregate in the order of its versions.")
async def test_the_events_of_an_aggregate_are_stored_in_the_order_of_its_versions(
    things: Things, own_settings: Settings
) -> None:
    await things.make(*range(1, 6))
    ids = [row["id"] for row in await things.rows("select id from thing")]
    for size in range(10, 30):
        await asyncio.gather(*(grow(things, thing_id, size) for thing_id in ids))
    async with relaying(own_settings, things):
        await until(lambda: published(things))
    versions: dict[str, list[int]] = {}
    for event in await stored(own_settings):
        versions.setdefault(event["subject"], []).append(event["aggregateversion"])
    assert versions == {str(thing_id): list(range(1, 22)) for thing_id in ids}


async def test_events_of_others_under_a_purged_subject_are_published_again_even_recent_ones(
    things: Things, own_settings: Settings
) -> None:
    await things.make(1, 2)
    [one, two] = [row["id"] for row in await things.rows("select id from thing order by size")]
    subject = f"partners.thing.made.v1.{one}"
    async with relaying(own_settings, things):
        await until(lambda: published(things))
        before = {event["id"] for event in await stored(own_settings)}
        async with things.database.transaction() as session:
            thing = await session.get_one(ThingRow, two, with_for_update=True)
            event = ThingForgotten(thing_id=two)
            announce(session, thing, event, purges=[subject, f"partners.thing.gone.v1.{two}"])
        await until(lambda: published(things))
    events = await stored(own_settings)
    said = [(event["type"], event["subject"]) for event in events]
    assert said == [
        ("partners.thing.made.v1", f"{two}"), ("partners.thing.forgotten.v1", f"{two}"),
        ("partners.thing.made.v1", f"{one}"),
    ]  # fmt: skip
    assert events[-1]["id"] not in before


@promise("Events", "A row counts as published only after the broker has it.")
async def test_a_row_counts_as_published_only_after_the_broker_has_it(
    things: Things, own_settings: Settings, broker: Broker
) -> None:
    broker.kill()
    await things.make(1, 2, 3)
    async with relaying(own_settings, things):
        await asyncio.sleep(1.5)
        assert (await things.rows(WAITING))[0]["n"] == 3
        broker.start()
        await until(lambda: published(things))
    marks = await things.rows("select stream_seq from outbox order by position")
    assert [mark["stream_seq"] for mark in marks] == [1, 2, 3]
    assert len(await stored(own_settings)) == 3


@promise("Events", "Two relays are never at work at once.")
async def test_two_relays_are_never_at_work_at_once(
    things: Things, own_settings: Settings
) -> None:
    async def working() -> int:
        [row] = await things.rows(
            "select count(*) as n from pg_locks where locktype = 'advisory' and granted"
            " and database = (select oid from pg_database where datname = current_database())"
            " and objid::bigint = hashtext('relay')::bigint & 4294967295"  # not an inbox's lock
        )
        return int(row["n"])

    async with relaying(own_settings, things), relaying(own_settings, things):
        for size in range(1, 101):
            await things.make(size)
            assert await working() <= 1
        await until(lambda: published(things))
    assert [event["data"]["size"] for event in await stored(own_settings)] == list(range(1, 101))


@promise("Events", "The next relay takes over when the first loses its connection.")
async def test_the_next_relay_takes_over_when_the_first_loses_its_connection(
    things: Things, own_settings: Settings
) -> None:
    async with relaying(own_settings, things), relaying(own_settings, things):
        await things.make(1)
        await until(lambda: published(things))
        await things.rows(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'partners relay'"
        )
        await things.make(2)
        await until(lambda: published(things))
    assert [event["data"]["size"] for event in await stored(own_settings)] == [1, 2]


@promise(
    "Events",
    "A broker that lost its disk or its tail gets everything again, and nothing is done twice.",
)
async def test_a_deleted_stream_is_published_anew_and_nothing_is_done_twice(
    things: Things, own_settings: Settings
) -> None:
    """While the relay and the reactions run and nobody starts them again."""
    bus = await connected(own_settings, "reactions")
    inbox = Inbox(things.database, "partners", REACTIONS)
    async with relaying(own_settings, things), running(inbox.consume_for_ever(bus)):
        await things.make(1, 2, 3)
        await until(lambda: _effects(things, 3))
        await bus._stream.delete_stream(STREAM)
        await things.make(4)
        await until(lambda: _effects(things, 4), 30)
        await until(lambda: published(things))
    await bus.close()
    assert sorted(await things.effects()) == [1, 2, 3, 4]
    assert sorted(e["data"]["size"] for e in await stored(own_settings)) == [1, 2, 3, 4]


async def test_an_idle_relay_notices_that_the_stream_is_another(
    things: Things, own_settings: Settings
) -> None:
    await things.make(1)
    async with relaying(own_settings, things):
        await until(lambda: published(things))
        other = await connected(own_settings, "somebody else")
        await other._stream.delete_stream(STREAM)
        await other._ensure_stream()
        await other.close()

        async def again() -> bool:
            return len(await stored(own_settings)) == 1

        await until(again, 20, 0.5)


@promise(
    "Events",
    "A broker that lost its disk or its tail gets everything again, and nothing is done twice.",
)
async def test_a_broker_that_lost_its_disk_gets_everything_again(
    things: Things, own_settings: Settings, broker: Broker
) -> None:
    await things.make(*range(1, 51))
    async with relaying(own_settings, things):
        await until(lambda: published(things))
        broker.kill()
        shutil.rmtree(broker.folder / "jetstream")
        broker.start()

        async def healed() -> bool:
            return len(await stored(own_settings)) == 50

        await until(healed, 30, 0.3)
    assert [event["data"]["size"] for event in await stored(own_settings)] == list(range(1, 51))


@promise(
    "Events",
    "A broker that lost its disk or its tail gets everything again, and nothing is done twice.",
)
async def test_a_tail_that_the_broker_lost_is_published_again_after_others_wrote_over_it(
    things: Things, own_settings: Settings, broker: Broker
) -> None:
    """The stream is shared: another service's relay may be back first and fill the lost numbers
    with its own events."""
    await things.make(*range(1, 11))
    async with relaying(own_settings, things):
        await until(lambda: published(things))
        broker.kill()
        shutil.copytree(broker.folder, broker.folder.with_name("backup"))
        broker.start()
        await things.make(*range(11, 21))
        await until(lambda: published(things))
    broker.kill()
    shutil.rmtree(broker.folder)
    shutil.move(broker.folder.with_name("backup"), broker.folder)
    broker.start()
    other = await connected(own_settings, "another service")
    for n in range(40):
        await (await other.publish("students.thing.made.v1.x", f"other {n}", b'{"other": true}'))
    await other.close()

    async with relaying(own_settings, things):

        async def healed() -> bool:
            events = [e for e in await stored(own_settings) if "other" not in e]
            return [e["data"]["size"] for e in events] == list(range(1, 21))

        await until(healed, 20, 0.3)


async def test_the_relay_publishes_events_that_another_replica_announces(
    things: Things, own_settings: Settings
) -> None:
    """The waking is within a process; behind it the relay looks by itself."""
    async with relaying(own_settings, things):
        await things.make(1)
        await until(lambda: published(things))
        await things.rows(
            "insert into outbox (event_id, type, aggregate_id, aggregate_version, time, data)"
            " values (gen_random_uuid(), 'partners.thing.forgotten.v1', gen_random_uuid(), 1,"
            " now(), '{}') returning position"
        )
        await until(lambda: published(things))


def test_an_envelope_is_valid_json_whatever_its_parts() -> None:
    from datetime import UTC, datetime

    row = {
        "event_id": new_id(), "type": "partners.thing.made.v1", "aggregate_id": new_id(),
        "time": datetime(2026, 1, 2, tzinfo=UTC), "aggregate_version": 3,
        "traceparent": "00-" + "1" * 32 + "-" + "2" * 16 + "-01",
        "data": '{"words": "\\" } ö \\u0000"}',
    }  # fmt: skip
    event = json.loads(envelope(row, "partners", "https://platform.example"))
    assert event["data"] == {"words": '" } ö \0'}
    assert event["traceparent"] == row["traceparent"]
    # CloudEvents 1.0: `dataschema` is a URI (RFC 3986, 3), not a mere reference.
    address = urlsplit(event["dataschema"])
    assert (address.scheme, address.netloc) == ("https", "platform.example")


async def _effects(things: Things, wanted: int) -> bool:
    return len(await things.effects()) >= wanted
