"""What an answer costs at least: a bare ASGI function that says so many bytes, and the same question
by asyncpg as SQL alone, answered as JSON. Nothing is checked, decided or written down.

STATEMENTS is JSON: of each name the service whose database it asks, the SQL and its arguments.
"""

import os
from typing import Any

import asyncpg
import orjson

STATEMENTS: dict[str, tuple[str, list[tuple[str, list[Any]]]]] = orjson.loads(
    os.environ["STATEMENTS"]
)
HEADERS = [(b"content-type", b"application/json")]
pools: dict[str, Any] = {}


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    _, kind, wanted = scope["path"].split("/")
    if kind == "bare":
        body = b"x" * int(wanted)
    else:
        service, statements = STATEMENTS[wanted]
        found = []
        async with pools[service].acquire() as connection:
            for sql, given in statements:
                found.append([dict(row) for row in await connection.fetch(sql, *given)])
        body = orjson.dumps(found, default=str)
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": body})


async def _live(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            for service in {service for service, _ in STATEMENTS.values()}:
                url = os.environ[f"{service}_database".upper()]
                pools[service] = await asyncpg.create_pool(url, server_settings={"jit": "off"})
            await send({"type": "lifespan.startup.complete"})
        else:
            await send({"type": "lifespan.shutdown.complete"})
            return
