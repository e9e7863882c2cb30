"""A child's picture against its bare statement, in CPU of this process per request.

`python -m tests.bench.bench_picture` prints both and their ratio; the service is called at its
ASGI entrance, so that no client's work is counted.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import asyncpg

from services.students.pictures.queries import WHOLE
from shared.principal import Principal
from tests.houses import SIGNER, House, open_house, settings_for
from tests.servers import servers
from tests.students.support import DISTRICT
from tests.students.test_picture_routes import a_whole_child

ROUNDS = 5
REQUESTS = 200


async def main() -> None:
    with servers() as running:
        name = f"bench_picture_{uuid4().hex[:8]}"
        url = running.database_url.format(database=name)
        admin = await asyncpg.connect(_plain(running.database_url.format(database="postgres")))
        await admin.execute(f'create database "{name}"')
        house = await open_house("students", settings_for(url, running.nats_url))
        child, teacher, _ = await a_whole_child(house)
        connection = await asyncpg.connect(_plain(url))
        await connection.execute("analyze")
        sql = WHOLE.element.text.replace(":student_id", "$1").replace("\\:", ":")
        statement = await connection.prepare(sql)

        async def bare() -> None:
            await statement.fetchrow(child)

        raw = await _steady(bare)
        print(f"bare statement: {raw:.0f} µs")
        for caller in (DISTRICT, teacher):
            whole = await _steady(_asking(house, caller, child))
            print(f"picture for {caller.role}: {whole:.0f} µs, ratio {whole / raw:.1f}")
        await connection.close()
        await house.database.close()
        await admin.close()


def _asking(house: House, caller: Principal, child: UUID) -> Callable[[], Awaitable[None]]:
    path = f"/internal/students/{child}/picture"
    token = SIGNER.token(caller, "students")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "path": path, "raw_path": path.encode(), "root_path": "", "query_string": b"",
        "scheme": "http", "server": ("service", 80), "client": ("here", 1),
        "headers": [(b"authorization", f"Bearer {token}".encode())],
    }  # fmt: skip

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        if message.get("status", 200) != 200:
            raise SystemExit(str(message))

    async def ask() -> None:
        await house.app({**scope}, receive, send)  # type: ignore[arg-type]

    return ask


async def _steady(work: Callable[[], Awaitable[None]]) -> float:
    """Microseconds of CPU each: the best of several rounds."""
    rounds = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        for _ in range(REQUESTS):
            await work()
        rounds.append((time.process_time() - begin) / REQUESTS * 1e6)
    return min(rounds)


def _plain(url: str) -> str:
    return url.replace("+asyncpg", "")


if __name__ == "__main__":
    asyncio.run(main())
