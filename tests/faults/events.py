"""Events that are not as they should be, put into the stream as if a service had announced them."""

import asyncio
import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from shared.events.bus import connected
from tests.faults.harness import Rig
from tests.faults.settling import listeners

ROOT = Path(__file__).parents[2]
KNOWN = "partners.partner.registered.v1"
WAIT_SECONDS = 30.0


def _envelope(type: str, aggregate: str, version: int, data: dict[str, Any]) -> bytes:
    return json.dumps({
        "specversion": "1.0", "id": str(uuid4()), "source": "/partners", "type": type,
        "subject": aggregate, "time": datetime.now(UTC).isoformat(),
        "aggregateversion": version, "data": data,
    }).encode()  # fmt: skip


async def _put(rigged: Rig, *events: tuple[str, bytes]) -> None:
    bus = await connected(rigged.settings(), "proof")
    for subject, body in events:
        await (await bus.publish(subject, str(uuid4()), body))
    await bus.close()


def _good(aggregate: str, name: str) -> dict[str, Any]:
    return {"partner_id": aggregate, "name": name, "kind": "funder", "status": "active",
            "parent_id": None}  # fmt: skip


async def _until(rigged: Rig, service: str, sql: str, wanted: int) -> float:
    began = time.monotonic()
    while await rigged.one(service, sql) != wanted:
        if time.monotonic() - began > WAIT_SECONDS:
            raise TimeoutError(f"{service}: {sql} is not {wanted}")
        await asyncio.sleep(0.05)
    return time.monotonic() - began


async def poison(rigged: Rig) -> dict[str, Any]:
    """No JSON at all, and an event whose data no reaction can read; a good one right behind."""
    ill, well = str(uuid4()), str(uuid4())
    hearing = [s for s, source, types in listeners() if source == "partners" and KNOWN in types]
    await _put(
        rigged,
        (f"{KNOWN}.{uuid4()}", b"\xff\xfenot an event"),
        (f"{KNOWN}.{ill}", _envelope(KNOWN, ill, 1, {"nothing": "of use"})),
        (f"{KNOWN}.{well}", _envelope(KNOWN, well, 1, _good(well, "right behind"))),
    )
    heard = f"select count(*) from heard where aggregate_id = '{well}'"
    behind = max([await _until(rigged, s, heard, 1) for s in hearing])
    parked = f"select count(*) from dead_letter where aggregate_id = '{ill}'"
    for service in hearing:
        await _until(rigged, service, parked, 1)
        url = {"DATABASE_URL": rigged.platform.database_urls[service]}
        for command in ("replay", "discard"):
            await asyncio.to_thread(
                subprocess.run,
                [sys.executable, "-m", "deploy.dead_letters", service, command, "all"],
                env=rigged.platform.environment(service) | url, cwd=ROOT, check=False,
                capture_output=True,
            )  # fmt: skip
        await _until(rigged, service, "select count(*) from dead_letter", 0)
    await _forget(rigged, hearing, well)
    return {
        "services_that_hear_it": len(hearing), "parked_in_each": 1,
        "the_event_behind_it_was_heard_after_seconds": round(behind, 2),
        "taken_off_by": "python -m deploy.dead_letters SERVICE discard all",
    }  # fmt: skip


async def an_unknown_version(rigged: Rig) -> dict[str, Any]:
    """A later release's event, and after it one that is known: the first is passed over, and its
    aggregate goes on."""
    later = KNOWN.removesuffix("1") + "2"
    aggregate = str(uuid4())
    await _put(
        rigged,
        (f"{later}.{aggregate}", _envelope(later, aggregate, 1, {"another": "shape"})),
        (f"{KNOWN}.{aggregate}", _envelope(KNOWN, aggregate, 2, _good(aggregate, "goes on"))),
    )
    hearing = [s for s, source, types in listeners() if source == "partners" and KNOWN in types]
    sql = f"select coalesce(max(version), 0) from heard where aggregate_id = '{aggregate}'"
    took = max([await _until(rigged, service, sql, 2) for service in hearing])
    parked = sum([await rigged.one(s, "select count(*) from dead_letter") for s in hearing])
    await _forget(rigged, hearing, aggregate)
    return {"services_that_hear_it": len(hearing), "parked": parked,
            "the_next_version_was_handled_after_seconds": round(took, 2)}  # fmt: skip


KEPT_OF_PARTNERS = {"students": "offering_partner", "resources": "known_partner",
                    "outcomes": "contributor"}  # fmt: skip


async def _forget(rigged: Rig, services: list[str], aggregate: str) -> None:
    """What no partner ever was is in no comparison."""
    for service in services:
        await rigged.rows(
            service, f"delete from {KEPT_OF_PARTNERS[service]} where partner_id = '{aggregate}'"
        )
