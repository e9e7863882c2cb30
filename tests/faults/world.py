"""Who writes while things are broken, and what there is from the beginning."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.bench.oneroster_generator import package
from tests.faults.client import Acknowledged, Books, Json, ask
from tests.platform import Platform

STUDENTS = 60
TODAY = datetime.now(UTC).date()


@dataclass
class World:
    """Who writes, and what there is from the beginning."""

    admin: httpx.AsyncClient
    backbone: httpx.AsyncClient
    operator: httpx.AsyncClient
    district: str
    school: str
    students: list[str]
    tag: str = ""  # of what is written, where others have written before


@dataclass
class Writer:
    """One of several at work at once, each on rows of its own. `own`: what it has made, as last
    answered."""

    number: int
    of: int
    world: World
    books: Books
    chance: random.Random
    own: dict[str, list[Json]] = field(default_factory=dict)
    joined: list[str] = field(default_factory=list)
    made: int = 0
    day: int = 0

    def tag(self) -> str:
        self.made += 1
        return f"{self.world.tag}w{self.number}-{self.made}"

    async def write(
        self, service: str, table: str, http: httpx.AsyncClient, method: str, path: str,
        body: Any, version: int | None = None, **more: Any,
    ) -> Json | None:  # fmt: skip
        found = await ask(http, self.books, method, path, body, version, **more)
        if found is not None and "id" in found:
            self.books.written.append(
                Acknowledged(service, table, found["id"], found.get("version"))
            )
        return found

    def keep(
        self, noun: str, found: Json | None, name: tuple[str, str, str] | None = None
    ) -> None:
        if found is None:
            return
        self.own.setdefault(noun, []).append(found)
        if name is not None:
            self.books.names.setdefault(name, []).append(found["id"])

    def pick(self, noun: str) -> Json | None:
        there = self.own.get(noun)
        return self.chance.choice(there) if there else None


async def a_world(platform: Platform) -> World:
    backbone = await platform.admit_backbone()
    made = await backbone.post("/v1/partners", json={"name": "Larkhaven", "kind": "district"})
    district = made.json()["id"]
    admin = await platform.admit("district_admin", district)
    year = TODAY.year + (TODAY.month >= 7)
    job = await platform.import_file(admin, "oneroster", package(STUDENTS, year=year))
    assert job["state"] == "done", job
    students = (await admin.get("/v1/students", params={"limit": 200})).json()["items"]
    schools = await admin.get("/v1/schools", params={"type": "school", "limit": 200})
    [school] = [each for each in schools.json()["items"] if each["source"] == district]
    pupils = [each["id"] for each in students]
    return World(admin, backbone, platform.client(), district, school["id"], pupils)
