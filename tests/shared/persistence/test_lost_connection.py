"""A connection that PostgreSQL ends is a database that is away, at whatever moment it happens."""

import asyncio

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from shared.http.answers import answer_refusals
from shared.persistence.database import is_away
from tests.shared.things import Things

TIMES = 20  # of ten, two hit the moment between the end and its being noticed


async def _use(connection: asyncpg.Connection) -> None:
    while True:
        await connection.fetchrow("select now()")


async def _lost(things: Things, number: int) -> Exception:
    connection = await asyncpg.connect(things.database.url)
    using = asyncio.create_task(_use(connection))
    await asyncio.sleep(0.002 * (number % 7))
    await things.rows(f"select pg_terminate_backend({connection.get_server_pid()})")
    [found] = await asyncio.gather(using, return_exceptions=True)
    assert isinstance(found, Exception)
    return found


async def test_a_connection_that_ends_at_any_moment_counts_as_a_database_that_is_away(
    things: Things,
) -> None:
    found = [await _lost(things, number) for number in range(TIMES)]
    assert [error for error in found if not is_away(error)] == []


async def test_a_login_that_the_database_refuses_counts_as_a_database_that_is_away(
    things: Things,
) -> None:
    """Between the change of a password and the new process, no new connection can be made."""
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError) as refused:
        await asyncpg.connect(things.database.url, user="nobody_of_this_name")
    assert is_away(refused.value)


async def test_a_request_whose_connection_ends_is_answered_with_a_time_to_come_again(
    things: Things,
) -> None:
    app = FastAPI()
    answer_refusals(app)

    @app.get("/{number}")
    async def use(number: int) -> None:
        raise await _lost(things, number)

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
        answers = [await http.get(f"/{number}") for number in range(TIMES)]
    assert {answer.status_code for answer in answers} == {503}
