"""One request is one transaction, committed before it is answered."""

import asyncio
import random

import sqlalchemy.exc

from shared.security.principal import Role
from tests.houses import principal
from tests.promised import promise
from tests.shared.conftest import until
from tests.shared.things import Things, entered, gate

KEEPER = principal(Role.BACKBONE)
OPEN = """select count(*) as n from pg_stat_activity
          where datname = current_database() and state like 'idle in transaction%'"""


@promise("Requests", "An acknowledged write is committed.")
async def test_an_acknowledged_change_is_committed(things: Things) -> None:
    async with things.calling(KEEPER) as http:
        made = await http.post("/v1/things", json={"name": "a"})
    [row] = await things.rows("select id, version from thing")
    assert (made.status_code, made.json()["id"]) == (201, str(row["id"]))
    assert [e["aggregate_id"] for e in await things.events()] == [row["id"]]


@promise("Requests", "A commit that fails is never answered with success.")
async def test_a_commit_that_fails_is_never_answered_with_success(things: Things) -> None:
    async with things.calling(KEEPER) as http:
        await http.post("/v1/things", json={"name": "taken"})
        again = await http.post("/v1/things", json={"name": "taken"})
    assert (again.status_code, again.json()["code"]) == (409, "state-changed")
    assert len(await things.rows("select id from thing")) == 1
    assert len(await things.events()) == 1


@promise("Requests", "A refused request changes and announces nothing.")
async def test_a_refused_request_changes_and_announces_nothing(things: Things) -> None:
    async with things.calling(KEEPER) as http:
        refused = await http.post("/v1/things", json={"name": "a", "size": 13})
    assert (refused.status_code, refused.json()["code"]) == (409, "size-refused")
    assert await things.rows("select id from thing") == []
    assert await things.events() == []


async def test_nobody_sees_a_write_before_its_answer_is_on_the_way(things: Things) -> None:
    async with things.calling(KEEPER) as http:
        writing = asyncio.create_task(http.post("/v1/things/slow", json={"name": "a"}))
        await entered.wait()
        before = (await http.get("/v1/things")).json()["items"]
        gate.set()
        made = await writing
        after = (await http.get("/v1/things")).json()["items"]
    assert before == []
    assert after == [made.json()]


@promise("Requests", "A write whose client goes away runs to its end.")
async def test_a_write_whose_client_goes_away_runs_to_its_end(things: Things) -> None:
    async with things.calling(KEEPER) as http:
        writing = asyncio.create_task(http.post("/v1/things/slow", json={"name": "a"}))
        await entered.wait()
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        gate.set()
        async with asyncio.timeout(5):
            while not await things.events():
                await asyncio.sleep(0.01)
    assert len(await things.rows("select id from thing")) == 1
    assert (await things.rows(OPEN))[0]["n"] == 0


async def nothing_open(things: Things) -> bool:
    try:
        return bool((await things.rows(OPEN))[0]["n"] == 0)
    except sqlalchemy.exc.TimeoutError:  # all connections are held
        return False


@promise("Requests", "No storm of cancellations leaves a transaction open.")
async def test_a_storm_of_cancelled_requests_leaves_no_transaction_open(things: Things) -> None:
    chance = random.Random(7)
    async with things.calling(KEEPER) as http:
        for n in range(20):
            wave = [
                asyncio.create_task(
                    http.post("/v1/things", json={"name": f"{n} {m}"})
                    if m % 2
                    else http.get("/v1/things")
                )
                for m in range(10)
            ]
            await asyncio.sleep(chance.random() * 0.02)
            for request in wave:
                request.cancel()
            await asyncio.gather(*wave, return_exceptions=True)
        await until(lambda: nothing_open(things))
        still = await http.get("/v1/things")
    assert still.status_code == 200
    rows = await things.rows("select id from thing")
    assert len(rows) == len(await things.events())
    assert things.database.writers.pool.checkedout() == 0
    assert things.database.readers.pool.checkedout() == 0
