"""The partners service with its worker, and a broker of its own in operator mode: once on each
program that is installed, the distribution's and the newest."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from nats.aio.client import Client

from deploy.keys import ensure_keys
from deploy.servers import free_port, start_nats
from services.partners.streams.streams.actions import keep_accounts
from shared.core.settings import Settings
from shared.core.tasks import end
from shared.events.bus import PARTNERS, Bus, connected
from shared.formats.nats_credentials import Credentials
from shared.formats.nkeys import Kind, new_seed, public_of, sign
from shared.partner_streams.offer import Offer, offer_of
from shared.runtime.service import prepare
from tests.houses import House, settings_for
from tests.needs import BROKERS, broker_program
from tests.partners.support import OPERATOR, a_partner, made
from tests.shared.conftest import until


@dataclass
class System:
    """A program of a partner: its own key, the credentials it was given, and a connection."""

    seed: str
    access: dict[str, Any]
    errors: list[str] = field(default_factory=list)

    @property
    def credentials(self) -> Credentials:
        return Credentials(self.access["user_jwt"], self.seed)


@dataclass
class Streams:
    """`begin` and `kill` are the broker's."""

    folder: Path
    program: str
    port: int
    keys: dict[str, str]
    house: House
    settings: Settings
    process: "subprocess.Popen[bytes] | None" = None
    clients: list[Client] = field(default_factory=list)

    @property
    def offer(self) -> Offer:
        offer = offer_of(self.settings)
        assert offer is not None
        return offer

    def begin(self) -> None:
        self.process = start_nats(
            self.folder / "nats", self.port,
            accounts=self.keys["broker_accounts"], program=self.program,
        )  # fmt: skip

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    async def bus(self) -> Bus:
        """The students service's."""
        user = self.keys["students_nats_credentials"]
        return await connected(
            self.settings.model_copy(update={"nats_credentials": _secret(user)}), "test", PARTNERS
        )

    async def tell(self, partner_id: str, *bodies: bytes, child: str = "-") -> list[int]:
        """Messages for a partner, as the relay would publish them."""
        bus = await self.bus()
        subject = f"partner.{UUID(partner_id).hex}.{child}.students.thing.happened.v1"
        numbers = [
            (await (await bus.publish(subject, os.urandom(8).hex(), body))).seq for body in bodies
        ]
        await bus.close()
        return numbers

    async def opened(
        self, name: str = "Riverside Tutors", seed: str | None = None
    ) -> tuple[str, System]:
        """A partner with a stream, which the broker knows of."""
        partner_id = await a_partner(self.house, name)
        seed = seed or new_seed(Kind.USER)
        async with self.house.calling(OPERATOR) as http:
            access = await made(
                http, f"partners/{partner_id}/stream", user_public_key=public_of(seed)
            )
        client = System(seed, access)
        await until(lambda: self.lets_in(client))
        return partner_id, client

    async def lets_in(self, client: System) -> bool:
        try:
            connection = await self.connect(client.credentials)
            js = connection.jetstream(prefix=client.access["api_prefix"], timeout=1)
            await js.consumer_info(client.access["stream"], client.access["consumer"])
        except Exception:
            return False
        await connection.close()
        return True

    async def connect(self, user: Credentials, errors: list[str] | None = None) -> Client:
        async def wrong(error: Exception) -> None:
            if errors is not None:
                errors.append(str(error))

        connection = Client()
        try:
            await self._connected(connection, user, wrong)
        except Exception:  # the library leaves its socket open
            if connection._transport is not None:
                connection._transport.close()
            raise
        self.clients.append(connection)
        return connection

    async def _connected(self, connection: Client, user: Credentials, wrong: Any) -> None:
        await connection.connect(
            f"nats://127.0.0.1:{self.port}",
            user_jwt_cb=lambda: bytearray(user.token.encode()),
            signature_cb=lambda nonce: _base64(sign(user.seed, nonce.encode())),
            allow_reconnect=False, error_cb=wrong, connect_timeout=3,
        )  # fmt: skip

    async def fetched(self, client: System, most: int = 10, *, ack: bool = True) -> list[bytes]:
        """What the partner's program gets when it asks."""
        connection = await self.connect(client.credentials)
        messages = await pulled(connection, client.access, most)
        for message in messages if ack else []:
            await message.ack()
        await connection.flush()
        await connection.close()
        return [message.data for message in messages]

    async def stream(self, partner_id: str) -> dict[str, Any]:
        async with self.house.calling(OPERATOR) as http:
            answer = await http.get(f"/v1/partners/{partner_id}/stream")
            assert answer.status_code == 200, answer.text
            return dict(answer.json())

    async def change(self, method: str, path: str, partner_id: str) -> dict[str, Any]:
        """A change of the stream as it is now."""
        version = (await self.stream(partner_id))["version"]
        async with self.house.calling(OPERATOR) as http:
            answer = await http.request(
                method, f"/v1/partners/{partner_id}/stream{path}",
                headers={"If-Match": f'"{version}"'},
            )  # fmt: skip
            assert answer.is_success, answer.text
            return dict(answer.json())


async def pulled(connection: Client, access: dict[str, Any], most: int = 10) -> list[Any]:
    js = connection.jetstream(prefix=access["api_prefix"])
    asking = await js.pull_subscribe_bind(access["consumer"], stream=access["stream"])
    try:
        found: list[Any] = await asking.fetch(most, timeout=0.5)
    except TimeoutError:
        return []
    return found


def _base64(raw: bytes) -> bytes:
    from base64 import b64encode

    return b64encode(raw)


def _secret(text: str) -> Any:
    from pydantic import SecretStr

    return SecretStr(text)


@pytest.fixture(
    scope="module",
    params=[pytest.param(v, marks=pytest.mark.needs(f"nats-server {v}")) for v in BROKERS],
)
async def streams_house(
    request: pytest.FixtureRequest, partners_house: House,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Streams]:  # fmt: skip
    program = broker_program(request.param)
    assert program is not None
    folder = tmp_path_factory.mktemp("streams")
    keys, port = ensure_keys(folder / "keys"), free_port()
    known = {name: keys[name] for name in (
        "partner_accounts_key", "broker_operator_signing_key", "broker_platform_signing_key",
        "broker_system_credentials",
    )}  # fmt: skip
    address = f"nats://127.0.0.1:{port}"
    before = partners_house.app.state.settings
    settings = settings_for(
        before.database_url.get_secret_value(), address, **known,
        nats_credentials=keys["partners_nats_credentials"], broker_public_url=address,
    )  # fmt: skip
    house = House(
        "partners", partners_house.app, prepare(partners_house.app, "partners", settings), [], []
    )
    made_ = Streams(folder, program, port, keys, house, settings)
    made_.begin()
    yield made_
    made_.kill()
    await house.database.close()
    prepare(partners_house.app, "partners", before)
    partners_house.app.state.database = partners_house.database


@pytest.fixture
async def streams(streams_house: Streams, partners: House) -> AsyncIterator[Streams]:
    """Empty, with the worker that keeps the broker's accounts."""
    keeping = asyncio.create_task(
        keep_accounts(streams_house.house.database, streams_house.settings)
    )
    yield streams_house
    await end(keeping)
    for connection in streams_house.clients:
        if not connection.is_closed:
            await connection.close()
    streams_house.clients.clear()
