"""Events are announced under consecutive versions, each once."""

import asyncio
from contextlib import suppress

from sqlalchemy.exc import IntegrityError

from shared.events.outbox import announce
from tests.promised import promise
from tests.shared.things import ThingChanged, ThingRow, Things


async def test_each_announcement_raises_the_version_by_one(things: Things) -> None:
    await things.make(1)
    [row] = await things.rows("select id from thing")
    for size in (2, 3):
        async with things.database.transaction() as session:
            thing = await session.get_one(ThingRow, row["id"], with_for_update=True)
            announce(session, thing, ThingChanged(thing_id=thing.id, size=size))
    assert [e["aggregate_version"] for e in await things.events()] == [1, 2, 3]
    assert (await things.rows("select version from thing"))[0]["version"] == 3


@promise("Events", "No two events of an aggregate have one version.")
async def test_two_writers_that_forgot_to_lock_cannot_both_announce_one_version(
    things: Things,
) -> None:
    """The second event would be taken for a repetition of the first, and be lost in silence."""
    await things.make(1)
    [row] = await things.rows("select id from thing")
    both = asyncio.Barrier(2)

    async def change(size: int) -> None:
        async with things.database.transaction() as session:
            thing = await session.get_one(ThingRow, row["id"])
            await both.wait()
            thing.size = size
            announce(session, thing, ThingChanged(thing_id=thing.id, size=size))

    answers = await asyncio.gather(change(2), change(3), return_exceptions=True)
    assert [type(answer) for answer in answers if answer] == [IntegrityError]
    assert [e["aggregate_version"] for e in await things.events()] == [1, 2]


async def test_an_event_announced_by_a_set_wise_statement_looks_like_any_other(
    things: Things,
) -> None:
    from shared.events.outbox import announce_many
    from tests.shared.things import ThingMade

    async with things.database.transaction() as session:
        thing = ThingRow(name="a", size=4)
        announce(session, thing, ThingMade(thing_id=thing.id, size=4))
        await session.flush()
        count = await announce_many(
            session, ThingChanged,
            "select id as aggregate_id, version + 1 as version,"
            " jsonb_build_object('thing_id', id, 'size', size) as data"
            " from thing where size = :size",
            {"size": 4},
        )  # fmt: skip
    assert count == 1
    one, many = await things.events()
    assert one["data"] == many["data"]
    assert (many["type"], many["aggregate_version"]) == (ThingChanged.type, 2)


async def test_an_event_of_an_undone_transaction_wakes_nobody(things: Things) -> None:
    announced = things.database.announced("relay")
    announced.clear()
    with suppress(RuntimeError):
        async with things.database.transaction() as session:
            thing = ThingRow(name="a", size=4)
            announce(session, thing, ThingChanged(thing_id=thing.id, size=4))
            raise RuntimeError
    assert not announced.is_set()
    await things.make(1)
    assert announced.is_set()
