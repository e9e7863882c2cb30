"""The platform as docker compose runs it, in the project that COMPOSE_FILE and COMPOSE_PROJECT_NAME
name: its containers, its databases and its stream, and clients of its gateway."""

import asyncio
import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx

from deploy.roll import containers, docker, is_ready
from shared.persistence.migrations import SERVICES
from tests.faults.held import Held
from tests.platform import PROCESSES, Platform

SECRETS = Path(__file__).parents[2] / "deploy" / "secrets"
ALL = (*PROCESSES, "broker", "postgres")
READY_SECONDS = 180
KEPT_SECONDS = 2.0  # by a client; less than a gateway that leaves goes on answering


class Either(httpx.AsyncBaseTransport):
    """As a proxy in front does: where one address takes no connection, the other is asked. Nothing
    that was sent is sent again."""

    def __init__(self, ports: list[int]) -> None:
        self._ports = list(ports)
        self._http = httpx.AsyncHTTPTransport(
            limits=httpx.Limits(max_connections=100, keepalive_expiry=KEPT_SECONDS)
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        port = self._ports[0]
        try:
            answer = await self._ask(request, port)
        except httpx.ConnectError:
            self._pass_over(port)
            return await self._ask(request, self._ports[0])
        if answer.headers.get("connection") == "close":  # it leaves
            self._pass_over(port)
        return answer

    def _pass_over(self, port: int) -> None:
        if self._ports[0] == port:
            self._ports.append(self._ports.pop(0))

    async def _ask(self, request: httpx.Request, port: int) -> httpx.Response:
        request.url = request.url.copy_with(port=port)
        return await self._http.handle_async_request(request)

    async def aclose(self) -> None:
        await self._http.aclose()


class InFront(Platform):
    """Its clients reach whichever gateway answers."""

    def client(self, subject: str | None = "operator", **more: Any) -> httpx.AsyncClient:
        port = httpx.URL(self.gateway).port or 80
        return super().client(subject, transport=Either([port, port + 1]), **more)


class Composed(Held):
    """`look` again after something was started anew: addresses change."""

    def __init__(self, gateway: str) -> None:
        """Raises LookupError where it does not run as a whole."""
        if away := [name for name in ALL if not containers(name)]:
            raise LookupError(f"{', '.join(away)} does not run here: make containers")
        keys = {file.name: file.read_text() for file in SECRETS.iterdir() if file.is_file()}
        front = InFront(
            folder=SECRETS, gateway=gateway, keys=keys, database_urls={}, nats_url="", ports={}
        )
        super().__init__(front, [*PROCESSES, "broker"])
        self.look()

    def look(self) -> None:
        [database], [broker] = addresses("postgres"), addresses("broker")
        for service in SERVICES:
            url = self.platform.keys[f"{service}_database_url"]
            self.platform.database_urls[service] = url.replace("@postgres:", f"@{database}:")
        self.platform.nats_url = f"nats://{broker}:4222"


def compose(*arguments: str, **environment: str) -> str:
    run = subprocess.run(
        ["docker", "compose", *arguments], capture_output=True, text=True, check=False,
        env=os.environ | environment,
    )  # fmt: skip
    if run.returncode != 0:
        raise OSError(f"docker compose {' '.join(arguments)}: {run.stderr[-1000:]}")
    return run.stdout


def inspected(container: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(docker("inspect", container))[0]
    return found


def addresses(service: str) -> list[str]:
    """Of its containers, in the network where all of them are."""
    found = []
    for container in containers(service):
        networks = inspected(container)["NetworkSettings"]["Networks"]
        found += [n["IPAddress"] for name, n in networks.items() if name.endswith("_inside")]
    return found


async def ready(*services: str) -> float:
    """Until every container of them says so itself; the seconds that took."""
    began = time.monotonic()
    for service in services:
        while not await asyncio.to_thread(_ready, service):
            if time.monotonic() - began > READY_SECONDS:
                raise TimeoutError(f"{service} is not ready: {compose('logs', service)[-2000:]}")
            await asyncio.sleep(0.3)
    return time.monotonic() - began


def _ready(service: str) -> bool:
    found = containers(service)
    if service == "broker":  # it has no program to ask it with; the services' readiness does
        return all(inspected(each)["State"]["Running"] for each in found)
    if service == "postgres":
        asks = [["docker", "exec", each, "pg_isready", "-q", "-h", "127.0.0.1"] for each in found]
        return not any(subprocess.run(ask, check=False).returncode for ask in asks)
    return bool(found) and all(is_ready(each) for each in found)
