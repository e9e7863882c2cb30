"""Each event is reacted to once and in order, however it comes."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from deploy.dead_letters import list_letters
from shared.contracts.base import Event
from shared.core.settings import Settings
from shared.core.tasks import end
from shared.core.telemetry import Lines
from shared.events.bus import FILTERS_SINCE, STREAM, connected
from shared.events.inbox import (
    ATTEMPTS,
    GAP_ATTEMPTS,
    DeadLetterRow,
    Delivery,
    Inbox,
    Reaction,
    read,
    replay,
)
from shared.events.outbox import announce
from shared.persistence.database import Database
from shared.persistence.records import new_id
from tests.promised import promise
from tests.shared.conftest import until
from tests.shared.events.test_relay import grow, published, relaying, running
from tests.shared.things import (
    POISON,
    REACTIONS,
    EffectRow,
    ThingChanged,
    ThingForgotten,
    ThingMade,
    ThingRow,
    Things,
)


def delivery(
    thing: UUID, version: int, *, event: type[Event] = ThingMade, **more: Any
) -> Delivery:
    """Version n tells size n."""
    data = {"thing_id": str(thing), "size": version, **more.pop("data", {})}
    body = json.dumps({
        "id": str(new_id()), "type": event.type, "subject": str(thing),
        "time": "2026-01-01T00:00:00Z", "aggregateversion": version, "data": data,
    }).encode()  # fmt: skip
    return replace(read(body), **more)


@pytest.fixture
def inbox(things: Things) -> Inbox:
    return Inbox(things.database, "partners", REACTIONS)


@asynccontextmanager
async def reacting(settings: Settings, *databases: Database) -> AsyncIterator[None]:
    """A consumer for each database, as replicas of one service have."""
    buses = [await connected(settings, f"replica {n}") for n, _ in enumerate(databases)]
    inboxes = [Inbox(database, "partners", REACTIONS) for database in databases]
    tasks = [
        asyncio.create_task(inbox.consume_for_ever(bus))
        for inbox, bus in zip(inboxes, buses, strict=True)
    ]
    try:
        yield
    finally:
        await end(*tasks)
        for bus in buses:
            await bus.close()


async def test_an_event_has_its_effect_once_however_often_it_comes(
    things: Things, inbox: Inbox
) -> None:
    once = delivery(uuid4(), 1)
    await inbox.handle([once, once])
    await inbox.handle([once])
    await asyncio.gather(*(inbox.handle([once]) for _ in range(5)))
    assert await things.effects() == [1]


async def test_an_event_waits_for_the_one_before_it(things: Things, inbox: Inbox) -> None:
    thing = uuid4()
    second, first = delivery(thing, 2), delivery(thing, 1)
    assert await inbox.handle([second]) == {second.id}
    assert await things.effects() == []
    assert await inbox.handle([first, second]) == set()
    assert await things.effects() == [1, 2]


async def test_other_aggregates_do_not_wait(things: Things, inbox: Inbox) -> None:
    early, other = delivery(uuid4(), 2), delivery(uuid4(), 1)
    assert await inbox.handle([early, other]) == {early.id}
    assert await things.effects() == [1]


@promise("Events", "A version that never comes is counted and passed over.")
async def test_a_version_that_never_comes_is_skipped_in_the_end_and_counted(
    things: Things, inbox: Inbox
) -> None:
    def gaps() -> float:
        value = REGISTRY.get_sample_value(
            "event_version_gaps_total", {"consumer": "partners-from-partners"}
        )
        return value or 0.0

    before = gaps()
    thing = uuid4()
    waiting = delivery(thing, 4)
    assert await inbox.handle([replace(waiting, attempt=GAP_ATTEMPTS - 1)]) == {waiting.id}
    assert await inbox.handle([replace(waiting, attempt=GAP_ATTEMPTS)]) == set()
    assert await inbox.handle([delivery(thing, 2)]) == set()
    assert await things.effects() == [4]
    assert gaps() - before == 3


async def test_an_event_of_unknown_kind_is_skipped(things: Things, inbox: Inbox) -> None:
    thing = uuid4()
    await inbox.handle([delivery(thing, 1, event=ThingForgotten)])
    await inbox.handle([delivery(thing, 2)])
    assert await things.effects() == [2]


async def test_unknown_fields_of_a_newer_event_are_ignored(things: Things, inbox: Inbox) -> None:
    await inbox.handle([delivery(uuid4(), 1, data={"colour": "red"})])
    assert await things.effects() == [1]


@promise("Events", "An event that keeps failing is parked and holds up no other aggregate.")
async def test_an_event_that_keeps_failing_is_parked_and_lets_the_next_pass(
    things: Things, inbox: Inbox
) -> None:
    POISON.add(1)
    thing = uuid4()
    bad, good = delivery(thing, 1), delivery(thing, 2)
    for _ in range(ATTEMPTS):
        assert await things.rows("select id from dead_letter") == []
        await inbox._take_one(bad)
    [letter] = await things.rows("select * from dead_letter")
    assert (letter["event_id"], letter["error"]) == (bad.id, "ValueError")
    await inbox.handle([good])
    assert await things.effects() == [2]


async def test_the_log_has_the_ids_by_which_the_list_of_parked_events_names_one(
    things: Things, inbox: Inbox, caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    POISON.add(1)
    bad = delivery(uuid4(), 1)
    for _ in range(ATTEMPTS):
        await inbox._take_one(bad)
    logged = [json.loads(Lines("partners").format(record)) for record in caplog.records]
    await list_letters(things.database)
    listed = capsys.readouterr().out.splitlines()[0]
    [parked] = [line for line in logged if line.get("letter") == listed.split()[0]]
    assert listed.split()[-1] == parked["event"] == str(bad.id)


async def test_waiting_for_its_predecessor_does_not_count_as_a_failure_of_an_event(
    things: Things, inbox: Inbox
) -> None:
    POISON.add(1)
    await inbox._take_one(delivery(uuid4(), 1, attempt=ATTEMPTS + 3))
    assert await things.rows("select id from dead_letter") == []


async def test_a_parked_event_can_be_handled_after_all(things: Things, inbox: Inbox) -> None:
    POISON.add(1)
    bad = delivery(uuid4(), 1)
    for _ in range(ATTEMPTS):
        await inbox._take_one(bad)
    [row] = await things.rows("select * from dead_letter")
    letter = DeadLetterRow.model_validate(row)

    with pytest.raises(ValueError, match="poison"):
        await replay(inbox, things.database, letter)
    assert len(await things.rows("select id from dead_letter")) == 1

    POISON.clear()
    await replay(inbox, things.database, letter)
    assert await things.effects() == [1]
    assert await things.rows("select id from dead_letter") == []


async def test_an_event_of_the_wrong_shape_is_parked_at_once(things: Things, inbox: Inbox) -> None:
    await inbox._take_one(delivery(uuid4(), 1, data={"thing_id": "none"}))
    assert len(await things.rows("select id from dead_letter")) == 1


async def test_a_failing_reaction_leaves_nothing_behind(things: Things, inbox: Inbox) -> None:
    POISON.add(2)
    thing = uuid4()
    with pytest.raises(ValueError, match="poison"):
        await inbox.handle([delivery(thing, 1), delivery(thing, 2)])
    assert await things.effects() == []
    assert await things.rows("select 1 from heard") == []


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'"event"', b"\xff\xfe", b"{}", b'{"id": 5}',
        json.dumps({"id": "x", "type": "partners.thing.made.v1", "subject": "x",
                    "time": "2026-01-01T00:00:00Z", "aggregateversion": 1, "data": {}}).encode(),
        json.dumps({"id": str(uuid4()), "type": "partners.thing.made.v1",
                    "subject": str(uuid4()), "time": "2026-01-01T00:00:00Z",
                    "aggregateversion": 2**40, "data": {}}).encode(),
        json.dumps({"id": str(uuid4()), "type": "partners.thing.made.v1",
                    "subject": str(uuid4()), "time": "2026-01-01T00:00:00Z",
                    "aggregateversion": 0, "data": {}}).encode(),
        json.dumps({"id": str(uuid4()), "type": "partners.thing.made.v1",
                    "subject": str(uuid4()), "time": "2026-01-01T00:00:00Z",
                    "aggregateversion": 1, "data": []}).encode(),
        json.dumps({"id": str(uuid4()), "type": 5, "subject": str(uuid4()),
                    "aggregateversion": 1, "data": {}}).encode(),
    ],
)  # fmt: skip
async def test_a_message_that_is_no_event_holds_up_no_other(
    things: Things, own_settings: Settings, body: bytes
) -> None:
    with pytest.raises(ValidationError):
        read(body)
    bus = await connected(own_settings, "test")
    await (await bus.publish("partners.thing.made.v1.x", "bad", body))
    await bus.close()
    await things.make(7)
    async with relaying(own_settings, things), reacting(own_settings, things.database):
        await until(lambda: _effects(things, 1))
    assert await things.effects() == [7]


@promise("Events", "An event that keeps failing is parked and holds up no other aggregate.")
async def test_one_bad_event_of_a_batch_holds_up_only_its_own_aggregate(
    things: Things, own_settings: Settings
) -> None:
    POISON.add(5)
    await things.make(*range(1, 11))
    [bad] = await things.rows("select id from thing where size = 5")
    await grow(things, bad["id"], 50)
    async with relaying(own_settings, things), reacting(own_settings, things.database):
        await until(lambda: _effects(things, 9))
        assert sorted(await things.effects()) == [1, 2, 3, 4, 6, 7, 8, 9, 10]
        POISON.clear()
        await until(lambda: _effects(things, 11))
    assert (await things.effects())[9:] == [5, 50]


@promise(
    "Events",
    "An event has its effect once and in order, whatever arrives in whatever order, with any "
    "number of replicas.",
)
async def test_replicas_share_the_events_and_keep_the_order_of_each_aggregate(
    things: Things, own_settings: Settings
) -> None:
    await things.make(0, 1, 2, 3, 4)
    ids = [row["id"] for row in await things.rows("select id from thing")]
    other = Database(things.app.state.settings, "partners")
    async with (
        relaying(own_settings, things),
        reacting(own_settings, things.database, other, things.database),
    ):
        for size in range(10, 60):
            await asyncio.gather(*(grow(things, thing_id, size) for thing_id in ids))
        await until(lambda: _effects(things, 255), 60)
    await other.close()
    for thing_id in ids:
        rows = await things.rows(
            "select size from effect where thing_id = :id order by position", id=thing_id
        )
        assert [row["size"] for row in rows][1:] == list(range(10, 60))


async def test_a_deleted_consumer_is_made_again(things: Things, own_settings: Settings) -> None:
    async with relaying(own_settings, things), reacting(own_settings, things.database):
        await things.make(1)
        await until(lambda: _effects(things, 1))
        bus = await connected(own_settings, "somebody else")
        [consumer] = await bus._stream.consumers_info(STREAM)
        await bus._stream.delete_consumer(STREAM, consumer.name)
        await bus.close()
        await things.make(2)
        await until(lambda: _effects(things, 2), 30)
    assert await things.effects() == [1, 2]


class BoxMade(Event):
    """Of another aggregate than a thing's."""

    type: ClassVar[str] = "partners.box.made.v1"

    box_id: UUID


