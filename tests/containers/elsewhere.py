"""A place for the containers of docs/growing.md: PostgreSQL that is somebody else's, three brokers by
deploy/compose.broker.yml, the services by compose.external.yml and compose.tls.yml, all of it
encrypted, with certificates that are made here. Beside the containers of `make containers`."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import trustme

from deploy.roll import docker
from deploy.secret_files import ensure_secrets
from deploy.servers import free_port
from shared.persistence.migrations import SERVICES

ROOT = Path(__file__).parents[2]
NEEDED = (
    "docker-compose.yml", "docker-compose.local.yml", "deploy/compose.external.yml",
    "deploy/compose.tls.yml", "deploy/compose.broker.yml", "deploy/nats/cluster.conf",
    "deploy/nats/nats.conf", "deploy/postgres/roles.sh", "tests/containers/elsewhere.yml",
    "tests/containers/elsewhere.broker.yml",
)  # fmt: skip
FILES = (
    "docker-compose.yml", "deploy/compose.external.yml", "deploy/compose.tls.yml",
    "docker-compose.local.yml", "tests/containers/elsewhere.yml",
)  # fmt: skip
DATABASE = "db.example.org"
BROKERS = tuple(f"broker-{n}.example.org" for n in (1, 2, 3))
POSTGRES = "postgres:17"
READY_SECONDS = 120
# Its key is its own alone, or it does not start.
SERVE_TLS = (
    "install -o postgres -m 600 /run/secrets/database_key /tmp/key &&"
    " exec docker-entrypoint.sh postgres -c max_connections=300 -c ssl=on"
    " -c ssl_cert_file=/run/secrets/database_certificate -c ssl_key_file=/tmp/key"
)


@dataclass
class Elsewhere:
    """A folder as an operator's, its compose project, and the network that stands for the world."""

    folder: Path
    name: str
    port: int

    @property
    def secrets(self) -> Path:
        return self.folder / "deploy" / "secrets"

    @property
    def postgres(self) -> str:
        return f"{self.name}-postgres"

    @property
    def gateway(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def compose(self, *arguments: str, project: str = "", **environment: str) -> str:
        known = {
            "PLACE": self.name, "COMPOSE_PROJECT_NAME": project or self.name,
            "COMPOSE_FILE": ":".join(FILES), "LISTEN": f"127.0.0.1:{self.port}",
            "PUBLIC_URL": self.gateway, "OIDC_ISSUER": "", "FIRST_OPERATOR": "",
            "HEALTH_INTERVAL": "2s",
        }  # fmt: skip
        run = subprocess.run(
            ["docker", "compose", *arguments], cwd=self.folder, capture_output=True, text=True,
            env=os.environ | known | environment, check=False,
        )  # fmt: skip
        if run.returncode != 0:
            raise OSError(f"docker compose {' '.join(arguments)}: {run.stderr[-1000:]}")
        return run.stdout

    def broker(self, number: int, *arguments: str) -> str:
        """`docker compose` for one of the three, as on its machine."""
        routes = ",".join(f"tls://{name}:6222" for name in BROKERS)
        return self.compose(
            *arguments, project=f"{self.name}-broker-{number}",
            COMPOSE_FILE="deploy/compose.broker.yml:tests/containers/elsewhere.broker.yml",
            SERVER_NAME=BROKERS[number - 1], ROUTES=f"[{routes}]",
        )  # fmt: skip

    def prepare(self) -> None:
        """What an operator writes, by docs/growing.md."""
        for name in NEEDED:
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, self.folder / name)
        ensure_secrets(self.secrets)
        authority = trustme.CA()
        for name in ("tls_ca", "database_ca", "broker_tls_ca"):
            authority.cert_pem.write_to_path(self.secrets / name)
        self._certify(authority, "database", DATABASE)
        self._certify(authority, "broker_tls", *BROKERS, "127.0.0.1")
        for name in SERVICES:
            self._certify(authority, f"tls_{name}", name)
            url = self.secrets / f"{name}_database_url"
            _write(url, url.read_text().replace("@postgres:", f"@{DATABASE}:"))
        self._certify(authority, "tls_gateway", "127.0.0.1")
        _write(self.secrets / "nats_url", ",".join(f"tls://{name}:4222" for name in BROKERS))

    def _certify(self, authority: trustme.CA, of: str, *names: str) -> None:
        made = authority.issue_cert(*names)
        made.private_key_pem.write_to_path(self.secrets / f"{of}_key")
        chain = b"".join(blob.bytes() for blob in made.cert_chain_pems)
        _write(self.secrets / f"{of}_certificate", chain.decode())

    def start(self) -> None:
        """What others run, and when that is there the platform."""
        self._start_postgres()
        for number in range(1, len(BROKERS) + 1):
            self.broker(number, "up", "-d")
        deadline = time.monotonic() + READY_SECONDS
        while not (self._database_answers() and self._brokers_agree()):
            if time.monotonic() > deadline:
                raise TimeoutError("PostgreSQL or the brokers do not come up")
            time.sleep(0.5)
        try:
            self.compose("up", "-d", "--wait", "--wait-timeout", "300")
        except OSError as error:
            raise OSError(f"{error}\n{self.compose('logs', '--tail', '15')}") from error

    def _database_answers(self) -> bool:
        """Over the network, which the server that makes the roles does not listen to."""
        ask = ["docker", "exec", self.postgres, "pg_isready", "-q", "-h", "127.0.0.1"]
        return subprocess.run(ask, check=False, capture_output=True).returncode == 0

    def _brokers_agree(self) -> bool:
        """Who of them leads. They say so in their logs only."""
        said = [self.broker(n, "logs", "broker") for n in range(1, len(BROKERS) + 1)]
        return any("metadata leader" in each for each in said)

    def _start_postgres(self) -> None:
        shown = [f"{s}_database_password" for s in SERVICES]
        shown += ["postgres_password", "database_key", "database_certificate"]
        mounts = [f"{self.secrets / each}:/run/secrets/{each}:ro" for each in shown]
        roles = self.folder / "deploy/postgres/roles.sh"
        mounts.append(f"{roles}:/docker-entrypoint-initdb.d/roles.sh:ro")
        docker(
            "run", "-d", "--name", self.postgres, "--network", self.name,
            "--network-alias", DATABASE, "-p", "127.0.0.1::5432",
            "-e", "POSTGRES_PASSWORD_FILE=/run/secrets/postgres_password",
            *(part for mount in mounts for part in ("-v", mount)),
            "--entrypoint", "sh", POSTGRES, "-c", SERVE_TLS,
        )  # fmt: skip

    def end(self) -> None:
        self.compose("down", "--volumes", "--timeout", "1")
        for number in range(1, len(BROKERS) + 1):
            self.broker(number, "down", "--volumes", "--timeout", "1")
        docker("rm", "-f", "-v", self.postgres)
        docker("network", "rm", self.name)


def _write(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)
    file.write_text(text)


def port(container: str, inside: int) -> int:
    return int(docker("port", container, f"{inside}").splitlines()[0].rpartition(":")[2])


@contextmanager
def a_place() -> Iterator[Elsewhere]:
    name = f"{os.environ.get('COMPOSE_PROJECT_NAME', 'education-partnership')}-elsewhere"
    made = Elsewhere(Path(mkdtemp(prefix="elsewhere-")), name, free_port())
    docker("network", "create", name)
    try:
        made.prepare()
        yield made
    finally:
        made.end()
        shutil.rmtree(made.folder)
