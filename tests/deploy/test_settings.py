"""Every setting of shared/core/settings.py reaches its processes and is on the operator's page."""

import ast
import re
from functools import cache
from typing import Any

import grimp
import pytest
import yaml

from shared.core.settings import Settings
from shared.persistence.migrations import SERVICES
from tests.deploy.test_containers import CONTAINERS, PROCESSES, ROOT, secrets_of
from tests.promised import promise

FIELDS = Settings.model_fields
PAGE = ROOT / "docs" / "operating.md"
CODE = grimp.build_graph("shared", "services", "gateway", "deploy", cache_dir=None)
REQUIRED = {"public_url", "oidc_issuer"}
WITHOUT_DATABASE = "the gateway has no database"
NOT_TOLD = "tells partners nothing: the stream PARTNERS is made by partners and students"
SIGNS_NOTHING = "students alone signs grants"
# Read by the code that a process has, and yet not passed to it: why not.
NOT_PASSED = {
    **{
        ("gateway", field): WITHOUT_DATABASE
        for field in ("database_url", "database_pool_size", "database_ca_file")
    },
    ("gateway", "invitation_url"): 'no address of a service, which its f"{name}_url" would ask',
    **{
        (name, "partner_retention_days"): NOT_TOLD for name in ("gateway", "resources", "outcomes")
    },
    **{
        (name, "grant_private_key"): SIGNS_NOTHING
        for name in ("partners", "resources", "outcomes")
    },
}
# Only with the file for it, which docs/growing.md or the trial adds.
WITH_ANOTHER_FILE = {
    "database_ca_file": "deploy/compose.external.yml",
    "nats_ca_file": "deploy/compose.external.yml",
    "tls_certificate_file": "deploy/compose.tls.yml",
    "tls_key_file": "deploy/compose.tls.yml",
    "services_ca_file": "deploy/compose.tls.yml",
    "development_issuer_key": "docker-compose.local.yml",
}
# Passed with another value than the code's own: why.
OF_COMPOSE = {
    "environment": "production here, local in a trial",
    "drain_seconds": "there are others who can be sent to, and a time limit for leaving",
    **{f"{name}_url": "by the name of the container" for name in SERVICES},
}
BY_A_METHOD = {
    "origins": {"allowed_origins"},
    "plain_database_url": {"database_url"},
    "issuers": {"oidc_issuer", "oidc_issuers"},
    "accepted_audiences": {"oidc_audience", "public_url"},
}


@cache
def read_by(module: str) -> frozenset[str]:
    """Fields that a module names: as an attribute, in a string, or by a pattern of one."""
    path = ROOT / module.replace(".", "/")
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            names |= {field for field in FIELDS if re.fullmatch(pattern_of(node), field)}
    names = names.union(*(BY_A_METHOD[name] for name in names & BY_A_METHOD.keys()))
    return frozenset(names & FIELDS.keys())


def pattern_of(written: ast.JoinedStr) -> str:
    parts = [
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z]+"
        for part in written.values
    ]
    said = any(re.search("[a-z]_|_[a-z]", part) for part in parts if part != "[a-z]+")
    return "".join(parts) if said else "(?!)"


def reads(name: str) -> set[str]:
    """What the process reads: by all that it imports."""
    root = "gateway.app" if name == "gateway" else f"services.{name}.app"
    modules = {"deploy.serve", root} | CODE.find_upstream_modules(root)
    return {"environment"}.union(*(read_by(each) for each in modules - {"shared.core.settings"}))


def given(container: dict[str, Any]) -> set[str]:
    """By environment or as a secret."""
    environment = {key.lower() for key in container.get("environment", {})}
    return environment | set(secrets_of(container).values())


def with_file(file: str) -> dict[str, dict[str, Any]]:
    """What another file adds to each container."""
    text = (ROOT / file).read_text().replace("!reset", "")
    found: dict[str, dict[str, Any]] = yaml.safe_load(text)["services"]
    return found


