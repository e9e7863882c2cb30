"""What was lost, doubled or out of order. Three accounts are held against each other: what the
client was told, what the databases and the stream hold, and the journal of effects."""

import json
from collections import Counter, defaultdict
from contextlib import suppress
from typing import Any

from shared.events.bus import connected
from shared.persistence.migrations import SERVICES
from tests.faults.client import Books
from tests.faults.derived import derived_differences
from tests.faults.harness import Rig
from tests.faults.held import Held
from tests.faults.settling import OUTBOX, listeners, not_heard, to_have_effect, told_to
from tests.faults.writes import doubled_writes, lost_writes

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


async def verdict(rig: Rig, books: Books) -> dict[str, Any]:
    """The figures of a run, after everything has settled."""
    outbox = {service: await rig.rows(service, OUTBOX) for service in SERVICES}
    running = {name.partition("-")[0] for name in rig.processes}
    effects: Counter[str] = Counter()
    for service, source, types in listeners():
        if service in running:
            effects += await _effects(rig, service, source, types, outbox[source])
    told = {} if rig.partner is None else rig.partner.found(await told_to(rig, rig.partner))
    return await without_effects(rig, books) | {
        "effects": effects["done"],
        "lost_effects": effects["lost"],
        "doubled_effects": effects["doubled"],
        "effects_out_of_order": effects["inverted"],
    } | told  # fmt: skip


async def without_effects(rig: Held, books: Books) -> dict[str, Any]:
    """The same where no journal of effects is kept."""
    stream = await _stream(rig)
    outbox = {service: await rig.rows(service, OUTBOX) for service in SERVICES}
    running = {name.partition("-")[0] for name in rig.processes}
    writes = await lost_writes(rig, books)
    derived = await derived_differences(rig) if running >= set(SERVICES) else {}
    return {
        "acknowledged": books.acknowledged,
        "asked_again": books.asked_again,
        "answers": dict(books.answers.most_common()),
        "surprises": dict(books.surprises),
        "lost_writes": sum(writes.values()),
        "lost_writes_of": dict(writes),
        "doubled_writes": await doubled_writes(rig, books),
        "events": sum(len(rows) for rows in outbox.values()),
        "events_not_in_stream": sum(
            str(row["event_id"]) not in stream["first"] for rows in outbox.values() for row in rows
        ),
        "out_of_order_in_stream": stream["inverted"],
        "stored_again_in_stream": stream["again"],
        "versions_missing": sum([await rig.one(s, GAPS) for s in SERVICES]),
        "rows_behind_outbox": await _rows_behind(rig),
        "not_heard": await not_heard(rig, outbox, running),
        "parked": sum([await rig.one(s, "select count(*) from dead_letter") for s in SERVICES]),
        "derived_rows_that_differ": sum(derived.values()),
        "derived": derived,
    }


async def _stream(rig: Held) -> dict[str, Any]:
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
    wanted = to_have_effect(rig, service, types, outbox)
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


async def _rows_behind(rig: Held) -> int:
    """Rows whose version is not that of their newest event, in every table that has versions."""
    behind = 0
    for service in SERVICES:
        for row in await rig.rows(service, VERSIONED):
            if row["table_name"] not in NOT_ANNOUNCED:
                behind += await rig.one(service, BEHIND.format(table=row["table_name"]))
    return behind
