"""Three brokers by deploy/nats/cluster.conf: an acknowledged message outlives the broker that held
it, by settings only."""

import asyncio
import os
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme
from nats.aio.client import Client

from deploy.keys import ensure_keys
from deploy.servers import START_SECONDS, free_port, nats_program
from services.partners.streams.streams.actions import keep_accounts
from services.resources.app import SERVICE
from shared.core.settings import Settings
from shared.core.tasks import end
from shared.core.trust import to_broker
from shared.events.bus import EVENTS, PARTNERS, Bus, NatsError, connected
from shared.events.inbox import Inbox
from shared.events.relay import relay_for_ever
from shared.formats.nats_credentials import Credentials
from shared.formats.nkeys import Kind, new_seed, public_of
from shared.runtime.service import prepare
from tests.houses import House, settings_for
from tests.listeners import aggregate_of
from tests.partners.support import OPERATOR, a_partner, made, version
from tests.promised import promise
from tests.shared.conftest import until

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nats" / "cluster.conf"
NAMES = ("broker-1", "broker-2", "broker-3")
WAIT_SECONDS = 90
TRY_SECONDS = 15
PARTNERS_MADE = 60
MINTING = (
    "partner_accounts_key", "broker_operator_signing_key", "broker_platform_signing_key",
    "broker_system_credentials",
)  # fmt: skip


@dataclass
class Cluster:
    """The file as it is shipped, with other ports and folders."""

    folder: Path
    keys: dict[str, str]
    ports: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in NAMES})
    routes: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in NAMES})
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def prepare(self) -> None:
        authority = trustme.CA()
        leaf = authority.issue_cert("localhost")
        authority.cert_pem.write_to_path(self.folder / "broker_tls_ca")
        leaf.private_key_pem.write_to_path(self.folder / "broker_tls_key")
        for blob in leaf.cert_chain_pems:
            blob.write_to_path(self.folder / "broker_tls_certificate", append=True)
        (self.folder / "broker_accounts").write_text(self.keys["broker_accounts"])
        for name in NAMES:
            said = CONFIGURATION.read_text()
            for shipped, here in (
                ("../../run/secrets/", ""), ("/run/secrets/", f"{self.folder}/"),
                ("port: 4222", f"port: {self.ports[name]}"),
                ("port: 6222", f"port: {self.routes[name]}"), (" /data", f" {self.folder}/{name}"),
            ):  # fmt: skip
                assert shipped in said
                said = said.replace(shipped, here)
            (self.folder / f"{name}.conf").write_text(said)

    def begin(self, name: str) -> None:
        routes = ",".join(f"tls://localhost:{port}" for port in self.routes.values())
        command = [nats_program(), "-c", f"{self.folder}/{name}.conf", "-l",
                   f"{self.folder}/{name}.log"]  # fmt: skip
        known = {**os.environ, "SERVER_NAME": name, "ROUTES": f"[{routes}]"}
        self.running[name] = subprocess.Popen(command, env=known)

    def kill(self, name: str) -> None:
        process = self.running.pop(name)
        process.kill()
        process.wait()

    def settings(self, database_url: str, user: str, **more: Any) -> Settings:
        return settings_for(
            database_url, ",".join(f"tls://localhost:{port}" for port in self.ports.values()),
            nats_ca_file=str(self.folder / "broker_tls_ca"), nats_replicas=3,
            nats_credentials=self.keys[f"{user}_nats_credentials"], **more,
        )  # fmt: skip


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made_ = Cluster(tmp_path, ensure_keys(tmp_path / "keys"))
    made_.prepare()
    for name in NAMES:
        made_.begin(name)
    yield made_
    for name in list(made_.running):
        made_.kill(name)


@asynccontextmanager
async def working(house: House, settings: Settings, *work: Any) -> AsyncIterator[None]:
    """The house on these settings, with what a process of it does beside the requests."""
    before = house.app.state.settings
    prepare(house.app, house.name, settings)
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        await end(*tasks)
        await house.app.state.database.close()
        prepare(house.app, house.name, before)
        house.app.state.database = house.database


async def hearing(house: House, settings: Settings) -> None:
    bus = await ready_bus(settings)
    await Inbox(house.database, "partners", SERVICE.reactions).consume_for_ever(bus)


async def ready_bus(settings: Settings) -> Bus:
    """Three that have just started choose a leader before they answer."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return await connected(settings, "test")
        except (NatsError, OSError, TimeoutError):
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.2)


async def _info(bus: Bus, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = await bus.ask(f"$JS.API.STREAM.INFO.{kind}")
    return found


async def lets_in(cluster: Cluster, name: str, access: dict[str, Any], seed: str) -> bool:
    """The partner's system, by this broker, to its own messages. No more is waited for one try: the
    client's library may wait for ever for a broker that has just refused it."""
    try:
        return await asyncio.wait_for(_lets_in(cluster, name, access, seed), TRY_SECONDS)
    except Exception:
        return False


