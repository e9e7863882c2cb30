"""The headers Acting-As and Purpose are declared where they have an effect."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared.contracts.purpose import PARTNER_PURPOSES
from shared.security.permissions import PERMISSIONS
from shared.security.principal import PARTNER_STAFF
from tests.gateway.services import network
from tests.promised import promise
from tests.promises.recording import RECORDED
from tests.promises.sources import guilty
from tests.promises.test_routes import routes_of

PARTNERS = set().union(*(PERMISSIONS[role] for role in PARTNER_STAFF))


@pytest.fixture
async def document() -> dict[str, Any]:
    async with network() as (_, client):
        first = (await client.get("/openapi.json")).json()
        again: dict[str, Any] = (await client.get("/openapi.json")).json()
    assert first == again
    return again


def declaring(document: dict[str, Any]) -> Iterator[tuple[str, set[str]]]:
    """Each operation, and which of the two it takes."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            named = {
                one.get("$ref", "").rpartition("/")[2] for one in operation.get("parameters", [])
            }
            yield f"{method.upper()} {path}", named & {"ActingAs", "Purpose"}


@promise(
    "The house",
    "The description names the header of the acting membership wherever it has an effect.",
)
async def test_every_operation_except_the_token_and_an_acceptance_declares_acting_as(
    document: dict[str, Any],
) -> None:
    without = {name for name, named in declaring(document) if "ActingAs" not in named}
    assert without == {"POST /oauth/token", "POST /v1/invitations/acceptance"}


@promise("The house", "The description names the header of the purpose wherever it has an effect.")
async def test_every_operation_that_discloses_a_childs_record_to_a_partner_declares_purpose(
    document: dict[str, Any],
) -> None:
    named = {name for name, headers in declaring(document) if "Purpose" in headers}
    wanted = {
        f"{route.method} {route.path}"
        for route in routes_of("students")
        if f"{route.method} {route.path}" in RECORDED and route.scopes & PARTNERS
    } | {
        f"{route.method} {route.path}"
        for service in ("resources", "outcomes")
        for route in routes_of(service)
        if "grant" in route.headers and route.scopes & PARTNERS
    }
    guilty([
        f"{name} asks for a child's record and takes no Purpose"
        for name in sorted(wanted - named) if "/internal/" not in name
    ])  # fmt: skip


async def test_an_operation_by_which_no_partner_asks_for_a_child_declares_no_purpose(
    document: dict[str, Any],
) -> None:
    strange = {
        f"{route.method} {route.path}"
        for service in ("partners", "outcomes")
        for route in routes_of(service)
    } | {
        f"{route.method} {route.path}"
        for route in routes_of("students")
        if not route.scopes & PARTNERS
    }
    guilty([
        f"{name} takes a Purpose without an effect"
        for name, headers in declaring(document) if "Purpose" in headers and name in strange
    ])  # fmt: skip


async def test_each_header_is_explained_and_purpose_lists_the_purposes_of_partners(
    document: dict[str, Any],
) -> None:
    said = document["components"]["parameters"]
    assert {one["name"] for one in said.values()} == {"Acting-As", "Purpose"}
    assert all(one["description"] for one in said.values())
    asked = document["components"]["schemas"]["RequestPurpose"]
    assert asked["enum"] == [purpose.value for purpose in PARTNER_PURPOSES]