async def make_box(things: Things) -> UUID:
    async with things.database.transaction() as session:
        box = ThingRow(name=str(uuid4()))
        announce(session, box, BoxMade(box_id=box.id))
    return box.id


async def note_boxes(session: AsyncSession, made: Sequence[BoxMade]) -> None:
    session.add_all([EffectRow(thing_id=each.box_id, size=0) for each in made])


async def filters(settings: Settings) -> bool:
    """Whether the broker takes several subjects a consumer. One that does not gives it the whole
    source."""
    bus = await connected(settings, "asking")
    version = bus._client.connected_server_version
    await bus.close()
    return (version.major, version.minor) >= FILTERS_SINCE


WITH_BOXES = [*REACTIONS, Reaction(BoxMade, note_boxes)]


@promise("Events", "A service hears the aggregates that it reacts to whole, and no others.")
async def test_a_consumer_hears_no_aggregate_to_which_nobody_reacts(
    things: Things, own_settings: Settings
) -> None:
    async with relaying(own_settings, things), reacting(own_settings, things.database):
        box = await make_box(things)
        await things.make(1)
        await until(lambda: _effects(things, 1))
    heard = {row["aggregate_id"] for row in await things.rows("select aggregate_id from heard")}
    assert len(heard) == (1 if await filters(own_settings) else 2)
    assert (box in heard) is not await filters(own_settings)


