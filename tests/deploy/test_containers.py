"""docker-compose.yml keeps its promises to operators; the tests read it without an engine."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi import FastAPI

from deploy.secret_files import ensure_secrets
from deploy.serve import STOP_SECONDS
from gateway.upstream.client import KEPT_SECONDS
from gateway.upstream.replicas import LEAVING_SECONDS, UNREACHED_SECONDS
from shared.core.settings import Environment, Settings
from shared.formats.nats_credentials import read_credentials
from shared.persistence.migrations import SERVICES
from shared.runtime.service import prepare
from shared.security.broker_tokens import claims_of
from tests.containers.wrong import BESIDE_THE_POOLS

ROOT = Path(__file__).parents[2]
PROCESSES = (*SERVICES, "gateway")
BUILD_ONLY = {"pip"}
# Those that PostgreSQL keeps for its superuser and a backup takes.
RESERVED = 3 + 4
# What only one process may know, and which.
ALONE = {
    "principal_private_key": "gateway",
    "access_token_private_key": "gateway",
    "grant_private_key": "students",
    "postgres_password": "postgres",
    "partner_accounts_key": "partners",
    "broker_operator_signing_key": "partners",
    "broker_platform_signing_key": "partners",
    "broker_system_credentials": "partners",
    **{f"{name}_nats_credentials": name for name in PROCESSES},
}


def composed(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / name).read_text())
    return found


COMPOSE = composed("docker-compose.yml")
TRIAL = composed("docker-compose.local.yml")
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]


def secrets_of(container: dict[str, Any]) -> dict[str, str]:
    """File in the container by the secret's own name."""
    named = [s if isinstance(s, dict) else {"source": s} for s in container.get("secrets", [])]
    return {secret["source"]: secret.get("target", secret["source"]) for secret in named}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "secrets"
    ensure_secrets(folder)
    return folder


def settings_of(name: str, made: Path, mounted: Path, **environment: str) -> Settings:
    """As the process reads them in its container: files in /run/secrets, and its environment."""
    mounted.mkdir()
    for source, target in secrets_of(CONTAINERS[name]).items():
        (mounted / target).write_text((made / source).read_text())
    return Settings(_secrets_dir=mounted, **environment)  # type: ignore[call-arg]


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_cannot_write_gain_privileges_or_take_the_whole_machine(name: str) -> None:
    container = CONTAINERS[name]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"] and "cap_add" not in container
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert not container.get("privileged")
    assert container["restart"] == "unless-stopped"
    limits = container["deploy"]["resources"]["limits"]
    assert {"cpus", "memory", "pids"} <= limits.keys()


def test_the_processes_of_the_platform_run_one_image_that_is_not_root() -> None:
    images = {CONTAINERS[name]["image"] for name in PROCESSES}
    assert images == {"${IMAGE:-education-partnership}"}
    assert [CONTAINERS[name]["command"] for name in PROCESSES] == [[name] for name in PROCESSES]
    dockerfile = (ROOT / "deploy/Dockerfile").read_text()
    assert re.findall(r"^USER (\S+)", dockerfile, re.MULTILINE) == ["10001:10001"]
    assert set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)) == {"python:3.13-slim"}


@pytest.mark.parametrize(
    "module", ["serve", "dead_letters", "people", "smoke", "demonstration.__main__"]
)
def test_a_module_run_in_the_image_needs_only_packages_installed_in_the_image(module: str) -> None:
    installed = re.findall(
        r"^([a-z0-9_.-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE
    )
    wanted = re.findall(
        r"^([a-z0-9_.-]+)==", (ROOT / "requirements-dev.txt").read_text(), re.MULTILINE
    )
    missing = {name.replace("-", "_") for name in set(wanted) - set(installed)}
    assert "psutil" in missing
    code = f"import sys; sys.modules.update(dict.fromkeys({missing!r})); import deploy.{module}"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


