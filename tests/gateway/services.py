"""Stand-ins for the network: four small HTTP servers that answer what a test tells them to."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import uuid4

import httpx
from aiohttp import web
from joserfc import jws
from joserfc.jwk import OKPKey

from gateway.app import create_gateway, make
from shared.core.settings import Environment, Settings
from tests.houses import GRANT_KEYS, PRINCIPAL_KEYS


def a_key(kid: str) -> str:
    return json.dumps(OKPKey.generate_key("Ed25519", {"kid": kid}).as_dict(private=True))


MANY = {
    "/internal/pictures": "picture", "/internal/assignments": "assignments",
    "/internal/measures": "measures",
}  # fmt: skip
"""Of each question about many children the last word of the question about one."""
DEV_KEY, ACCESS_KEY = a_key("dev"), a_key("own")
ADDRESS = "http://gateway"
PAUSE_SECONDS = 0.05


@dataclass
class Answer:
    status: int = 200
    body: Any = None
    seconds: float = 0.0
    raw: bytes | None = None
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    endless: bool = False


@dataclass
class Network:
    """`answers[service][path]`; every request is kept in `asked`. A question about many children is
    answered by the answers about one, unless the service is `of_the_release_before`."""

    of_the_release_before: ClassVar[frozenset[str]] = frozenset()

    answers: dict[str, dict[str, Answer]] = field(default_factory=dict)
    asked: list[tuple[str, web.Request]] = field(default_factory=list)
    app: Any = None
    gateway: Any = None
    one_at_a_time: asyncio.Lock | None = None

    def set(self, service: str, path: str, body: Any = None, **more: Any) -> None:
        self.answers.setdefault(service, {})[path] = Answer(body=body, **more)

    def paths(self, service: str) -> list[str]:
        return [request.path for name, request in self.asked if name == service]

    def admit(self, role: str, **more: Any) -> dict[str, Any]:
        """Everybody who signs in is this."""
        membership = {
            "membership_id": str(uuid4()),
            "account_id": str(uuid4()),
            "role": role,
        } | more
        self.set("partners", "/internal/memberships", [membership])
        return membership

    async def handle(self, service: str, request: web.Request) -> web.StreamResponse:
        await request.read()
        self.asked.append((service, request))
        if request.path in MANY and service not in self.of_the_release_before:
            return await self._together(service, request)
        answer = self.answers.get(service, {}).get(request.path)
        if answer is None:
            problem = {"type": "urn:problem:none", "title": "Not found", "status": 404,
                       "code": "none", "detail": "None."}  # fmt: skip
            return web.json_response(problem, status=404)
        async with self.one_at_a_time or contextlib.nullcontext():
            await asyncio.sleep(answer.seconds)
        body = _written(answer)
        if answer.endless:
            stream = web.StreamResponse(headers={"Content-Type": answer.kind})
            await stream.prepare(request)
            with contextlib.suppress(ConnectionResetError):  # the reader is gone
                while True:
                    await stream.write(body)
                    await asyncio.sleep(PAUSE_SECONDS)
            return stream
        return web.Response(
            body=body,
            status=answer.status,
            headers=answer.headers,
            content_type=answer.kind,
        )

    async def _together(self, service: str, request: web.Request) -> web.Response:
        """What fails, or is no answer of ours, for one child is so for the whole question."""
        one, known = MANY[request.path], self.answers.get(service, {})
        children = [item["student_id"] for item in (await request.json())["items"]]
        none = Answer(404, problem(404, "none"))
        answers = [known.get(f"/internal/students/{child}/{one}") or none for child in children]
        async with self.one_at_a_time or contextlib.nullcontext():
            await asyncio.sleep(max(answer.seconds for answer in answers))
        bodies, withheld = [], {}
        for n, answer in enumerate(answers):
            if answer.raw is not None or answer.status >= 500:
                return web.Response(body=_written(answer), status=answer.status)
            told = dict(answer.body)
            if one == "picture" and answer.status == 200:
                told.pop("grant")
                withheld[str(n)] = told.pop("withheld", {})
            bodies.append((answer.status, json.dumps(told, separators=(",", ":")).encode()))
        head = {"answers": [(status, len(body)) for status, body in bodies]}
        if one == "picture":
            head |= {"withheld": withheld, "grants": "many.grants.signed"}
        body = b"\n".join((json.dumps(head).encode(), b"".join(body for _, body in bodies)))
        return web.Response(body=body)


def problem(status: int, code: str, detail: str = "No.") -> dict[str, Any]:
    return {"type": f"urn:problem:{code}", "title": "t", "status": status, "code": code,
            "detail": detail}  # fmt: skip


def _written(answer: Answer) -> bytes:
    return answer.raw if answer.raw is not None else json.dumps(answer.body).encode()


def token(sub: str = "somebody", key: str = DEV_KEY, header: Any = None, **claims: Any) -> str:
    """An access token of the development issuer, with whatever a test wants otherwise."""
    now = int(time.time())
    made = {"iss": f"{ADDRESS}/dev", "sub": sub, "aud": ADDRESS, "iat": now,
            "exp": now + 600} | claims  # fmt: skip
    made = {name: value for name, value in made.items() if value is not None}
    head = {"alg": "Ed25519", "typ": "at+jwt", "kid": "dev"} if header is None else header
    return jws.serialize_compact(
        head, json.dumps(made).encode(), OKPKey.import_key(json.loads(key)),
        algorithms=[head["alg"]],
    )  # fmt: skip


def settings(**more: Any) -> Settings:
    known = {
        "environment": Environment.LOCAL,
        "development_issuer_key": DEV_KEY,
        "principal_private_key": PRINCIPAL_KEYS[0],
        "principal_public_key": PRINCIPAL_KEYS[1],
        "grant_public_key": GRANT_KEYS[1],
        "access_token_private_key": ACCESS_KEY,
        "public_url": ADDRESS,
        "nats_url": "nats://127.0.0.1:1",
    }
    return Settings(**{**known, **more})


@asynccontextmanager
async def network(**more: Any) -> AsyncIterator[tuple[Network, httpx.AsyncClient]]:
    """The gateway in front of four answering servers, and a client of the gateway."""
    made = Network()
    addresses, runners = {}, []
    for name in ("partners", "students", "resources", "outcomes"):
        app = web.Application(client_max_size=2**30)
        app.router.add_route("*", "/{path:.*}", _handler(made, name))
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        addresses[f"{name}_url"] = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"
        runners.append(runner)
    known = settings(**{**addresses, **more})
    app = made.app = create_gateway(lambda: known)
    made.gateway = app.state.gateway = make(known)
    made.gateway.places.update(
        partners="partners", students="students", resources="resources", assignments="resources"
    )
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    try:
        async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
            client.headers["Authorization"] = f"Bearer {token()}"
            yield made, client
    finally:
        await made.gateway.upstream.close()
        for runner in runners:
            await runner.cleanup()


def _handler(made: Network, name: str) -> Any:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await made.handle(name, request)

    return handle