@promise(
    "Operation",
    "A release that reacts to more hears what the stream still has from before it, and an earlier "
    "release beside or after it misses nothing.",
)
async def test_a_release_that_reacts_to_more_and_one_that_follows_it_miss_nothing(
    things: Things, own_settings: Settings
) -> None:
    if not await filters(own_settings):
        pytest.skip("the broker is older than 2.10")
    sizes = "select size from effect order by position"

    async def settled(wanted: int, *reactions: Sequence[Reaction]) -> list[int]:
        bus = await connected(own_settings, "replica")
        inboxes = [Inbox(things.database, "partners", each) for each in reactions]
        tasks = [asyncio.create_task(inbox.consume_for_ever(bus)) for inbox in inboxes]
        await until(lambda: _effects(things, wanted), 30)
        await end(*tasks)
        await bus.close()
        return [row["size"] for row in await things.rows(sizes)]

    async with relaying(own_settings, things):
        box = await make_box(things)
        await things.make(1)
        assert await settled(1, REACTIONS) == [1]
        # Of the box every version is heard, also those before this release.
        async with things.database.transaction() as session:
            again = await session.get_one(ThingRow, box)
            announce(session, again, BoxMade(box_id=box))
        assert sorted(await settled(3, WITH_BOXES)) == [0, 0, 1]
        await things.make(2)
        assert sorted(await settled(4, WITH_BOXES, REACTIONS)) == [0, 0, 1, 2]
        await things.make(3)
        assert sorted(await settled(5, REACTIONS)) == [0, 0, 1, 2, 3]
        await make_box(things)
        assert sorted(await settled(6, WITH_BOXES)) == [0, 0, 0, 1, 2, 3]


