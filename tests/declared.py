"""Holds every answer of a service under test against the headers that its document declares."""

import re
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

import httpx
from fastapi import FastAPI

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
