"""Migrations make exactly the tables of the code, and keep the rows that were there."""

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine

from shared.persistence.migrations import SERVICES, config, tables_of, upgrade
from shared.persistence.revisions import is_newest
from tests.databases import create, drop
from tests.promised import promise
from tests.servers import Servers


@pytest.fixture(params=SERVICES)
async def empty(
    running: Servers, request: pytest.FixtureRequest
) -> AsyncIterator[tuple[str, str]]:
    """A service and the address of an empty database."""
    service: str = request.param
    name = f"test_migrate_{service}_{os.getpid()}"
    yield service, await create(running.database_url, name)
    await drop(running.database_url, name)


async def looking(url: str, look: Any) -> Any:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        answer = await connection.run_sync(look)
    await engine.dispose()
    return answer


@promise("The house", "Migrations give exactly the tables of the code.")
async def test_migrations_make_exactly_the_tables_of_the_code(empty: tuple[str, str]) -> None:
    service, url = empty
    await upgrade(url, service)

    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [
            change
            for change in compare_metadata(context, tables_of(service))
            if "alembic_version" not in str(change)
        ]

    assert await looking(url, differences) == []


@promise("The house", "An upgrade keeps the rows that were there.")
async def test_an_upgrade_from_every_earlier_revision_keeps_the_rows(
    empty: tuple[str, str],
) -> None:
    """A row in every table that can hold one by itself, at each revision; then upwards."""
    service, url = empty

    def revisions(connection: Connection) -> list[str]:
        script = ScriptDirectory.from_config(config(service, connection))
        return [revision.revision for revision in script.walk_revisions()][::-1]

    for revision in await looking(url, revisions):
        assert not await is_newest(_plain_address(url), service)
        await upgrade(url, service, revision)
        await looking(url, _fill)
    assert await is_newest(_plain_address(url), service)
    before = await looking(url, _counts)
    await upgrade(url, service)
    after = await looking(url, _counts)
    assert before
    assert {table: after.get(table) for table in before} == before


async def test_several_processes_may_upgrade_at_once(empty: tuple[str, str]) -> None:
    service, url = empty
    await asyncio.gather(*(upgrade(url, service) for _ in range(3)))


async def test_a_database_of_a_later_release_is_not_at_the_newest_revision(
    empty: tuple[str, str],
) -> None:
    service, url = empty
    await upgrade(url, service)

    def follow(connection: Connection) -> None:
        connection.execute(text("update alembic_version set version_num = '9999'"))

    await looking(url, follow)
    assert not await is_newest(_plain_address(url), service)


def _plain_address(url: str) -> str:
    return url.replace("+asyncpg", "")


def _tables(connection: Connection) -> MetaData:
    there = MetaData()
    there.reflect(connection)
    return there


def _counts(connection: Connection) -> dict[str, int]:
    counted = {
        name: int(connection.execute(text(f'select count(*) from "{name}"')).scalar_one())
        for name in _tables(connection).tables
        if name != "alembic_version"
    }
    return {name: count for name, count in counted.items() if count}


def _fill(connection: Connection) -> None:
    """A row of plain values in each table; where constraints forbid it, none."""
    for table in _tables(connection).sorted_tables:
        if table.name == "alembic_version":
            continue
        row = {
            column.name: _plain(str(column.type))
            for column in table.columns
            if not column.nullable and column.computed is None and column.identity is None
        }
        names = ", ".join(f'"{name}"' for name in row)
        values = ", ".join(row.values())
        try:
            with connection.begin_nested():
                connection.execute(text(f'insert into "{table.name}" ({names}) values ({values})'))
        except Exception:  # a foreign key or a check that plain values do not meet
            continue


def _plain(kind: str) -> str:
    plain = {
        "UUID": "gen_random_uuid()", "TIMESTAMP": "now()", "DATE": "current_date",
        "INTEGER": "1", "BIGINT": "1", "SMALLINT": "1", "BOOLEAN": "true", "JSONB": "'{}'",
        "BYTEA": "'x'", "DOUBLE PRECISION": "1", "NUMERIC": "1", "FLOAT": "1", "TIME": "'10:00'",
    }  # fmt: skip
    return next((value for name, value in plain.items() if kind.startswith(name)), "'x'")
