"""The gateway's document is one that the field's tools take, and says how to use each operation."""

import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.services import network
from tests.npm import installed
from tests.promises.sources import guilty

LINTERS = Path(__file__).parent / "linters"
VERB_AND_NOUN = re.compile(r"[a-z]+(_[a-z0-9]+)+")


@pytest.fixture
async def document() -> dict[str, Any]:
    async with network() as (_, client):
        read: dict[str, Any] = (await client.get("/openapi.json")).json()
    return read


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_an_operation_id_is_a_verb_and_its_noun_and_belongs_to_one_operation(
    document: dict[str, Any],
) -> None:
    ids = Counter(operation["operationId"] for _, operation in operations(document))
    guilty([name for name, count in ids.items() if count > 1])
    guilty([name for name in ids if not VERB_AND_NOUN.fullmatch(name)])


def test_every_operation_and_every_tag_is_described(document: dict[str, Any]) -> None:
    described = {tag["name"] for tag in document["tags"] if tag["description"]}
    guilty([route for route, operation in operations(document) if not operation["description"]])
    guilty([route for route, operation in operations(document)
            if not set(operation["tags"]) <= described])  # fmt: skip


def test_every_operation_says_whether_a_token_is_needed_and_which_permission(
    document: dict[str, Any],
) -> None:
    guilty([route for route, operation in operations(document) if "security" not in operation])
    read = document["paths"]["/v1/students/{student_id}"]["get"]
    assert read["security"] == [{"principal": []}]
    assert read["description"].endswith("Permission: `students:read`.")


def test_a_change_that_demands_a_version_is_preceded_by_a_read_that_shows_it(
    document: dict[str, Any],
) -> None:
    reads = {
        route.partition(" ")[2]
        for route, operation in operations(document)
        if any("ETag" in answer.get("headers", ()) for answer in operation["responses"].values())
    }
    changing = [
        route for route, operation in operations(document)
        if any(each.get("name") == "if-match" for each in operation.get("parameters", ()))
    ]  # fmt: skip
    assert len(changing) > 40
    guilty([route for route in changing if not reads & _above(route.partition(" ")[2])])


def _above(path: str) -> set[str]:
    """The path and those that it is below."""
    parts = path.split("/")
    return {"/".join(parts[:n]) for n in range(3, len(parts) + 1)}


def test_a_generated_client_need_not_send_what_has_a_default(document: dict[str, Any]) -> None:
    draft = document["components"]["schemas"]["TargetDraft"]
    assert "group" not in draft["required"]
    assert "default" not in draft["properties"]["group"]
    assert draft["properties"]["group"]["description"] == "Default: `all`."


@pytest.mark.needs("npm")
def test_redocly_and_spectral_find_nothing(document: dict[str, Any], tmp_path: Path) -> None:
    tools = installed(LINTERS) / "node_modules" / ".bin"
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document))
    (tmp_path / ".spectral.json").write_text('{"extends": ["spectral:oas"]}')
    redocly = subprocess.run(
        [tools / "redocly", "lint", file, "--extends=recommended", "--format=json"],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    guilty(
        [f"{each['ruleId']}: {each['message']}" for each in json.loads(redocly.stdout)["problems"]]
    )
    spectral = subprocess.run(
        [tools / "spectral", "lint", file, "--format=json", "--quiet", "--fail-severity=hint"],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    guilty([f"{each['code']}: {each['message']}" for each in json.loads(spectral.stdout or "[]")])
    assert spectral.returncode == 0, spectral.stderr
