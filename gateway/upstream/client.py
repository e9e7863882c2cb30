"""Asking the services: one pooled client, a deadline, and an answer that distinguishes present,
absent, refused and down."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson
from yarl import URL

from gateway.upstream.replicas import Replicas
from shared.core.refusals import Problem, Refusal, Unavailable
from shared.core.settings import Settings
from shared.core.telemetry import traceparent
from shared.core.trust import trusting
from shared.http.entrance import SAYS_WHO
from shared.security.principal import THE_GATEWAY, Principal, PrincipalSigner

SERVICES = ("partners", "students", "resources", "outcomes")
VIEW_SECONDS = 2.0  # for a part that the answer can do without
NEED_SECONDS = 5.0  # for one without which there is no answer: a late one is better than none
PASS_SECONDS = 30.0
CONNECT_SECONDS = 1.0  # a busy machine may keep a process waiting for a quarter of a second
LINK_BYTES = 32 * 1024  # a page may have links for the statements of as many children
CONNECTIONS = 100  # to each replica
KEPT_SECONDS = (
    4  # unused; shorter than a service keeps it, and than a leaving service goes on answering
)
STREAM = "text/event-stream"
# Questions of views to one service at once. The others wait here, before their deadline starts. A
# service has one core: with more questions at once it is not faster, and answers all too late.
AT_ONCE = 16
WAIT_SECONDS = 8.0

Asked = Mapping[str, str] | Sequence[tuple[str, str]] | None
AWAY = (aiohttp.ClientError, OSError)  # TimeoutError is an OSError


class Mistaken(OSError):
    """Another service answers at the address: restarted containers may exchange addresses. It has
    done nothing, since it accepts no principal that is not signed for it."""


UNREACHED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, Mistaken)


class Passed(Refusal):
    """A service's refusal, passed on word for word."""

    def __init__(self, problem: Problem, headers: dict[str, str] | None = None) -> None:
        super().__init__(problem.code, problem.detail, problem.errors, headers)
        self.status = problem.status
        self.title = problem.title


@dataclass(frozen=True)
class Reply:
    """A service's answer, unread."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    service: str = ""

    @property
    def good(self) -> bool:
        return self.status < 400  # noqa: PLR2004

    def json(self) -> Any:
        """The answer as JSON. Raises Unavailable where it is not JSON: another program answers
        instead."""
        try:
            return orjson.loads(self.body)
        except ValueError as error:
            raise down(self.service) from error

    def refusal(self, service: str) -> Refusal:
        """The service's refusal. A service whose answer cannot be read counts as down."""
        try:
            problem = Problem.model_validate_json(self.body)
        except ValueError:
            return down(service)
        if problem.status >= 500:  # noqa: PLR2004
            return down(service)
        return Passed(problem)


def down(service: str) -> Refusal:
    return Unavailable("service-away", f"The {service} service does not answer; try again.")


