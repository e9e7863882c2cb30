"""Calls every route of a service as every role, and reads the table of permitted roles.

`python -m tests.access.roles` writes down what the services answer today; whoever does so reads
the difference before it is committed.
"""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

from shared.security.principal import Role
from tests.houses import House, principal
from tests.promises.test_routes import Route, routes_of

TABLE = Path(__file__).parent / "roles.json"
VALUES = {"day": "2026-01-05", "role": "guardian", "year": "2026"}
REFUSED = {(401, "sign-in-required"), (403, "permission-missing")}


def table() -> dict[str, dict[str, list[str]]]:
    """service → route → the roles that may ask for it at all."""
    read: dict[str, dict[str, list[str]]] = json.loads(TABLE.read_text())
    return read


def address(route: Route) -> str:
    parts = [
        VALUES.get(part[1:-1], str(uuid4())) if part.startswith("{") else part
        for part in route.path.split("/")
    ]
    return "/".join(parts)


async def admitted(house: House, route: Route, role: Role) -> bool:
    """Whether the role gets past the permission; what it gets then is the query's affair."""
    caller = principal(role, partner_id=uuid4(), person_id=uuid4())
    async with house.calling(caller) as http:
        answer = await http.request(route.method, address(route), headers={"If-Match": '"1"'})
    assert answer.status_code != 500, (route, role, answer.text)
    return (answer.status_code, code(answer)) not in REFUSED


def code(answer: Any) -> str:
    body = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    return str(body.get("code")) if isinstance(body, dict) else ""


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


async def asked(house: House) -> dict[str, list[str]]:
    return {
        named(route): [role for role in Role if await admitted(house, route, role)]
        for route in routes_of(house.name)
    }


async def _write() -> None:
    from tests.houses import open_house, settings_for
    from tests.promises.sources import SERVICES
    from tests.servers import servers

    found: dict[str, Any] = {}
    with servers() as running:
        for name in SERVICES:
            url = running.database_url.format(database="postgres")
            house = await open_house(name, settings_for(url, running.nats_url))
            found[name] = dict(sorted((await asked(house)).items()))
            async with house.database.readers.begin() as connection:
                from sqlalchemy import text

                await connection.execute(text("drop schema public cascade"))
                await connection.execute(text("create schema public"))
            await house.database.close()
    TABLE.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    asyncio.run(_write())
