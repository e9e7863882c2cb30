"""One account has few streams of events open, of whichever kind; a closed stream makes room."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import uuid4

import orjson
import pytest

from tests.gateway.services import Network, network, token
from tests.promised import promise

LIVE = "/v1/stream"
PROGRESS = f"/v1/imports/{uuid4()}/progress"


@asynccontextmanager
async def opened(net: Network, path: str, authorization: str) -> AsyncIterator[tuple[int, bytes]]:
    """A connection that is held open: its status and first bytes."""
    began: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    gone = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1",
        "method": "GET", "scheme": "http", "path": path, "raw_path": path.encode(),
        "query_string": b"", "root_path": "", "client": ("127.0.0.1", 1), "server": ("gateway", 80),
        "headers": [(b"host", b"gateway"), (b"authorization", authorization.encode())],
    }  # fmt: skip
    answering = asyncio.create_task(net.app(scope, receive, began.put))
    start, body = await began.get(), await began.get()
    yield start["status"], body["body"]
    gone.set()
    await answering


def signed_in(name: str) -> str:
    return f"Bearer {token(name)}"


@promise(
    "Requests",
    "One account holds few event streams open, of whichever kind; a closed stream makes room.",
)
@pytest.mark.parametrize("path", [LIVE, PROGRESS], ids=["live", "progress"])
async def test_an_account_has_no_more_event_streams_open_than_the_limit(path: str) -> None:
    async with network(streams_per_account=2) as (net, _), AsyncExitStack() as held:
        ann = net.admit("operator")
        net.gateway.imports._known[PROGRESS.split("/")[3]] = "students"
        net.set("students", PROGRESS, raw=b": waiting\n\n", kind="text/event-stream", endless=True)
        first = AsyncExitStack()
        one = await first.enter_async_context(opened(net, path, signed_in("ann")))
        two = await held.enter_async_context(opened(net, LIVE, signed_in("ann")))
        async with opened(net, path, signed_in("ann")) as (status, body):
            refused = orjson.loads(body)
        assert (one[0], two[0], status) == (200, 200, 429)
        assert (refused["code"], refused["status"]) == ("streams-too-many", 429)

        net.admit("operator")  # another account
        async with opened(net, path, signed_in("ben")) as (others, _):
            assert others == 200

        await first.aclose()
        net.set("partners", "/internal/memberships", [ann])
        net.gateway.callers.forget()
        async with opened(net, path, signed_in("ann")) as (again, _):
            assert again == 200
