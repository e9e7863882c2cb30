"""A gate before a server: shut, it is as if the server were away."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from sqlalchemy.engine import make_url

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Gate:
    """Passes bytes to `reach` while open; when shut, ends what is open and takes nothing new."""

    def __init__(self, reach: Callable[[], Awaitable[Streams]]) -> None:
        self._reach = reach
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        self._server = None

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            far_reader, far_writer = await self._reach()
            both = {writer, far_writer}
            self._writers |= both
            await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
            self._writers -= both


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def gated_database(address: str) -> AsyncIterator[tuple[str, Gate]]:
    """The address through the gate, and the gate."""
    url = make_url(address)
    folder = url.query.get("host")
    port = url.port or 5432

    async def reach() -> Streams:
        if folder:
            return await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.{port}")
        return await asyncio.open_connection(url.host, port)

    gate = Gate(reach)
    await gate.open()
    through = url.set(host="127.0.0.1", port=gate.port, query={})
    try:
        yield through.render_as_string(hide_password=False), gate
    finally:
        await gate.shut()


@asynccontextmanager
async def gated_broker(address: str) -> AsyncIterator[tuple[str, Gate]]:
    host, _, port = address.removeprefix("nats://").partition(":")
    gate = Gate(lambda: asyncio.open_connection(host, int(port)))
    await gate.open()
    try:
        yield f"nats://127.0.0.1:{gate.port}", gate
    finally:
        await gate.shut()