@promise("Events", "An outage of the database counts against no event.")
async def test_an_outage_of_the_database_does_not_count_as_a_failure_of_an_event(
    things: Things, own_settings: Settings
) -> None:
    from tests.houses import settings_for
    from tests.shared.gates import gated_database

    address = things.app.state.settings.database_url.get_secret_value()
    async with gated_database(address) as (through, gate):
        gated = Database(settings_for(through, own_settings.nats_url.get_secret_value()))
        await things.make(1)
        async with relaying(own_settings, things):
            await until(lambda: published(things))
        await gate.shut()
        inbox = Inbox(gated, "partners", REACTIONS)
        with pytest.raises(ConnectionRefusedError):
            await inbox._take_one(delivery(uuid4(), 1))
        bus = await connected(own_settings, "test")
        async with running(inbox.consume_for_ever(bus)):
            await asyncio.sleep(2.5)
            await gate.open()
            await until(lambda: _effects(things, 1), 40, 0.2)
        await bus.close()
        await gated.close()
    assert await things.rows("select id from dead_letter") == []


@promise(
    "Events",
    "An event has its effect once and in order, whatever arrives in whatever order, with any "
    "number of replicas.",
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 5)), max_size=25),
    st.integers(1, 6),
)
async def test_the_events_of_each_aggregate_take_effect_in_order_in_whatever_order_they_arrive(
    things: Things, arrivals: list[tuple[int, int]], batch: int
) -> None:
    await things.empty()
    ids = [uuid4() for _ in range(3)]
    inbox = Inbox(things.database, "partners", REACTIONS)
    for start in range(0, len(arrivals), batch):
        await inbox.handle([
            delivery(ids[thing], version, event=ThingChanged)
            for thing, version in arrivals[start : start + batch]
        ])  # fmt: skip
    for n, thing in enumerate(ids):
        rows = await things.rows(
            "select size from effect where thing_id = :id order by position", id=thing
        )
        assert [row["size"] for row in rows] == list(range(1, _heard(arrivals, n) + 1))


def _heard(arrivals: Sequence[tuple[int, int]], thing: int) -> int:
    """An oracle: how far a reader comes who takes each version only after the one before."""
    last = 0
    for about, version in arrivals:
        last += about == thing and version == last + 1
    return last


async def _effects(things: Things, wanted: int) -> bool:
    return len(await things.effects()) >= wanted
