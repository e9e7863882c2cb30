"""Web frontends of other origins, whose browser asks on their behalf."""

import httpx
import pytest
from pydantic import ValidationError

from shared.core.settings import Settings
from tests.gateway.services import network
from tests.promised import promise

APP = "https://app.example.org"
OTHER = "https://app.example.org.evil.example"


def asks(origin: str, method: str = "PATCH", header: str = "if-match") -> dict[str, str]:
    return {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": f"authorization,{header}",
    }


def allowed(answer: httpx.Response) -> dict[str, str]:
    return {name: v for name, v in answer.headers.items() if name.startswith("access-control-")}


@promise(
    "Access and privacy",
    "No page of another origin may call unless the operator names that origin.",
)
async def test_no_page_of_another_origin_may_call_unless_the_operator_names_it() -> None:
    async with network() as (net, client):
        net.admit("educator")
        net.set("students", "/v1/students", {"items": []})
        asked = await client.options("/v1/students", headers=asks(APP))
        told = await client.get("/v1/students", headers={"Origin": APP})
    assert asked.status_code == 405
    assert (allowed(asked), allowed(told)) == ({}, {})


@promise("Access and privacy", "A page of a named origin calls without credentials.")
async def test_a_named_origin_may_call_without_credentials_and_read_the_headers_it_needs() -> None:
    async with network(allowed_origins=f"https://staff.example.org {APP}") as (net, client):
        net.admit("educator")
        net.set("students", "/v1/students", {"items": []}, headers={"ETag": '"1"'})
        asked = await client.options("/v1/students", headers=asks(APP))
        told = await client.get("/v1/students", headers={"Origin": APP})
        refused = await client.get("/v1/nothing", headers={"Origin": APP})
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, APP)
    assert told.headers["access-control-allow-origin"] == APP
    assert "Last-Event-ID" in asked.headers["access-control-allow-headers"]
    assert "ETag" in told.headers["access-control-expose-headers"]
    assert refused.status_code == 404
    assert refused.headers["access-control-allow-origin"] == APP  # so that the page can read why
    assert "access-control-allow-credentials" not in {**asked.headers, **told.headers}
    assert "Origin" in told.headers["vary"]


@promise(
    "Access and privacy",
    "No page of another origin may call unless the operator names that origin.",
)
@pytest.mark.parametrize(
    ("origin", "method", "header"),
    [(OTHER, "GET", "accept"), ("null", "GET", "accept"), ("https://APP.example.org", "GET", "accept"),
     (APP, "TRACE", "accept"), (APP, "GET", "cookie")],
)  # fmt: skip
async def test_another_origin_method_or_header_is_refused(
    origin: str, method: str, header: str
) -> None:
    async with network(allowed_origins=APP) as (net, client):
        net.admit("educator")
        net.set("students", "/v1/students", {"items": []})
        asked = await client.options("/v1/students", headers=asks(origin, method, header))
        told = await client.get("/v1/students", headers={"Origin": origin})
    assert (asked.status_code, asked.json()["code"]) == (403, "cross-origin-refused")
    assert ("access-control-allow-origin" in told.headers) == (origin == APP)


@promise("Access and privacy", "The operator names an origin whole.")
@pytest.mark.parametrize(
    "given",
    ["*", "https://*.example.org", "http://app.example.org", "https://app.example.org/",
     "app.example.org", "null", "https://a.example.org,https://b.example.org"],
)  # fmt: skip
def test_only_whole_origins_can_be_named(given: str) -> None:
    with pytest.raises(ValidationError):
        Settings(allowed_origins=given)


@pytest.mark.parametrize("given", ["", APP, "http://localhost:5173", "http://127.0.0.1:8080"])
def test_the_operator_may_name_no_origin_or_several_whole_ones(given: str) -> None:
    assert Settings(allowed_origins=given).origins() == tuple(given.split())