class Upstream:
    """The four services, as the gateway asks them."""

    def __init__(self, settings: Settings, signer: PrincipalSigner) -> None:
        self.replicas = {name: Replicas(getattr(settings, f"{name}_url")) for name in SERVICES}
        self._signer = signer
        self._trust = trusting(settings.services_ca_file)
        self._places = {name: asyncio.Semaphore(AT_ONCE) for name in SERVICES}
        self.http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0, limit_per_host=CONNECTIONS, keepalive_timeout=KEPT_SECONDS
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            max_field_size=LINK_BYTES,
            auto_decompress=False,
            skip_auto_headers=("User-Agent", "Accept-Encoding", "Content-Type"),
        )

    async def close(self) -> None:
        await self.http.close()

    def token(self, caller: Principal, service: str) -> str:
        """The signed statement of who is asking."""
        return self._signer.token(caller, service)

    def headers(self, service: str, caller: Principal) -> dict[str, str]:
        """The headers that name the caller and the trace."""
        made = {"Authorization": f"Bearer {self.token(caller, service)}"}
        trace = traceparent()
        if trace is not None:
            made["traceparent"] = trace
        return made

    async def get(
        self,
        service: str,
        path: str,
        caller: Principal,
        params: Asked = None,
        grant: str | None = None,
        seconds: float = VIEW_SECONDS,
    ) -> Reply:
        """The service's answer to a question without effect, repeated if need be. Raises
        Unavailable where there is none within `seconds` of its turn."""
        headers = self.headers(service, caller)
        if grant is not None:
            headers["Grant"] = grant
        try:
            async with self._place(service):
                answer, body = await self.send(
                    service, "GET", path, again=True, seconds=seconds, headers=headers,
                    params=params,
                )  # fmt: skip
        except AWAY as error:
            raise down(service) from error
        return Reply(answer.status, answer.headers, body, service)

    async def ask(self, service: str, path: str, body: Any, seconds: float) -> Reply:
        """The service's answer to a question of the gateway for many callers, whose tokens are in the
        body. Repeated if need be, and raises, as `get`."""
        headers = self.headers(service, THE_GATEWAY) | {"Content-Type": "application/json"}
        try:
            async with self._place(service):
                answer, said = await self.send(
                    service, "POST", path, again=True, seconds=seconds, headers=headers,
                    data=orjson.dumps(body),
                )  # fmt: skip
        except AWAY as error:
            raise down(service) from error
        return Reply(answer.status, answer.headers, said, service)

    async def post(self, service: str, path: str, caller: Principal, body: Any) -> Reply:
        """The service's answer to a request with an effect, sent once. Raises Unavailable."""
        headers = self.headers(service, caller) | {"Content-Type": "application/json"}
        try:
            async with self._places[service]:
                answer, said = await self.send(
                    service, "POST", path, again=False, seconds=VIEW_SECONDS, headers=headers,
                    data=orjson.dumps(body),
                )  # fmt: skip
        except AWAY as error:
            raise down(service) from error
        return Reply(answer.status, answer.headers, said, service)

    async def send(
        self, service: str, method: str, path: str, *, again: bool, seconds: float | None,
        unreached: bool = True, **asked: Any,
    ) -> tuple[aiohttp.ClientResponse, bytes]:  # fmt: skip
        """A replica's answer, and its body unless it is a stream. Another replica is asked where
        the first was never reached, so that nothing can have happened (not if `unreached` is false:
        the body can be read only once). One is also asked where the answer was lost and the request
        may be sent `again`. Raises AWAY."""
        replicas = self.replicas[service]
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS)
        for last in (False, False, True):
            address = await replicas.next()
            try:
                answer = await self.http.request(
                    # The path is encoded already; the client library would resolve its dots.
                    method, URL(address + path, encoded=True), timeout=timeout,
                    allow_redirects=False, server_hostname=replicas.name, ssl=self._trust, **asked,
                )  # fmt: skip
                if answer.headers.get(SAYS_WHO, service) != service:
                    answer.close()
                    raise Mistaken(address)
                replicas.heed(address, answer.headers)
                return answer, b"" if answer.content_type == STREAM else await answer.read()
            except UNREACHED:
                replicas.avoid(address)
                if last or not unreached:
                    raise
            except TimeoutError:  # has used up all the time
                raise
            except aiohttp.ClientError:
                replicas.avoid(address)
                if last or not again:
                    raise
        raise OSError(service)

    @asynccontextmanager
    async def _place(self, service: str) -> AsyncIterator[None]:
        """One of AT_ONCE places. Raises TimeoutError where none is free within WAIT_SECONDS."""
        places = self._places[service]
        async with asyncio.timeout(WAIT_SECONDS):
            await places.acquire()
        try:
            yield
        finally:
            places.release()

    async def need(self, service: str, path: str, caller: Principal, params: Asked = None) -> Any:
        """The service's answer as JSON, waited for longer. Its refusal becomes the caller's."""
        reply = await self.get(service, path, caller, params, seconds=NEED_SECONDS)
        if not reply.good:
            raise reply.refusal(service)
        return reply.json()