def test_a_process_that_ends_has_the_time_to_drain_before_it_is_killed() -> None:
    """It serves on until no connection of the gateway to it is left unused and the one that comes
    in its place has been asked, ends what is under way, and is not killed meanwhile."""
    for name in PROCESSES:
        drain = CONTAINERS[name]["environment"]["DRAIN_SECONDS"]
        seconds = int(drain.removeprefix("${DRAIN_SECONDS:-").removesuffix("}"))
        grace = int(CONTAINERS[name]["stop_grace_period"].removesuffix("s"))
        assert max(KEPT_SECONDS, UNREACHED_SECONDS) < seconds < LEAVING_SECONDS
        assert seconds + STOP_SECONDS < grace


def test_the_connections_of_all_processes_fit_into_the_database() -> None:
    """Of three replicas of students, two of outcomes, one of the others, and one more of that
    which is being replaced."""
    command = CONTAINERS["postgres"]["command"]
    most = int(next(c for c in command if c.startswith("max_connections=")).partition("=")[2])
    of_a_process = 2 * Settings.model_fields["database_pool_size"].default + BESIDE_THE_POOLS
    assert (3 + 2 + 1 + 1 + 1) * of_a_process + RESERVED <= most


def test_only_the_gateway_is_reached_from_outside() -> None:
    assert [name for name, c in CONTAINERS.items() if c.get("ports")] == ["gateway"]
    assert [n for n, c in CONTAINERS.items() if c["networks"] != ["inside"]] == ["gateway"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_every_secret_is_a_file_that_is_made_here_and_kept_out_of_the_repository(
    made: Path,
) -> None:
    declared = {**COMPOSE["secrets"], **TRIAL["secrets"]}
    for name, secret in declared.items():
        if name not in BUILD_ONLY:
            assert secret == {"file": f"deploy/secrets/{name}"}
            assert (made / name).read_text()
    ignored = subprocess.run(["git", "check-ignore", "deploy/secrets/x"], cwd=ROOT, check=False)
    assert ignored.returncode == 0


def test_no_value_of_a_secret_is_written_into_the_files_themselves(made: Path) -> None:
    written = "".join((ROOT / name).read_text() for name in (
        "docker-compose.yml", "docker-compose.local.yml", "deploy/Dockerfile",
    ))  # fmt: skip
    environments = [c.get("environment", {}) for c in CONTAINERS.values()]
    secret = {"database_url", "nats_url"} | {
        name for name in Settings.model_fields if name.endswith("_key")
    }
    assert not [name for known in environments for name in known if name.lower() in secret]
    files = [file for file in made.iterdir() if file.is_file()]
    assert not [file.name for file in files if file.read_text().strip() in written]


@pytest.mark.parametrize("secret", ALONE)
def test_a_secret_of_one_process_is_given_to_no_other_process(secret: str) -> None:
    assert [n for n, c in CONTAINERS.items() if secret in secrets_of(c)] == [ALONE[secret]]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_knows_the_password_of_its_own_database_only(service: str, made: Path) -> None:
    assert {source for source in secrets_of(CONTAINERS[service]) if "database" in source} == {
        f"{service}_database_url"
    }
    password = (made / f"{service}_database_password").read_text()
    url = (made / f"{service}_database_url").read_text()
    assert url == f"postgresql+asyncpg://{service}:{password}@postgres:5432/{service}"


@pytest.mark.parametrize("service", SERVICES)
async def test_the_secrets_of_a_service_are_all_that_it_needs(
    service: str, made: Path, tmp_path: Path
) -> None:
    settings = settings_of(service, made, tmp_path / "run")
    assert settings.environment is Environment.PRODUCTION
    app = FastAPI()
    database = prepare(app, service, settings)
    await database.close()
    assert hasattr(app.state, "grant_signer") == (service == "students")
    user = claims_of(read_credentials(settings.nats_credentials.get_secret_value()).token)
    assert user["name"] == service and user["iss"] in (made / "broker_accounts").read_text()


async def test_the_secrets_of_the_gateway_are_all_that_it_needs(
    made: Path, tmp_path: Path
) -> None:
    from gateway.app import make

    settings = settings_of("gateway", made, tmp_path / "run", oidc_issuer="https://id.example.org")
    gateway = make(settings)
    await gateway.upstream.close()


def test_the_development_issuer_is_part_of_the_trial_and_refused_in_production(
    made: Path, tmp_path: Path
) -> None:
    assert "development" not in (ROOT / "docker-compose.yml").read_text()
    assert CONTAINERS["gateway"]["environment"]["ENVIRONMENT"] == "production"
    assert TRIAL["services"]["gateway"]["environment"]["ENVIRONMENT"] == "local"
    assert "development_issuer_key" in TRIAL["services"]["gateway"]["secrets"]
    key = (made / "development_issuer_key").read_text()
    with pytest.raises(ValueError, match="DEVELOPMENT_ISSUER_KEY"):
        settings_of("gateway", made, tmp_path / "run", development_issuer_key=key)


def test_compose_refuses_to_start_without_the_issuer_and_the_address() -> None:
    known = CONTAINERS["gateway"]["environment"] | CONTAINERS["partners"]["environment"]
    for name in ("OIDC_ISSUER", "PUBLIC_URL"):
        assert known[name].startswith(f"${{{name}?")


def test_making_secrets_leaves_an_existing_secret_alone(made: Path) -> None:
    before = {file: file.read_text() for file in made.rglob("*") if file.is_file()}
    ensure_secrets(made)
    assert {file: file.read_text() for file in made.rglob("*") if file.is_file()} == before
    assert made.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["external", "tls", "broker"])
