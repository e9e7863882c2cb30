"""Holds every answer of a service under test against its document: the headers that it declares, and
the shape, which some answers have without pydantic having written them."""

import re
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import TypeAdapter

from gateway.middleware.cors import READ

ANY_VALUE = re.compile(r"\{[^}]+\}")
MAY_BE_ABSENT = frozenset({"Idempotency-Replayed", "Link", "Retry-After"})
# A clock changes the status of an agreement without a version, and then no ETag would be right.
WITHOUT_A_VERSION = "/v1/agreements"


def holding_headers(app: FastAPI) -> Callable[[httpx.Response], Awaitable[None]]:
    """A hook for a client of the service: raises AssertionError where an answer has a header that
    its operation does not declare, or lacks one that it does."""

    async def hold(response: httpx.Response) -> None:
        operation = _operation(app, response.request.method, response.request.url.path)
        answer = (operation or {}).get("responses", {}).get(str(response.status_code))
        if answer is None or not response.is_success:
            return
        declared = set(answer.get("headers", ()))
        sent = {name for name in READ if name in response.headers} - {"Content-Disposition"}
        asked = f"{response.request.method} {response.request.url.path}"
        assert sent <= declared, f"{asked} sends {sorted(sent - declared)} undeclared"
        missing = declared - sent - MAY_BE_ABSENT
        if not response.request.url.path.startswith(WITHOUT_A_VERSION):
            assert not missing, f"{asked} declares {sorted(missing)} and sends none"

    return hold


def holding_shape(app: FastAPI) -> Callable[[httpx.Response], Awaitable[None]]:
    """A hook for a client of the service: raises AssertionError where the body is not, byte for byte,
    as pydantic writes the declared shape."""

    async def hold(response: httpx.Response) -> None:
        body = await response.aread()
        if not response.is_success or response.headers.get("content-type") != "application/json":
            return
        asked = f"{response.request.method} {response.request.url.path}"
        for method, pattern, shape in _shapes(app):
            if method == response.request.method and pattern.match(response.request.url.path):
                read = TypeAdapter(shape).validate_json(body) if shape is not None else None
                written = TypeAdapter(shape).dump_json(read, by_alias=True)
                assert shape is None or written == body, f"{asked} answers in another shape"
                return

    return hold


@cache
def _shapes(app: FastAPI) -> list[tuple[str, re.Pattern[str], Any]]:
    return [
        (method, route.path_regex, route.response_model)
        for route in iter_route_contexts(app.routes)
        if isinstance(route.original_route, APIRoute)
        for method in route.methods or ()
    ]


def _operation(app: FastAPI, method: str, path: str) -> dict[str, Any] | None:
    for pattern, operations in _patterns(app):
        if pattern.fullmatch(path):
            found: dict[str, Any] | None = operations.get(method.lower())
            return found
    return None


@cache
def _patterns(app: FastAPI) -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """The operations of each path, those with the fewest parameters first, as they are routed."""
    paths = sorted(app.openapi()["paths"].items(), key=lambda item: item[0].count("{"))
    return [(re.compile(ANY_VALUE.sub("[^/]+", path)), operations) for path, operations in paths]
