"""What a read costs at least: asyncpg by hand behind a bare ASGI function, nothing checked."""

import os
from typing import Any
from uuid import UUID

import asyncpg
import orjson

COLUMNS = os.environ["BENCH_COLUMNS"]
ONE = f'select {COLUMNS} from "partner" where id = $1'
LIST = f'select {COLUMNS} from "partner" order by name, id limit 51'
pool: Any = None


async def app(scope: Any, receive: Any, send: Any) -> None:
    global pool  # noqa: PLW0603
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                pool = await asyncpg.create_pool(
                    os.environ["DATABASE_URL"].replace("+asyncpg", "")
                )
                await send({"type": "lifespan.startup.complete"})
            else:
                await send({"type": "lifespan.shutdown.complete"})
                return
    key = scope["path"].removeprefix("/v1/partners").strip("/")
    async with pool.acquire() as connection:
        if key:
            body = dict(await connection.fetchrow(ONE, UUID(key)))
        else:
            body = {"items": [dict(row) for row in await connection.fetch(LIST)]}
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": orjson.dumps(body, default=str)})
