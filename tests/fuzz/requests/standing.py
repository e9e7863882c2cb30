"""A whole platform for a while: real PostgreSQL, real broker, and people of several roles."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench.oneroster_generator import package
from tests.platform import Platform, own_servers

ROLES = (
    "backbone", "district_admin", "educator", "guardian", "partner_admin", "case_worker",
    "analyst", "operator",
)  # fmt: skip
"""The operator last: it can end others' memberships."""
Person = dict[str, Any]


class Caller(NamedTuple):
    """`token`: None of somebody who has none."""

    role: str
    token: str | None


@asynccontextmanager
async def standing(
    folder: Path, *, demonstration: bool
) -> AsyncIterator[tuple[Platform, list[Person]]]:
    """The platform, and whom to ask as: role, partner_id and person_id."""
    async with own_servers(folder, durable=False) as made:
        people = await (_demonstration(made) if demonstration else _few(made))
        await made.settled()
        yield made, people


async def _demonstration(made: Platform) -> list[Person]:
    file = made.folder / "people.json"
    environment = {
        "ENVIRONMENT": "local", "PUBLIC_URL": made.gateway,
        "DEVELOPMENT_ISSUER_KEY": made.keys["development_issuer_key"],
    }  # fmt: skip
    loading = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.demonstration", "--gateway", made.gateway,
        "--people", str(file), env={**os.environ, **environment},
    )  # fmt: skip
    if await loading.wait():
        raise RuntimeError("the demonstration was not loaded")
    known: list[Person] = json.loads(file.read_text())["people"]
    return known


async def _few(made: Platform) -> list[Person]:
    """A district with a roster, and a partner: enough for many answers to be good."""
    operator, partners = made.client(), []
    for kind in ("district", "community_organization"):
        draft = {"name": f"The {kind}", "kind": kind}
        answer = await operator.post("/v1/partners", json=draft)
        answer.raise_for_status()
        partners.append(answer.json()["id"])
    district = await made.admit("district_admin", partners[0])
    job = await made.import_file(district, "oneroster", package(3))
    if job["state"] != "done":
        raise RuntimeError(f"the roster was not taken: {job}")
    return [{"role": "backbone"}, {"role": "district_admin", "partner_id": partners[0]}]


async def callers(made: Platform, people: Sequence[Person]) -> list[Caller]:
    """Each role with a membership that nobody has ended yet, and somebody without a token."""
    found = [Caller("nobody", None)]
    of_role = {person["role"]: person for person in reversed(people)}
    for role in (role for role in ROLES if role in of_role):
        known = of_role[role]
        client = await made.admit(role, known.get("partner_id"), known.get("person_id"))
        found.append(Caller(role, client.headers["Authorization"].removeprefix("Bearer ")))
    return found
