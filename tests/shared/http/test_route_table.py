"""The dictionary of routes finds what the framework's router finds."""

import importlib
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from fastapi.routing import iter_route_contexts

from shared.http.route_table import RouteTable
from shared.persistence.migrations import SERVICES

APPS = [*(f"services.{name}.app" for name in SERVICES), "gateway.app"]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
NOTED = ("route", "router", "endpoint", "path_params")


def addresses(templates: set[str]) -> Iterator[str]:
    """Each template with ids and with words in it, with more and with less than that, and addresses
    of no route."""
    yield from ("/", "", "//", "/v1", "/v1/", "/nothing/at/all", "/v1/\n", "/V1/programs")
    for template in sorted(templates):
        for said in (str(uuid4()), "progress", "a%2Fb", "\n", ".."):
            filled = re.sub(r"{[^}]+}", said, template)
            yield from (filled, f"{filled}/", f"{filled}\n", f"{filled}/more", f"/{filled}")
            yield filled.rpartition("/")[0]


def a_request(method: str, path: str) -> dict[str, Any]:
    return {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": b"", "root_path": "", "headers": [],
    }  # fmt: skip


async def nothing(*_: Any) -> Any:
    return {"type": "http.disconnect"}


def noted(scope: dict[str, Any]) -> dict[str, Any]:
    return {name: scope.get(name) for name in NOTED}


@pytest.mark.parametrize("name", APPS)
async def test_an_address_has_the_same_route_and_parameters_as_the_frameworks_router_finds(
    name: str,
) -> None:
    app = importlib.import_module(name).app
    table: RouteTable = app.router.middleware_stack
    templates = {str(route.path) for route in iter_route_contexts(app.routes)}
    found, missed = 0, 0
    for path in addresses(templates):
        for method in METHODS:
            here, there = a_request(method, path), a_request(method, path)
            if table._found(here) is None:
                missed += 1  # and the framework's router is asked
                continue
            with suppress(Exception):  # the route has no app to work with
                await table._router(there, nothing, nothing)
            assert noted(here) == noted(there), (method, path)
            found += 1
    assert found > len(templates)
    assert missed > len(templates)


@pytest.mark.parametrize("name", APPS)
def test_every_documented_route_is_found_in_the_dictionary(name: str) -> None:
    app = importlib.import_module(name).app
    table: RouteTable = app.router.middleware_stack
    for route in iter_route_contexts(app.routes):
        if route.include_in_schema:
            path = re.sub(r"{[^}]+}", str(uuid4()), str(route.path))
            for method in route.methods or ():
                scope = a_request(method, path)
                assert table._found(scope) is not None, (method, path)
                assert scope["route"] is route.original_route
