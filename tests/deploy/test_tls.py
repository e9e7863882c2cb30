"""A process speaks over TLS to a server for which the authority named by the operator vouches,
or not at all."""

import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from aiohttp import web

from deploy.keys import ensure_keys
from deploy.processes import logged
from deploy.servers import free_port, nats_program
from gateway.upstream.client import AWAY, Upstream
from shared.core.settings import Settings
from shared.core.trust import to_database
from shared.events.bus import Bus
from shared.persistence.database import Database
from shared.persistence.migrations import upgrade
from shared.security.principal import PrincipalSigner
from tests.gateway.services import settings as gateway_settings
from tests.houses import PRINCIPAL_KEYS, settings_for
from tests.promised import promise
from tests.servers import POSTGRES_IMAGE, Servers
from tests.shared.gates import gated_database

ROOT = Path(__file__).parents[2]
SECONDS = 30


@dataclass(frozen=True)
class Certificates:
    """`chain` and `key` are for the names `localhost` and 127.0.0.1; `other` is an authority that
    has nothing to do with them."""

    ca: str
    other: str
    chain: str
    key: str


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    folder = tmp_path_factory.mktemp("tls")
    ours, other = trustme.CA(), trustme.CA()
    made = ours.issue_cert("localhost", "127.0.0.1")
    ours.cert_pem.write_to_path(folder / "ca")
    other.cert_pem.write_to_path(folder / "other")
    for blob in made.cert_chain_pems:
        blob.write_to_path(folder / "chain", append=True)
    made.private_key_pem.write_to_path(folder / "key")
    return Certificates(*(str(folder / name) for name in ("ca", "other", "chain", "key")))


@contextmanager
def broker(folder: Path, certificates: Certificates, *, encrypted: bool = True) -> Iterator[int]:
    port = free_port()
    tls = f"""tls {{ cert_file: "{certificates.chain}", key_file: "{certificates.key}",
                    handshake_first: auto }}"""
    (folder / "nats.conf").write_text(
        f'listen: "127.0.0.1:{port}"\njetstream {{ store_dir: "{folder}" }}\n{tls * encrypted}\n'
    )
    process = subprocess.Popen(
        [nats_program(), "-c", str(folder / "nats.conf"), "-l", str(folder / "nats.log")]
    )
    while "Server is ready" not in _text(folder / "nats.log"):
        assert process.poll() is None
        time.sleep(0.05)
    yield port
    process.kill()
    process.wait()


def _text(file: Path) -> str:
    return file.read_text() if file.exists() else ""


async def asked(port: int, ca: str) -> None:
    settings = Settings(nats_url=f"tls://localhost:{port}", nats_ca_file=ca)
    bus = Bus(settings, "test", reconnect=False)
    await bus.connect()
    await bus.ping()
    await bus.close()


@promise(
    "Requests",
    "Where encryption is set, no process believes a server for which the named authority does "
    "not vouch.",
)
@pytest.mark.needs("tls first")
async def test_a_process_trusts_only_a_broker_for_which_the_named_authority_vouches(
    tmp_path: Path, certificates: Certificates
) -> None:
    with broker(tmp_path, certificates) as port:
        await asked(port, certificates.ca)
        for strange in (certificates.other, ""):  # "": the system's
            with pytest.raises(Exception, match="certificate verify failed"):
                await asked(port, strange)


@promise(
    "Requests",
    "Where encryption is set, no process speaks to a server that does not encrypt.",
)
@pytest.mark.needs("tls first")
async def test_a_process_does_not_speak_to_a_broker_that_does_not_encrypt(
    tmp_path: Path, certificates: Certificates
) -> None:
    with (
        broker(tmp_path, certificates, encrypted=False) as port,
        pytest.raises(Exception, match=r"SSL|wrong version"),
    ):
        await asked(port, certificates.ca)


@pytest.fixture(scope="module")
def database_url(certificates: Certificates) -> Iterator[str]:
    """A PostgreSQL that encrypts. The one without containers is built without TLS."""
    from testcontainers.community.postgres import PostgresContainer

    with PostgresContainer(POSTGRES_IMAGE, username="postgres", password="test") as made:
        container = made.get_wrapped_container()
        for name, file in (("chain", certificates.chain), ("key", certificates.key)):
            at = f"/tmp/{name}.pem"
            script = (
                f"umask 077; cat > {at} <<'END'\n{Path(file).read_text()}END\nchown postgres {at}"
            )
            assert container.exec_run(["sh", "-c", script], user="root").exit_code == 0
        for said in (
            "alter system set ssl_cert_file = '/tmp/chain.pem'",
            "alter system set ssl_key_file = '/tmp/key.pem'", "alter system set ssl = on",
            "select pg_reload_conf()",
        ):  # fmt: skip
            command = ["psql", "-U", "postgres", "-qc", said]
            assert container.exec_run(command).exit_code == 0
        yield f"postgresql+asyncpg://postgres:test@localhost:{made.get_exposed_port(5432)}/postgres"


