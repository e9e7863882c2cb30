"""The whole platform as real processes, for journeys, faults and benchmarks: four services and the
gateway under uvicorn, on the PostgreSQL and NATS the tests run on or on servers of their own."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx

from deploy.keys import ensure_keys
from deploy.processes import logged
from deploy.servers import free_port, start_nats, start_postgres, stop_postgres
from deploy.tokens import issuer_of, mint
from shared.persistence.migrations import SERVICES
from tests.databases import create, drop
from tests.listeners import aggregate_of, listeners

READY_SECONDS = 180
IMPORT_SECONDS = 300
PROCESSES = (*SERVICES, "gateway")


@dataclass
class Platform:
    """`of` has each running process by name; `kill` ends one with -9, `begin` starts it again. A
    service's further replicas are named `students-2`. `starter` is the module that starts each."""

    folder: Path
    gateway: str
    keys: dict[str, str]
    database_urls: dict[str, str]
    nats_url: str
    ports: dict[str, int]
    of: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    clients: list[httpx.AsyncClient] = field(default_factory=list)
    starter: str = "deploy.serve"
    more: dict[str, str] = field(default_factory=dict)  # of the environment
    folder_of_code: Path = Path(__file__).parents[1]

    @property
    def issuer(self) -> str:
        return issuer_of(self.gateway)

    def environment(self, name: str) -> dict[str, str]:
        known = {
            "ENVIRONMENT": "local",
            "NATS_URL": self.nats_url,
            "NATS_CREDENTIALS": self.keys[f"{_service(name)}_nats_credentials"],
            "BROKER_PUBLIC_URL": self.nats_url,
            "PUBLIC_URL": self.gateway,
            "FIRST_OPERATOR": f"{self.issuer}|operator",
            "REQUESTS_PER_MINUTE": "1000000",
            **{key.upper(): value for key, value in self.keys.items()},
            **{f"{s}_url".upper(): f"http://127.0.0.1:{self.ports[s]}" for s in SERVICES},
        }
        if _service(name) in self.database_urls:
            known["DATABASE_URL"] = self.database_urls[_service(name)]
        return known | self.more

    def begin(self, name: str) -> None:
        listen = f"127.0.0.1:{self.ports[name]}"
        # -P: the code is PYTHONPATH's, not that of the folder where the tests run.
        command = [sys.executable, "-P", "-m", self.starter, _service(name), listen]
        log = self.folder / f"{name}.log"
        code = {"PYTHONPATH": str(self.folder_of_code)}
        self.of[name] = logged(command, self.environment(name) | code, log)()

    def kill(self, name: str) -> None:
        self.of[name].send_signal(signal.SIGKILL)
        self.of[name].wait()

    async def ready(self, *names: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        async with httpx.AsyncClient(timeout=5) as http:
            for name in names or PROCESSES:
                while not await self._answers(http, name):
                    if time.monotonic() > deadline:
                        log = (self.folder / f"{name}.log").read_text()[-3000:]
                        raise TimeoutError(f"{name} is not ready:\n{log}")
                    await asyncio.sleep(0.05)

    async def _answers(self, http: httpx.AsyncClient, name: str) -> bool:
        try:
            answer = await http.get(f"http://127.0.0.1:{self.ports[name]}/ready")
        except httpx.HTTPError:
            return False
        return answer.status_code == 200 and set(answer.json().values()) == {"ok"}

    def client(self, subject: str | None = "operator", **more: Any) -> httpx.AsyncClient:
        """A client of the gateway, signed in as `subject` of the development issuer."""
        headers = {}
        if subject is not None:
            token = mint(self.keys["development_issuer_key"], self.issuer, subject)
            headers["Authorization"] = f"Bearer {token}"
        made = httpx.AsyncClient(base_url=self.gateway, headers=headers, timeout=30, **more)
        self.clients.append(made)
        return made

    async def admit(
        self, role: str, partner_id: str | None = None, person_id: str | None = None
    ) -> httpx.AsyncClient:
        """A new person with this role, as the operator admits them."""
        subject = f"{role}-{uuid4()}"
        draft = {"issuer": self.issuer, "subject": subject, "role": role,
                 "partner_id": partner_id, "person_id": person_id}  # fmt: skip
        async with self.client() as operator:
            made = await operator.post("/v1/memberships", json=draft)
            assert made.status_code == 201, made.text
        return self.client(subject)

    async def admit_backbone(self) -> httpx.AsyncClient:
        """Staff of a new partner, which becomes the backbone of the partnerships they form."""
        async with self.client() as operator:
            body = {"name": f"Together {uuid4()}", "kind": "community_organization"}
            made = await operator.post("/v1/partners", json=body)
            assert made.status_code == 201, made.text
        return await self.admit("backbone", made.json()["id"])

    async def import_file(
        self, client: httpx.AsyncClient, kind: str, content: bytes, name: str = "file"
    ) -> dict[str, Any]:
        """Upload over HTTP, and the job when it has ended or needs a confirmation."""
        queued = await client.post(f"/v1/imports/{kind}", files={"file": (name, content)})
        assert queued.status_code == 202, queued.text
        return await self.finished(client, queued.json()["id"])

    async def finished(self, client: httpx.AsyncClient, import_id: str) -> dict[str, Any]:
        deadline = time.monotonic() + IMPORT_SECONDS
        while time.monotonic() < deadline:
            try:
                answer = await client.get(f"/v1/imports/{import_id}")
            except httpx.HTTPError:  # the gateway was killed just now
                await asyncio.sleep(0.1)
                continue
            job: dict[str, Any] = answer.json()
            if answer.status_code == 200 and job["state"] not in {"queued", "running"}:
                return job
            await asyncio.sleep(0.1)
        raise TimeoutError(f"import {import_id} did not end")

    async def settled(self) -> None:
        """Until every event announced so far has been published and heard."""
        deadline = time.monotonic() + READY_SECONDS
        while await self._waiting():
            if time.monotonic() > deadline:
                raise TimeoutError(f"still waiting: {await self._waiting()}")
            await asyncio.sleep(0.05)

    async def rows(self, service: str, sql: str, *values: Any) -> list[Any]:
        connection = await asyncpg.connect(self.database_urls[service].replace("+asyncpg", ""))
        try:
            return list(await connection.fetch(sql, *values))
        finally:
            await connection.close()

    async def _waiting(self) -> int:
        """Unpublished events, and aggregates whose newest event a listener has not heard."""
        waiting = 0
        newest: dict[str, list[Any]] = {}
        for service in SERVICES:
            [row] = await self.rows(
                service, "select count(*) as n from outbox where published_at is null"
            )
            waiting += row["n"]
            newest[service] = await self.rows(
                service,
                "select aggregate_id, min(type) as type, max(aggregate_version) as version"
                " from outbox group by 1",
            )
        for service, source, types in listeners():
            rows = await self.rows(
                service, "select aggregate_id, version from heard where source = $1", source
            )
            heard = {row["aggregate_id"]: row["version"] for row in rows}
            kinds = set(map(aggregate_of, types))
            waiting += sum(
                heard.get(row["aggregate_id"], 0) < row["version"]
                for row in newest[source]
                if aggregate_of(row["type"]) in kinds
            )
        return waiting

    def stop(self) -> None:
        for process in self.of.values():
            process.terminate()
        for process in self.of.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _service(name: str) -> str:
    return name.partition("-")[0]


@asynccontextmanager
async def platform(
    folder: Path, database_url: str, nats_url: str, *, begun: bool = True
) -> AsyncIterator[Platform]:
    """`database_url` has `{database}` where the name goes; the databases are made and dropped."""
    ports = {name: free_port() for name in PROCESSES}
    tag = f"platform_{os.getpid()}_{uuid4().hex[:6]}"
    made = Platform(
        folder=folder,
        gateway=f"http://127.0.0.1:{ports['gateway']}",
        keys=ensure_keys(folder / "keys"),
        database_urls={s: database_url.format(database=f"{tag}_{s}") for s in SERVICES},
        nats_url=nats_url,
        ports=ports,
    )
    try:
        for service in SERVICES:
            await create(database_url, f"{tag}_{service}")
        if begun:
            for name in PROCESSES:
                made.begin(name)
            await made.ready()
        yield made
    finally:
        for client in made.clients:
            await client.aclose()
        made.stop()
        await drop(database_url, *(f"{tag}_{s}" for s in SERVICES))


@asynccontextmanager
async def own_broker(
    folder: Path, database_url: str, *, begun: bool = True
) -> AsyncIterator[Platform]:
    """As `platform`, with a broker of its own: the stream is one for all who share a broker."""
    port = free_port()
    accounts = ensure_keys(folder / "keys")["broker_accounts"]
    broker = start_nats(folder / "nats", port, accounts=accounts)
    try:
        async with platform(folder, database_url, f"nats://127.0.0.1:{port}", begun=begun) as made:
            yield made
    finally:
        broker.kill()
        broker.wait()


@asynccontextmanager
async def own_servers(folder: Path, *, durable: bool = True) -> AsyncIterator[Platform]:
    """A platform whose broker and PostgreSQL are its own, so that they can be killed too. The
    broker is `of["broker"]`; `begin_broker` starts it again."""
    folder.chmod(0o755)
    port = free_port()
    database_url = start_postgres(folder / "postgres", durable=durable)
    accounts = ensure_keys(folder / "keys")["broker_accounts"]
    broker = start_nats(folder / "nats", port, accounts=accounts)
    try:
        async with platform(folder, database_url, f"nats://127.0.0.1:{port}") as made:
            made.ports["broker"] = port
            made.of["broker"] = broker
            yield made
    finally:
        stop_postgres(folder / "postgres")


def begin_broker(made: Platform) -> None:
    made.of["broker"] = start_nats(
        made.folder / "nats", made.ports["broker"], accounts=made.keys["broker_accounts"]
    )
