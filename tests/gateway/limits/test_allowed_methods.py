"""A method that an address does not take, and a service whose answer is garbage."""

import pytest

from gateway.app import app, own_methods
from tests.gateway.services import network


def test_the_methods_of_the_gateways_own_routes_are_those_of_its_document() -> None:
    documented = {
        path: {method.upper() for method in operations}
        for path, operations in app.openapi()["paths"].items()
    }
    assert own_methods(app.routes) == documented


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/v1/partners", "GET, HEAD, POST"),
        ("OPTIONS", "/v1/partners", "GET, HEAD, POST"),
        ("TRACE", "/v1/partners", "GET, HEAD, POST"),
        ("BREW", "/v1/partners", "GET, HEAD, POST"),
        ("PUT", "/v1/resources/own", "GET, HEAD"),
        ("POST", "/v1/resources/0197a000-0000-7000-8000-000000000001", "GET, HEAD, PUT"),
        ("GET", "/v1/imports/hsds", "POST"),
        ("DELETE", "/v1/views/caseload", "GET, HEAD"),
        ("GET", "/oauth/token", "POST"),
    ],
)
async def test_a_request_by_another_method_is_refused_with_the_allowed_methods(
    method: str, path: str, allowed: str
) -> None:
    async with network() as (net, client):
        net.admit("operator")
        answer = await client.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    assert answer.headers["allow"] == allowed
    assert net.paths("partners") == []


@pytest.mark.parametrize(
    ("kind", "raw", "status"),
    [
        ("text/html", b"<html>", 200), ("text/plain", b"Internal Server Error", 500),
        ("application/json", b"<html>", 200), ("application/json", b'{"items": [', 200),
        ("application/octet-stream", b"{}", 200),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_service_that_answers_garbage_counts_as_away(
    method: str, kind: str, raw: bytes, status: int
) -> None:
    async with network() as (net, client):
        net.admit("operator")
        net.set("partners", "/v1/partners", raw=raw, kind=kind, status=status)
        answer = await client.request(method, "/v1/partners")
    assert (answer.status_code, answer.json()["code"]) == (503, "service-away")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("kind", "raw"), [("application/json", b'{"items": []}'), ("text/csv", b"a,b\r\n"),
                      ("application/json", b"")],
)  # fmt: skip
async def test_the_gateway_passes_an_answer_of_a_service_on_unchanged(
    kind: str, raw: bytes
) -> None:
    async with network() as (net, client):
        net.admit("operator")
        net.set("partners", "/v1/partners", raw=raw, kind=kind)
        answer = await client.get("/v1/partners")
    assert (answer.status_code, answer.content) == (200, raw)
