"""Until everything that was announced has had its effect."""

import asyncio
import time
from collections import defaultdict
from typing import Any
from uuid import UUID

from shared.persistence.migrations import SERVICES
from tests.faults.harness import STILL_SECONDS, Rig
from tests.faults.held import Held
from tests.faults.partner import TOLD, Partner
from tests.listeners import aggregate_of, listeners

SETTLE_SECONDS = 240.0
LOOK_SECONDS = 0.5
OUTBOX = "select event_id, type, aggregate_id, aggregate_version from outbox"
PUBLISHED = "select count(*) from outbox where published_at is null"


async def settled(rig: Rig, still: float = STILL_SECONDS) -> float:
    """Until every event is heard and has had every effect it is to have, or nothing has moved for `still`
    seconds. Returns how long it took."""
    began = moved = time.monotonic()
    before: Any = None
    while time.monotonic() - began < SETTLE_SECONDS and time.monotonic() - moved < still:
        waiting = await _waiting(rig)
        if not sum(waiting.values()):
            break
        if waiting != before:
            before, moved = waiting, time.monotonic()
        await asyncio.sleep(LOOK_SECONDS)
    return time.monotonic() - began


async def _waiting(rig: Rig) -> dict[str, int]:
    waiting = {}
    for service in SERVICES:
        waiting[service] = await rig.one(service, PUBLISHED)
        jobs = "select count(*) from import_job where finished_at is null"
        waiting[f"{service} imports"] = await rig.one(service, jobs)
    if rig.partner is not None:
        waiting["partner"] = len(await told_to(rig, rig.partner) - set(rig.partner.received))
    outboxes = {s: await rig.rows(s, OUTBOX) for s in SERVICES}
    running = {p.partition("-")[0] for p in rig.processes}
    waiting["heard"] = await not_heard(rig, outboxes, running)
    for service, source, types in listeners():
        if service not in running:
            continue
        done = await rig.rows(service, "select distinct event_id as id from fault_effect"
                                       " where consumer = $1", f"{service}-from-{source}")  # fmt: skip
        known = {row["id"] for row in done}
        wanted = to_have_effect(rig, service, types, outboxes[source])
        waiting[f"{service} from {source}"] = len(wanted - known)
    return waiting


def to_have_effect(rig: Rig, service: str, types: set[str], outbox: list[Any]) -> set[UUID]:
    """The events of these types, by id. Of the types that the service hears since an upgrade, the last
    of each aggregate: its source announced it again for the service."""
    anew = {type for heard_by, type in rig.anew if heard_by == service}
    found = {row["event_id"] for row in outbox if row["type"] in types - anew}
    last: dict[UUID, Any] = {}
    for row in outbox:
        before = last.get(row["aggregate_id"])
        if row["type"] in types & anew and (
            before is None or before["aggregate_version"] < row["aggregate_version"]
        ):
            last[row["aggregate_id"]] = row
    return found | {row["event_id"] for row in last.values()}


async def not_heard(rig: Held, outbox: dict[str, list[Any]], running: set[str]) -> int:
    """Aggregates whose last version a service that listens to them does not remember."""
    missing = 0
    for service, source, types in listeners():
        if service not in running:
            continue
        last: dict[str, int] = defaultdict(int)
        for row in outbox[source]:
            if aggregate_of(row["type"]) in set(map(aggregate_of, types)):
                last[row["aggregate_id"]] = max(
                    last[row["aggregate_id"]], row["aggregate_version"]
                )
        rows = await rig.rows(service, "select aggregate_id, version from heard where source = $1",
                              source)  # fmt: skip
        heard = {row["aggregate_id"]: row["version"] for row in rows}
        missing += sum(heard.get(id) != version for id, version in last.items())
    return missing


async def told_to(rig: Rig, partner: Partner) -> set[str]:
    """Ids of what stands in the outbox for it: all that was not taken back."""
    return {row["id"] for row in await rig.rows("students", TOLD, UUID(partner.id))}
