"""Calls every route of the gateway's own as every role, and reads the table of permitted roles.

`python -m tests.access.gateway_roles` writes down what it answers today; whoever does so reads the
difference before it is committed.
"""

import asyncio
import json
from pathlib import Path
from uuid import uuid4

import httpx
from fastapi.routing import iter_route_contexts

from shared.security.principal import Role
from tests.access.roles import REFUSED, address, code
from tests.gateway.services import Network, network
from tests.promises.test_routes import Route

TABLE = Path(__file__).parent / "gateway_roles.json"
PASSED = "/v1/{path:path}"  # to the services, which are asked in test_roles.py
ROLES = [role for role in Role if role is not Role.GATEWAY]
STREAM_SECONDS = 0.3
"""A stream of events begins, and does not end: it was let in."""


def own_routes(net: Network) -> list[Route]:
    return [
        Route("gateway", method, context.path, context)
        for context in iter_route_contexts(net.app.routes)
        if context.path.startswith("/v1/") and context.path != PASSED
        for method in sorted(context.methods or ())
    ]


async def admitted(net: Network, client: httpx.AsyncClient, route: Route, role: Role) -> bool:
    net.admit(role, partner_id=str(uuid4()), person_id=str(uuid4()))
    headers = dict(client.headers)
    if role is Role.PUBLIC:
        del headers["authorization"]
    asking = httpx.Request(route.method, f"{client.base_url}{address(route)}", headers=headers)
    net.gateway.callers.forget()
    try:
        async with asyncio.timeout(STREAM_SECONDS):
            answer = await client.send(asking)
    except TimeoutError:
        return True
    assert answer.status_code != 500, (route, role, answer.text)
    return (answer.status_code, code(answer)) not in REFUSED


async def asked() -> dict[str, list[str]]:
    async with network() as (net, client):
        return {
            f"{route.method} {route.path}": [
                role for role in ROLES if await admitted(net, client, route, role)
            ]
            for route in own_routes(net)
        }


if __name__ == "__main__":
    TABLE.write_text(json.dumps(dict(sorted(asyncio.run(asked()).items())), indent=1) + "\n")