async def _lets_in(cluster: Cluster, name: str, access: dict[str, Any], seed: str) -> bool:
    from tests.streams.conftest import _base64, sign

    user = Credentials(access["user_jwt"], seed)
    known = Settings(nats_url=f"tls://localhost:{cluster.ports[name]}",
                     nats_ca_file=str(cluster.folder / "broker_tls_ca"))  # fmt: skip
    connection = Client()
    try:
        await connection.connect(
            known.nats_url.get_secret_value(), allow_reconnect=False, connect_timeout=3,
            user_jwt_cb=lambda: bytearray(user.token.encode()),
            signature_cb=lambda nonce: _base64(sign(user.seed, nonce.encode())),
            **to_broker(known),
        )  # fmt: skip
        js = connection.jetstream(prefix=access["api_prefix"], timeout=2)
        await js.consumer_info(access["stream"], access["consumer"])
    finally:
        await connection.close()
    return True


async def opened(partners: House, name: str) -> tuple[dict[str, Any], str]:
    partner_id, seed = await a_partner(partners, name), new_seed(Kind.USER)
    async with partners.calling(OPERATOR) as http:
        access = await made(http, f"partners/{partner_id}/stream", user_public_key=public_of(seed))
    return access, seed


@promise(
    "Events",
    "One of three brokers may be lost while events flow: nothing is lost or doubled, and the "
    "others let partners in.",
)
@pytest.mark.needs("tls first")
async def test_no_event_is_lost_or_doubled_when_the_leader_is_killed_while_events_flow(
    cluster: Cluster, partners: House, resources: House
) -> None:
    url, other = (
        h.app.state.settings.database_url.get_secret_value() for h in (partners, resources)
    )
    ours = cluster.settings(
        url, "partners", broker_public_url="tls://localhost:4222",
        **{name: cluster.keys[name] for name in MINTING},
    )  # fmt: skip
    bus = await ready_bus(ours)
    kept = keep_accounts(partners.database, ours)
    heard = hearing(resources, cluster.settings(other, "resources"))
    async with working(partners, ours, relay_for_ever(ours, partners.database), kept, heard):
        before = await opened(partners, "Before")
        for name in NAMES:
            await until(lambda name=name: lets_in(cluster, name, *before), WAIT_SECONDS)
        assert {(await _info(bus, kind.name))["config"]["num_replicas"]
                for kind in (EVENTS, PARTNERS)} == {3}  # fmt: skip

        leader = (await _info(bus, EVENTS.name))["cluster"]["leader"]
        async with partners.calling(OPERATOR) as http:
            for number in range(PARTNERS_MADE):
                partner = await made(http, "partners", name=f"P{number}", kind="funder")
                answer = await http.patch(
                    f"/v1/partners/{partner['id']}", json={"description": "x"},
                    headers=version(partner),
                )  # fmt: skip
                assert answer.is_success
                if number == PARTNERS_MADE // 2:
                    cluster.kill(leader)

        after = await opened(partners, "After")
        for name in cluster.running:
            await until(lambda name=name: lets_in(cluster, name, *after), WAIT_SECONDS)
        await until(lambda: all_heard(partners, resources), WAIT_SECONDS, 0.2)
        cluster.begin(leader)
        await until(lambda: lets_in(cluster, leader, *after), WAIT_SECONDS)
    stored = await in_stream(bus)
    announced = [
        (str(row.aggregate_id), row.aggregate_version)
        for row in await rows(partners, "select aggregate_id, aggregate_version from outbox")
    ]
    assert sorted(stored) == sorted(announced)
    assert all(versions == sorted(versions) for versions in by_aggregate(stored).values())
    known = await rows(resources, "select name from known_partner")
    assert sorted(row.name for row in known) == sorted(
        ["Before", "After", *(f"P{number}" for number in range(PARTNERS_MADE))]
    )
    await bus.close()


@pytest.mark.needs("tls first")
async def test_streams_with_one_replica_get_three_when_the_setting_changes(
    cluster: Cluster, partners: House
) -> None:
    three = cluster.settings(
        partners.app.state.settings.database_url.get_secret_value(), "partners"
    )
    bus = await ready_bus(three.model_copy(update={"nats_replicas": 1}))
    assert (await _info(bus, EVENTS.name))["config"]["num_replicas"] == 1
    again = await ready_bus(three)
    assert (await _info(again, EVENTS.name))["config"]["num_replicas"] == 3
    await bus.close()
    await again.close()


async def rows(house: House, sql: str) -> list[Any]:
    async with house.database.reading() as connection:
        return list(await connection.exec_driver_sql(sql))


async def all_heard(partners: House, resources: House) -> bool:
    """Everything is published, and resources has heard the aggregates that it asks for."""
    published = await rows(
        partners, "select aggregate_id, max(aggregate_version), min(type) from outbox"
        " where published_at is not null group by 1 order by 1",
    )  # fmt: skip
    asked = {aggregate_of(reaction.event.type) for reaction in SERVICE.reactions}
    newest = [(id, version) for id, version, type in published if aggregate_of(type) in asked]
    waiting = await rows(partners, "select 1 from outbox where published_at is null")
    known = await rows(
        resources, "select aggregate_id, version from heard where source = 'partners' order by 1"
    )
    return not waiting and bool(newest) and newest == [tuple(row) for row in known]


async def in_stream(bus: Bus) -> list[tuple[str, int]]:
    import json

    state = await bus.state()
    found = []
    async for sequence, body in bus.follow(0):
        event = json.loads(body)
        found.append((event["subject"], event["aggregateversion"]))
        if sequence >= state.last_seq:
            break
    return found


def by_aggregate(stored: list[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for id, number in stored:
        found.setdefault(id, []).append(number)
    return found
