"""What was lost, doubled or out of order. Three accounts are held against each other: what the
client was told, what the databases and the stream hold, and the journal of effects."""

import asyncio
import importlib
import json
import time
from collections import Counter, defaultdict
from contextlib import suppress
from typing import Any
from uuid import UUID

from shared.bus import connected
from shared.inbox import sources_of
from shared.migrations import SERVICES
from tests.faults.client import Books
from tests.faults.derived import derived_differences
from tests.faults.harness import STILL_SECONDS, Rig
from tests.faults.partner import TOLD, Partner

SETTLE_SECONDS = 240.0
LOOK_SECONDS = 0.5
PUBLISHED = "select count(*) from outbox where published_at is null"
OUTBOX = "select event_id, type, aggregate_id, aggregate_version from outbox"
EFFECTS = "select consumer, event_id, aggregate_id, version from fault_effect order by number"
VERSIONED = """
    select table_name from information_schema.columns
    where table_schema = 'public' and column_name in ('id', 'version')
    group by 1 having count(*) = 2
"""
BEHIND = """
    select count(*) from "{table}" t
    left join (select aggregate_id, max(aggregate_version) as last from outbox group by 1) o
      on o.aggregate_id = t.id
    where t.version <> coalesce(o.last, 0)
"""
NOT_ANNOUNCED = {"dead_letter", "consent", "emergency_access"}
GAPS = """
    select coalesce(sum(m - n), 0)::int from (
      select max(aggregate_version) as m, count(*) as n from outbox group by aggregate_id) x
"""


async def settled(rig: Rig, still: float = STILL_SECONDS) -> float:
    """Until every event has had every effect it is to have, or nothing has moved for `still`
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
        waiting["partner"] = len(await _told(rig, rig.partner) - set(rig.partner.received))
    outboxes = {s: await rig.rows(s, "select type, event_id::text from outbox") for s in SERVICES}
    for service, source, types in listeners():
        if service not in {p.partition("-")[0] for p in rig.processes}:
            continue
        done = await rig.rows(service, "select distinct event_id::text as id from fault_effect"
                                       " where consumer = $1", f"{service}-from-{source}")  # fmt: skip
        known = {row["id"] for row in done}
        waiting[f"{service} from {source}"] = sum(
            row["type"] in types and row["event_id"] not in known for row in outboxes[source]
        )
    return waiting


def listeners() -> list[tuple[str, str, set[str]]]:
    """(service, source, types of events it reacts to)."""
    found = []
    for service in SERVICES:
        reactions = getattr(importlib.import_module(f"services.{service}.app"), "REACTIONS", [])
        for source in sources_of(reactions):
            types = {r.event.type for r in reactions if r.event.type.startswith(f"{source}.")}
            found.append((service, source, types))
    return found


async def verdict(rig: Rig, books: Books) -> dict[str, Any]:
    """The figures of a run, after everything has settled."""
    stream = await _stream(rig)
    outbox = {service: await rig.rows(service, OUTBOX) for service in SERVICES}
    running = {name.partition("-")[0] for name in rig.processes}
    effects: Counter[str] = Counter()
    for service, source, types in listeners():
        if service in running:
            effects += await _effects(rig, service, source, types, outbox[source])
    writes = await _lost_writes(rig, books)
    derived = await derived_differences(rig) if running >= set(SERVICES) else {}
    return {
        "acknowledged": books.acknowledged,
        "asked_again": books.asked_again,
        "answers": dict(books.answers.most_common()),
        "surprises": dict(books.surprises),
        "lost_writes": sum(writes.values()),
        "lost_writes_of": dict(writes),
        "doubled_writes": await _doubled_writes(rig, books),
        "events": sum(len(rows) for rows in outbox.values()),
        "events_not_in_stream": sum(
            str(row["event_id"]) not in stream["first"] for rows in outbox.values() for row in rows
        ),
        "out_of_order_in_stream": stream["inverted"],
        "stored_again_in_stream": stream["again"],
        "versions_missing": sum([await rig.one(s, GAPS) for s in SERVICES]),
        "rows_behind_outbox": await _rows_behind(rig),
        "effects": effects["done"],
        "lost_effects": effects["lost"],
        "doubled_effects": effects["doubled"],
        "effects_out_of_order": effects["inverted"],
        "not_heard": await _not_heard(rig, outbox, running),
        "parked": sum([await rig.one(s, "select count(*) from dead_letter") for s in SERVICES]),
        "derived_rows_that_differ": sum(derived.values()),
        "derived": derived,
    } | ({} if rig.partner is None else rig.partner.found(await _told(rig, rig.partner)))


async def _told(rig: Rig, partner: Partner) -> set[str]:
    """Ids of what stands in the outbox for it: all that was not taken back."""
    return {row["id"] for row in await rig.rows("students", TOLD, UUID(partner.id))}


async def _stream(rig: Rig) -> dict[str, Any]:
    """What the broker holds: each event once, and each aggregate's in the order of versions."""
    bus = await connected(rig.settings(), "proof")
    state = await bus.state()
    first: set[str] = set()
    last: dict[str, int] = {}
    inverted = again = 0
    if state.last_seq >= state.first_seq:
        async for sequence, body in bus.follow(state.first_seq - 1):
            with suppress(ValueError):  # what was put there to be no event
                event = json.loads(body)
                id, about, version = event["id"], event["subject"], event["aggregateversion"]
                again += id in first
                inverted += id not in first and version <= last.get(about, 0)
                first.add(id)
                last[about] = max(version, last.get(about, 0))
            if sequence >= state.last_seq:
                break
    await bus.close()
    return {"first": first, "inverted": inverted, "again": again}