def test_the_files_for_growth_keep_every_protection_of_a_container(name: str) -> None:
    """What the files of docs/growing.md say of one that stands in docker-compose.yml, or else all
    of it."""
    text = (ROOT / "deploy" / f"compose.{name}.yml").read_text().replace("!reset", "")
    for container, said in yaml.safe_load(text)["services"].items():
        whole = CONTAINERS[container] | said if name != "broker" else said
        assert whole["read_only"] is True and whole["cap_drop"] == ["ALL"]
        assert {"cpus", "memory", "pids"} <= whole["deploy"]["resources"]["limits"].keys()
        assert not set(said) & {"user", "privileged", "cap_add"}


def test_the_memory_that_the_readme_names_is_the_sum_of_the_limits() -> None:
    limits = [c["deploy"]["resources"]["limits"]["memory"] for c in CONTAINERS.values()]
    assert all(limit.endswith("g") for limit in limits)
    whole = sum(int(limit.removesuffix("g")) for limit in limits)
    assert f"sum to {whole} GiB" in (ROOT / "README.md").read_text()


@pytest.mark.needs("compose")
def test_with_the_files_for_growth_the_services_need_no_container_of_another_machine() -> None:
    files = ("docker-compose.yml", "deploy/compose.external.yml", "deploy/compose.tls.yml")
    command = ["docker", "compose", *(part for file in files for part in ("-f", file)),
               "config", "--format", "json"]  # fmt: skip
    known = dict.fromkeys(("PUBLIC_URL", "OIDC_ISSUER"), "https://x.example.org")
    run = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True, env=os.environ | known
    )
    containers = json.loads(run.stdout)["services"]
    assert set(containers) == set(PROCESSES)
    for name in SERVICES:
        assert set(containers[name]["networks"]) == {"inside", "outside"}
        assert not containers[name].get("depends_on")
        environment = containers[name]["environment"]
        named = [
            secret.get("target") or secret["source"] for secret in containers[name]["secrets"]
        ]
        mounted = {str(Path("/run/secrets") / each) for each in named}
        files_named = {value for key, value in environment.items() if key.endswith("_FILE")}
        assert len(files_named) == 4 and files_named <= mounted
