"""A statement that is rendered once and asked of the driver: the same answers, on connections with the
same settings, which nobody gets back in the middle of an answer."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import bindparam, func, literal, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.base import Answer
from shared.core.refusals import NotFound
from shared.persistence.database import Reading, Work
from shared.persistence.queries import many, one
from shared.persistence.statements import Statement, among
from shared.security.principal import Role
from tests.houses import principal
from tests.shared.things import THING, Thing, ThingRow, Things, thing

ALL = select(thing.id, thing.version, thing.name, thing.size)
BY_NAME = ALL.order_by(thing.name)
STORABLE = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
SETTINGS = (
    "TimeZone", "jit", "random_page_cost", "statement_timeout", "lock_timeout",
    "idle_in_transaction_session_timeout", "application_name", "transaction_isolation",
)  # fmt: skip


class Told(Answer):
    value: str


class Moments(Answer):
    id: UUID
    created_at: datetime


def setting(name: str) -> Any:
    return select(func.current_setting(literal(name)).label("value"))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STORABLE, max_size=6, unique=True))
async def test_rows_are_the_answers_that_sqlalchemy_gives_whatever_their_texts_hold(
    things: Things, names: list[str]
) -> None:
    await things.empty()
    async with things.database.transaction() as session:
        session.add_all([ThingRow(name=name, size=n) for n, name in enumerate(names)])
    async with things.database.reading() as reader:
        found = await Statement(BY_NAME, Thing).many(reader)
        assert found == await many(reader, BY_NAME, Thing)
    assert sorted(each.name for each in found) == sorted(names)


async def test_one_row_is_found_by_its_parameters_and_an_absent_one_is_unknown(
    things: Things,
) -> None:
    await things.make(1, 2)
    made = await things.rows("select id from thing")
    async with things.database.reading() as reader:
        for row in made:
            found = await THING.one(reader, "thing", thing_id=row["id"])
            assert found == await one(reader, ALL.where(thing.id == row["id"]), Thing, "thing")
        with pytest.raises(NotFound, match="There is no such thing"):
            await THING.one(reader, "thing", thing_id=uuid4())


async def test_a_parameter_may_be_many_ids_and_may_stand_several_times(things: Things) -> None:
    await things.make(1, 2, 3)
    ids = [row["id"] for row in await things.rows("select id from thing order by size")]
    size: Any = bindparam("size")
    chosen = ALL.where(among(thing.id), (thing.size == size) | (thing.size > size))
    async with things.database.reading() as reader:
        found = await Statement(chosen, Thing).many(reader, ids=ids[:2], size=2)
        nothing = await Statement(chosen, Thing).many(reader, ids=[], size=0)
    assert [each.id for each in found] == [ids[1]]
    assert nothing == []


async def test_a_moment_keeps_its_microseconds_and_its_offset(things: Things) -> None:
    at = datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC)
    async with things.database.transaction() as session:
        session.add(ThingRow(name="early", created_at=at))
    async with things.database.reading() as reader:
        [found] = await Statement(select(thing.id, thing.created_at), Moments).many(reader)
    assert found.created_at == at
    assert b"2026-03-29T01:30:00.123456Z" in found.model_dump_json().encode()


async def test_a_session_reads_what_it_has_not_written_yet(things: Things) -> None:
    async with things.database.transaction() as session:
        row = ThingRow(name="new", size=1)
        session.add(row)
        assert (await THING.one(session, "thing", thing_id=row.id)).name == "new"
        row.size = 2
        assert (await THING.one(session, "thing", thing_id=row.id)).size == 2
    async with things.database.reading() as reader:
        assert (await THING.one(reader, "thing", thing_id=row.id)).size == 2


async def test_a_session_that_fails_keeps_nothing_that_a_statement_made_it_write(
    things: Things,
) -> None:
    async def fail() -> None:
        async with things.database.transaction() as session:
            row = ThingRow(name="lost", size=1)
            session.add(row)
            await THING.one(session, "thing", thing_id=row.id)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await things.rows("select id from thing") == []


async def _settings(reading: Reading) -> tuple[dict[str, str], dict[str, str]]:
    """As a statement sees them, and as SQLAlchemy does."""
    raw = {
        each: (await Statement(setting(each), Told).many(reading))[0].value for each in SETTINGS
    }
    usual = {each: (await many(reading, setting(each), Told))[0].value for each in SETTINGS}
    return raw, usual


async def test_a_statement_sees_the_settings_that_every_other_read_sees(things: Things) -> None:
    async with things.database.reading() as reader:
        raw, usual = await _settings(reader)
        assert raw == usual
    async with things.database.transaction() as session:
        assert await _settings(session) == (usual, usual)
    assert (usual["jit"], usual["random_page_cost"]) == ("off", "1.1")
    assert usual["TimeZone"] == things.app.state.settings.time_zone


async def test_a_reader_is_in_no_transaction_after_a_statement(things: Things) -> None:
    """Otherwise it would hold back the vacuum, and show the next request rows of before."""
    async with things.database.reading() as reader:
        await Statement(BY_NAME, Thing).many(reader)
        driver = (await reader.get_raw_connection()).driver_connection
        assert driver is not None
        assert not driver.is_in_transaction()
        await things.make(1)
        assert len(await Statement(BY_NAME, Thing).many(reader)) == 1


SLEEP = select(func.pg_sleep(literal(30)), literal("the rest").label("value"))


async def test_a_connection_left_in_the_middle_of_an_answer_is_given_to_nobody(
    things: Things,
) -> None:
    async with things.database.reading() as reader:
        left = asyncio.create_task(Statement(SLEEP, Told).many(reader))
        await asyncio.sleep(0.2)
        left.cancel()
        with pytest.raises(asyncio.CancelledError):
            await left
    readers = await _all_readers(things)
    try:
        for each in readers:
            assert (await Statement(setting("jit"), Told).many(each))[0].value == "off"
    finally:
        for each in readers:
            await each.close()


async def _pid(reader: AsyncConnection) -> int:
    driver = (await reader.get_raw_connection()).driver_connection
    assert driver is not None
    return int(driver.get_server_pid())


async def _all_readers(things: Things) -> list[AsyncConnection]:
    return [await things.database.readers.connect() for _ in range(things.database.pool_size)]


async def _end(things: Things, *pids: int) -> None:
    for pid in pids:
        await things.rows("select pg_terminate_backend(:pid)", pid=pid)


async def test_connections_lost_while_nobody_used_them_are_replaced_unnoticed(
    things: Things,
) -> None:
    readers = await _all_readers(things)
    pids = [await _pid(each) for each in readers]
    for each in readers:
        await each.close()
    async with things.database.transaction() as session:
        for pid in pids:
            await session.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})
    await asyncio.sleep(0.1)  # until the driver notices
    async with things.database.reading() as reader:
        assert (await Statement(setting("jit"), Told).many(reader))[0].value == "off"
        assert await _pid(reader) not in pids


async def test_a_connection_lost_within_a_statement_is_replaced_for_the_next(
    things: Things,
) -> None:
    async with things.database.reading() as reader:
        pid = await _pid(reader)
        asking = asyncio.create_task(Statement(SLEEP, Told).many(reader))
        await asyncio.sleep(0.2)
        await _end(things, pid)
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
            await asking
        assert (await Statement(setting("jit"), Told).many(reader))[0].value == "off"
        assert await _pid(reader) != pid
    async with things.database.reading() as reader:
        assert (await many(reader, setting("jit"), Told))[0].value == "off"


async def test_a_connection_lost_between_two_statements_of_a_request_is_replaced(
    things: Things,
) -> None:
    async with things.database.reading() as reader:
        assert (await Statement(setting("jit"), Told).many(reader))[0].value == "off"
        await _end(things, await _pid(reader))
        await asyncio.sleep(0.1)  # until the driver notices
        assert (await Statement(setting("jit"), Told).many(reader))[0].value == "off"


async def test_what_a_driver_refuses_is_refused_as_sqlalchemys_refusal_is(things: Things) -> None:
    async with things.calling(principal(Role.ANALYST)) as http:
        beyond = await http.get("/v1/things?size=99999999999999")
        assert (beyond.status_code, beyond.json()["code"]) == (422, "value-unstorable")
        assert await things.rows(LOCKS) == []
        assert (await http.get("/v1/things?limit=1")).status_code == 200


LOCKS = "select pid from pg_locks where relation = cast('thing' as regclass)"


async def test_a_value_that_the_driver_refuses_leaves_no_lock_behind(things: Things) -> None:
    """The statement is prepared by then, and holds its tables until the connection is used again: a
    change of the table would wait for that."""
    work = Work(things.database)
    reader = work.reader = await things.database.readers.connect()
    with pytest.raises(DBAPIError):
        await reader.execute(
            text("select id from thing where size = cast(:n as int)"), {"n": 2**40}
        )
    assert await things.rows(LOCKS) != []
    await work.finish(well=False)
    assert await things.rows(LOCKS) == []


async def test_constants_are_given_along_and_a_parameter_that_is_not_given_is_an_error(
    things: Things,
) -> None:
    await things.make(1, 2)
    found = ALL.where(
        thing.name != "it's $1", thing.size.in_([1, 3]), thing.size == bindparam("s")
    )
    async with things.database.reading() as reader:
        assert [each.size for each in await Statement(found, Thing).many(reader, s=1)] == [1]
        assert await Statement(found, Thing).many(reader, s=2) == []
        with pytest.raises(KeyError, match="s"):
            await Statement(found, Thing).many(reader)
