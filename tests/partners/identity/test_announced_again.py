"""An upgrade announces the memberships in force again, for a copy of them in students."""

import os
from collections.abc import AsyncIterator

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from shared.contracts.partners.membership import MembershipGranted
from shared.persistence.migrations import upgrade
from tests.databases import create, drop
from tests.servers import Servers

ACCOUNT = "insert into account (id, issuer, subject) values (gen_random_uuid(), 'i', 's')"
MEMBERSHIPS = """
    insert into membership (id, version, created_at, updated_at, account_id, role, status)
    select gen_random_uuid(), 1, now(), now(), account.id, role, status
    from account, (values ('analyst', 'live'), ('backbone', 'ended')) as given(role, status)
"""


@pytest.fixture
async def earlier(running: Servers) -> AsyncIterator[str]:
    """The address of a database of partners, as the release before left it."""
    name = f"test_announced_again_{os.getpid()}"
    url = await create(running.database_url, name)
    await upgrade(url, "partners", "0007")
    yield url
    await drop(running.database_url, name)


async def test_an_upgrade_announces_each_membership_in_force_with_its_next_version(
    earlier: str,
) -> None:
    engine = create_async_engine(earlier)
    async with engine.begin() as connection:
        await connection.execute(text(ACCOUNT))
        await connection.execute(text(MEMBERSHIPS))
    await upgrade(earlier, "partners")
    async with engine.begin() as connection:
        [event] = (await connection.execute(text("select * from outbox"))).mappings().all()
        found = await connection.execute(text("select role, version from membership"))
        versions = {role: version for role, version in found}  # noqa: C416
    await engine.dispose()
    granted = MembershipGranted.model_validate(orjson.loads(event["data"]))
    assert (event["type"], event["aggregate_version"]) == (MembershipGranted.type, 2)
    assert (event["aggregate_id"], granted.role) == (granted.membership_id, "analyst")
    assert versions == {"analyst": 2, "backbone": 1}
