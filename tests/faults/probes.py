"""What a client sees while something is wrong: the same few questions asked again and again."""

import asyncio
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from tests.faults.harness import Rig
from tests.faults.world import World

EVERY_SECONDS = 0.2
CLIENT_SECONDS = 35.0
GOOD_ROUNDS = 3
WELL_SECONDS = 90.0


@dataclass
class Seen:
    """By question: how it was answered how often, and the longest wait."""

    answers: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    longest: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def told(self) -> dict[str, Any]:
        return {
            question: {"answers": dict(found), "longest_seconds": round(self.longest[question], 2)}
            for question, found in sorted(self.answers.items())
        }


def questions(world: World) -> dict[str, tuple[str, str, Any]]:
    child = world.students[0]
    return {
        "list partners": ("GET", "/v1/partners?limit=1", None),
        "list students": ("GET", "/v1/students?limit=1", None),
        "a child's picture": ("GET", f"/v1/views/students/{child}", None),
        "search the library": ("GET", "/v1/resources?limit=1", None),
        "list indicators": ("GET", "/v1/indicators?limit=1", None),
        "register a partner": ("POST", "/v1/partners", {"kind": "funder"}),
    }


async def ask_all(world: World, seen: Seen) -> bool:
    """Whether every answer was whole."""

    async def one(name: str, method: str, path: str, body: Any) -> bool:
        http = world.backbone if method == "POST" else world.admin
        began = time.monotonic()
        said = await _said(http, method, path, body)
        seen.answers[name][said] += 1
        seen.longest[name] = max(seen.longest[name], time.monotonic() - began)
        return said in {"200", "201"}

    asked = [one(name, *question) for name, question in questions(world).items()]
    return all(await asyncio.gather(*asked))


async def _said(http: httpx.AsyncClient, method: str, path: str, body: Any) -> str:
    more: dict[str, Any] = {}
    if body is not None:
        key = str(uuid4())
        more = {"json": body | {"name": f"probe {key}"}, "headers": {"Idempotency-Key": key}}
    try:
        answer = await http.request(method, path, timeout=CLIENT_SECONDS, **more)
    except httpx.HTTPError as error:
        return type(error).__name__
    try:
        told = answer.json()
    except ValueError:
        return f"{answer.status_code} no JSON"
    if answer.status_code == 200 and (missing := told.get("unavailable")):
        return f"200 without {', '.join(sorted(missing))}"
    if answer.is_success:
        return str(answer.status_code)
    return f"{answer.status_code} {told.get('code', 'not a problem document')}"


async def well_again(rigged: Rig, world: World) -> float:
    """Seconds until everything answers whole, several times running, and all are ready."""
    began = time.monotonic()
    good = 0
    while good < GOOD_ROUNDS:
        good = good + 1 if await ask_all(world, Seen()) else 0
        if time.monotonic() - began > WELL_SECONDS:
            raise TimeoutError("it did not become well again")
        await asyncio.sleep(0.1)
    took = time.monotonic() - began
    await rigged.platform.ready(*(name for name in rigged.processes if name != "broker"))
    return took
