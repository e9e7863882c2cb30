"""Asks the gateway as somebody: every page of a list, POST once, an import until it is done."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

PAGE = 200
AT_ONCE = 8
SECONDS = 60.0
PAUSE_SECONDS = 0.2
IMPORT_SECONDS = 300.0
HEARD_SECONDS = 60.0
BUSY_SECONDS = 60.0
Json = dict[str, Any]
T = TypeVar("T")


class NotLoaded(Exception):
    """Why the demonstration could not be loaded; a sentence for a person. `code`: the refusal's."""

    def __init__(self, why: str, code: str = "") -> None:
        super().__init__(why)
        self.code = code


def client(address: str, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    return httpx.AsyncClient(base_url=address, timeout=SECONDS, limits=limits, transport=transport)


@dataclass(frozen=True)
class Caller:
    """Somebody who is signed in. `free` bounds how much is asked at once, by all together."""

    http: httpx.AsyncClient
    token: str
    free: asyncio.Semaphore

    async def get(self, path: str, **query: Any) -> Json:
        return await self._one("GET", path, params=query)

    async def every(self, path: str, **query: Any) -> list[Json]:
        """All items of a list."""
        found: list[Json] = []
        cursor: str | None = None
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = await self.get(path, limit=PAGE, **query, **more)
            found += page["items"]
            cursor = page["next"]
            if cursor is None:
                return found

    async def whole(self, path: str) -> list[Json]:
        """Of a route that answers with all items at once."""
        return list(await self._ask("GET", path))

    async def post(self, path: str, body: Json, once: str = "", version: int = 0) -> Json:
        """`once` names what is done: a second time it is answered and not done again."""
        headers = {"Idempotency-Key": f"demonstration {once}".replace(" ", "-")} if once else {}
        return await self._one("POST", path, json=body, headers=headers | _matching(version))

    async def put(self, path: str, body: Json, version: int = 0) -> Json:
        return await self._one("PUT", path, json=body, headers=_matching(version))

    async def patch(self, path: str, body: Json, version: int) -> Json:
        return await self._one("PATCH", path, json=body, headers=_matching(version))

    async def imported(
        self, kind: str, file: tuple[str, bytes], shown: Callable[[float], None]
    ) -> Json:
        """Upload a file and wait until it is loaded. Raises NotLoaded where it is refused."""
        job = await self._one("POST", f"/v1/imports/{kind}", files={"file": file})
        async with asyncio.timeout(IMPORT_SECONDS):
            while job["state"] in {"queued", "running"}:
                await asyncio.sleep(PAUSE_SECONDS)
                job = await self.get(f"/v1/imports/{job['id']}")
                shown(job["progress"])
        if job["state"] != "done":
            raise NotLoaded(f"{kind}: {job['problem_count']} problems: {job['problems'][:3]}")
        return job

    async def _one(self, method: str, path: str, **more: Any) -> Json:
        found: Json = await self._ask(method, path, **more)
        return found

    async def _ask(self, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        answer = await self._answer(method, path, headers=headers, **more)
        known = answer.content and "json" in answer.headers.get("content-type", "")
        found = answer.json() if known else {}
        if answer.is_error:
            why = f"{method} {path}: {answer.status_code} {answer.text[:500]}"
            raise NotLoaded(why, str(found.get("code", "")))
        return found

    async def _answer(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Asked again for a while where a busy service did not answer, or somebody changed the same
        at the same moment, and no harm can come of it."""
        harmless = method in {"GET", "PUT"} or "Idempotency-Key" in more["headers"]
        until = time.monotonic() + BUSY_SECONDS
        while True:
            answer = await self._once(method, path, **more)
            again = answer.status_code == httpx.codes.SERVICE_UNAVAILABLE or (
                answer.status_code == httpx.codes.CONFLICT and b'"state-changed"' in answer.content
            )
            if not (again and harmless and time.monotonic() < until):
                return answer
            await asyncio.sleep(PAUSE_SECONDS)

    async def _once(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            async with self.free:
                return await self.http.request(method, path, **more)
        except httpx.TransportError as error:
            raise NotLoaded(f"{method} {path}: the gateway is away ({error!r})") from error


async def when_heard(ask: Callable[[], Awaitable[T]], *codes: str) -> T:
    """Services hear of each other's changes a moment later: ask again while it is refused with
    one of these codes."""
    until = time.monotonic() + HEARD_SECONDS
    while True:
        try:
            return await ask()
        except NotLoaded as refused:
            if refused.code not in codes or time.monotonic() > until:
                raise
            await asyncio.sleep(PAUSE_SECONDS)


async def together(work: Iterable[Awaitable[Any]], shown: Callable[[float], None]) -> list[Any]:
    """All at once, as far as callers let; the answers in order. Shows how many are done."""
    done = 0

    async def counted(one: Awaitable[Any]) -> Any:
        nonlocal done
        answer = await one
        done += 1
        shown(done / len(tasks))
        return answer

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(counted(one)) for one in work]
    return [task.result() for task in tasks]


def _matching(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'} if version else {}