async def _effects(
    rig: Rig, service: str, source: str, types: set[str], outbox: list[Any]
) -> Counter[str]:
    wanted = {row["event_id"] for row in outbox if row["type"] in types}
    done: Counter[Any] = Counter()
    last: dict[Any, int] = defaultdict(int)
    inverted = 0
    for row in await rig.rows(service, EFFECTS):
        if row["consumer"] == f"{service}-from-{source}":
            done[row["event_id"]] += 1
            inverted += row["version"] <= last[row["aggregate_id"]]
            last[row["aggregate_id"]] = row["version"]
    doubled = sum(count - 1 for count in done.values())
    return Counter(done=len(done), lost=len(wanted - set(done)), doubled=doubled,
                   inverted=inverted)  # fmt: skip


async def _not_heard(rig: Rig, outbox: dict[str, list[Any]], running: set[str]) -> int:
    """Aggregates whose last version a listening service does not remember."""
    missing = 0
    for service, source, _ in listeners():
        if service not in running:
            continue
        last: dict[str, int] = defaultdict(int)
        for row in outbox[source]:
            last[row["aggregate_id"]] = max(last[row["aggregate_id"]], row["aggregate_version"])
        rows = await rig.rows(service, "select aggregate_id, version from heard where source = $1",
                              source)  # fmt: skip
        heard = {row["aggregate_id"]: row["version"] for row in rows}
        missing += sum(heard.get(id) != version for id, version in last.items())
    return missing


async def _rows_behind(rig: Rig) -> int:
    """Rows whose version is not that of their newest event, in every table that has versions."""
    behind = 0
    for service in SERVICES:
        for row in await rig.rows(service, VERSIONED):
            if row["table_name"] not in NOT_ANNOUNCED:
                behind += await rig.one(service, BEHIND.format(table=row["table_name"]))
    return behind


async def _lost_writes(rig: Rig, books: Books) -> Counter[str]:
    """Acknowledged, and not in the database; or without their event."""
    lost: Counter[str] = Counter()
    said: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for each in books.written:
        said[each.service, each.table].append(each)
    for (service, table), written in said.items():
        there = {str(r["id"]) for r in await rig.rows(service, f'select id from "{table}"')}
        rows = await rig.rows(service, "select aggregate_id::text as id, aggregate_version as v"
                                       " from outbox")  # fmt: skip
        told = {(row["id"], row["v"]) for row in rows}
        for each in written:
            lost[table] += each.id not in there
            if each.version is not None:
                lost[f"{table}'s event"] += (each.id, each.version) not in told
    days = {(str(r["student_id"]), f"{r['held_on']}"): r["category"] for r in await rig.rows(
        "students", "select student_id, held_on, category from attendance_day")}  # fmt: skip
    lost["attendance_day"] = sum(days.get(key) != said for key, said in books.days.items())
    marks = {(str(r["session_id"]), str(r["engagement_id"])): r["category"] for r in
             await rig.rows("students", "select * from session_mark")}  # fmt: skip
    lost["session_mark"] = sum(marks.get(key) != said for key, said in books.marks.items())
    done = {str(r["id"]) for r in await rig.rows(
        "outcomes", "select id from import_job where state = 'done'")}  # fmt: skip
    lost["import_job"] = sum(id not in done for id in books.imports)
    return +lost


async def _doubled_writes(rig: Rig, books: Books) -> int:
    """One POST under one key, and more than one row."""
    doubled = 0
    wanted: dict[tuple[str, str], set[str]] = defaultdict(set)
    for service, column, name in books.names:
        wanted[service, column].add(name)
    for (service, column), names in wanted.items():
        table, _, of = column.partition(".")
        rows = await rig.rows(service, f'select "{of}" as name, count(*) as n from "{table}"'
                                       " group by 1")  # fmt: skip
        doubled += sum(row["n"] - 1 for row in rows if row["name"] in names)
    if uses := sum(each.table == "resource_use" for each in books.written):
        doubled += max(0, await rig.one("resources", "select count(*) from resource_use") - uses)
    return doubled