@promise(
    "Requests",
    "Where encryption is set, no process believes a server for which the named authority does "
    "not vouch.",
)
@pytest.mark.needs("engine")
async def test_a_process_trusts_only_a_database_for_which_the_named_authority_vouches(
    database_url: str, certificates: Certificates
) -> None:
    ours = settings_for(database_url, "nats://127.0.0.1:1", database_ca_file=certificates.ca)
    await upgrade(database_url, "outcomes", trust=to_database(ours))
    database = Database(ours)
    encrypted = "select ssl from pg_stat_ssl where pid = pg_backend_pid()"
    async with database.reading() as connection:
        assert (await connection.exec_driver_sql(encrypted)).scalar_one()
    async with database.alone("test") as connection:
        assert await connection.fetchval(encrypted)
    await database.close()

    strange = settings_for(database_url, "nats://127.0.0.1:1", database_ca_file=certificates.other)
    with pytest.raises(ssl.SSLCertVerificationError):
        await upgrade(database_url, "outcomes", trust=to_database(strange))
    refusing = Database(strange)
    with pytest.raises(ssl.SSLCertVerificationError) as refused:
        async with refusing.reading():
            pass
    assert "test" not in str(refused.value)  # the password
    await refusing.close()


@pytest.mark.needs("engine")
async def test_a_process_does_not_trust_a_database_of_another_name(
    database_url: str, certificates: Certificates
) -> None:
    elsewhere = database_url.replace("localhost", "127.0.0.2")
    settings = settings_for(elsewhere, "nats://127.0.0.1:1", database_ca_file=certificates.ca)
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        await upgrade(elsewhere, "outcomes", trust=to_database(settings))


@promise(
    "Requests",
    "Where encryption is set, no process speaks to a server that does not encrypt.",
)
async def test_a_process_does_not_speak_to_a_database_that_does_not_encrypt(
    running: Servers, certificates: Certificates
) -> None:
    """Over TCP, also where the server listens on a Unix socket alone: that one is never encrypted."""
    async with gated_database(running.database_url.format(database="postgres")) as (url, _):
        settings = settings_for(url, "nats://127.0.0.1:1", database_ca_file=certificates.ca)
        with pytest.raises(ConnectionError, match="rejected SSL"):
            await upgrade(url, "outcomes", trust=to_database(settings))


@asynccontextmanager
async def service(certificates: Certificates) -> AsyncIterator[int]:
    async def ready(_: web.Request) -> web.Response:
        return web.json_response({"database": "ok"})

    app = web.Application()
    app.router.add_get("/ready", ready)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.chain, certificates.key)
    runner, port = web.AppRunner(app), free_port()
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, ssl_context=context).start()
    yield port
    await runner.cleanup()


@promise(
    "Requests",
    "Where encryption is set, no process believes a server for which the named authority does "
    "not vouch.",
)
async def test_the_gateway_trusts_only_a_service_for_whose_name_the_named_authority_vouches(
    certificates: Certificates,
) -> None:
    async with service(certificates) as port:
        for ca, host, believed in (
            (certificates.ca, "localhost", True),
            (certificates.other, "localhost", False),
            (certificates.ca, "localhost.localdomain", False),
        ):
            urls = {f"{name}_url": f"https://{host}:{port}" for name in
                    ("partners", "students", "resources", "outcomes")}  # fmt: skip
            known = gateway_settings(services_ca_file=ca, **urls)
            upstream = Upstream(known, PrincipalSigner(PRINCIPAL_KEYS[0]))
            asking = upstream.send("students", "GET", "/ready", again=False, seconds=5)
            if believed:
                assert (await asking)[0].status == 200
            else:
                with pytest.raises(AWAY):
                    await asking
            await upstream.close()


def test_the_gateway_answers_over_tls_under_the_certificate_it_was_given(
    tmp_path: Path, certificates: Certificates
) -> None:
    port = free_port()
    keys = {name.upper(): key for name, key in ensure_keys(tmp_path / "keys").items()}
    known = {"ENVIRONMENT": "local", "PYTHONPATH": str(ROOT), **keys,
             "NATS_URL": "tls://127.0.0.1:1", "NATS_CA_FILE": certificates.ca,
             "NATS_CREDENTIALS": keys["GATEWAY_NATS_CREDENTIALS"],
             "TLS_CERTIFICATE_FILE": certificates.chain,
             "TLS_KEY_FILE": certificates.key}  # fmt: skip
    command = [sys.executable, "-m", "deploy.serve", "gateway", f"127.0.0.1:{port}"]
    process = logged(command, known, tmp_path / "log")()
    try:
        with httpx.Client(verify=ssl.create_default_context(cafile=certificates.ca)) as http:
            _until(lambda: http.get(f"https://localhost:{port}/health").status_code == 200)
            with pytest.raises(httpx.TransportError):
                http.get(f"http://localhost:{port}/health")
        strange = ssl.create_default_context(cafile=certificates.other)
        with httpx.Client(verify=strange) as http, pytest.raises(httpx.ConnectError):
            http.get(f"https://localhost:{port}/health")
    finally:
        process.kill()
        process.wait()


def _until(holds: Any) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            if holds():
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError


@promise("Requests", "A process refuses to start with settings that encrypt only half.")
@pytest.mark.parametrize(
    "half",
    [
        {"nats_url": "nats://a:4222", "nats_ca_file": "/ca"},
        {"nats_url": "tls://a:4222,nats://b:4222"},
        {"services_ca_file": "/ca", "students_url": "http://students:8000"},
        {"tls_certificate_file": "/chain"},
    ],
)
def test_a_process_refuses_to_start_with_settings_that_encrypt_only_half(
    half: dict[str, str],
) -> None:
    with pytest.raises(ValueError, match=r"tls://|https://|go together"):
        Settings(**half)  # type: ignore[arg-type]