def given_in_all(name: str) -> set[str]:
    """Also what comes with another file."""
    added = [with_file(file).get(name, {}) for file in sorted(set(WITH_ANOTHER_FILE.values()))]
    return (given(CONTAINERS[name]).union(*map(given, added))) & FIELDS.keys()


@promise("Operation", "A setting reaches every process that reads it.")
@pytest.mark.parametrize("name", PROCESSES)
def test_compose_passes_to_a_process_every_setting_that_it_reads_or_a_list_excuses_it(
    name: str,
) -> None:
    missing = reads(name) - given(CONTAINERS[name])
    for field in missing & WITH_ANOTHER_FILE.keys():
        if (name, field) not in NOT_PASSED:
            assert field in given(with_file(WITH_ANOTHER_FILE[field])[name])
    excused = {field for who, field in NOT_PASSED if who == name}
    assert missing - WITH_ANOTHER_FILE.keys() == excused - WITH_ANOTHER_FILE.keys()


@pytest.mark.parametrize("name", PROCESSES)
def test_compose_passes_to_a_process_only_settings_that_it_reads(name: str) -> None:
    assert given_in_all(name) <= reads(name)


def test_every_setting_is_read_by_some_process() -> None:
    assert set().union(*(reads(name) for name in PROCESSES)) == FIELDS.keys()


@promise("Operation", "A setting means the same with Compose and without.")
def test_an_unset_setting_has_the_same_value_with_compose_and_without() -> None:
    for name in PROCESSES:
        for key, value in CONTAINERS[name]["environment"].items():
            field = key.lower()
            if field in REQUIRED:
                assert value.startswith(f"${{{key}?"), (name, key)
            elif field not in OF_COMPOSE:
                assert value == f"${{{key}:-{FIELDS[field].default}}}", (name, key)


def unless_set(field: str) -> str:
    """As the page says it."""
    if any(field in secrets_of(CONTAINERS[name]).values() for name in PROCESSES):
        return "a secret"
    if field in REQUIRED:
        return "must be set"
    passed = [CONTAINERS[name]["environment"].get(field.upper()) for name in PROCESSES]
    value = next((each for each in passed if each is not None), "")
    value = re.sub(r"^\$\{[A-Z_]+:-(.*)\}$", r"\1", value)
    return f"`{value}`" if value else "none"


def who_reads(field: str) -> str:
    having = [name for name in PROCESSES if field in given_in_all(name)]
    if set(having) == set(PROCESSES):
        return "all"
    return "services" if set(having) == set(SERVICES) else ", ".join(having)


@promise("Operation", "Every setting stands in the operator's table.")
def test_the_operators_table_has_every_setting_with_its_default_and_its_processes() -> None:
    chapter = PAGE.read_text().split("\n## Settings\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.+) \| (.+) \| (.+) \|$", chapter, re.MULTILINE)
    assert sorted(name for name, *_ in rows) == sorted(field.upper() for field in FIELDS)
    for name, does, otherwise, process in rows:
        field = name.lower()
        assert len(does) > 10
        assert (name, otherwise, process) == (name, unless_set(field), who_reads(field))


NUMBERS = [field for field, info in FIELDS.items() if info.annotation is int]


@pytest.mark.parametrize("field", NUMBERS)
def test_a_process_refuses_to_start_with_a_number_that_makes_no_sense(field: str) -> None:
    with pytest.raises(ValueError, match=field):
        Settings(**{field: -1})  # type: ignore[arg-type]


@pytest.mark.parametrize("field", ["event_retention_days", "partner_retention_days"])
def test_no_setting_lets_the_broker_keep_a_message_for_ever(field: str) -> None:
    with pytest.raises(ValueError, match=field):
        Settings(**{field: 0})  # type: ignore[arg-type]


def test_the_page_for_families_names_the_default_retention_periods() -> None:
    page = (ROOT / "docs" / "families.md").read_text()
    told = dict(re.findall(r"\| `(\w+_DAYS)` \| (\d+)", page))
    kept = [field for field in FIELDS if re.fullmatch("retention_[a-z]+_days", field)]
    assert told == {
        field.upper(): str(FIELDS[field].default) for field in (*kept, "event_retention_days")
    }
