"""Each partner's place in the stream PARTNERS: a durable consumer of its own messages."""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from shared.core.settings import Settings
from shared.core.telemetry import PARTNER_LAG
from shared.events.bus import ACK_WAIT_SECONDS, MAX_ACK_PENDING, PARTNERS, Bus, NatsError

API = "$JS.API"
ASK_SECONDS = 2
NANOSECONDS = 1_000_000_000
NOT_FOUND = 404
LISTED_AT_ONCE = 256  # the most that the broker lists in one answer
NAMED = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Place:
    """The place at which a partner's system begins to read. A consumer is made anew when `mark` is
    another; `start` counts only in the stream of that `incarnation`. The messages of an earlier
    `generation` are purged from the stream."""

    name: str
    subjects: str
    generation: int
    position: int
    start: int | None = None
    incarnation: str | None = None

    @property
    def mark(self) -> str:
        return f"{self.generation}.{self.position}"


@dataclass(frozen=True)
class Standing:
    """How far a partner's system has read, at this moment."""

    pending: int
    unacknowledged: int
    delivered_seq: int
    acknowledged_seq: int
    oldest_at: datetime | None
    stream_seq: int
    stream_incarnation: str


async def ensure_place(bus: Bus, place: Place, incarnation: str) -> None:
    """Makes the partner's consumer where it is missing, and anew where its mark is another. A new
    generation also purges the messages of the one before."""
    known = await _info(bus, place.name)
    mark = str(known["config"].get("description")) if known else ""
    if mark == place.mark:
        return
    if known is not None:
        await remove_place(bus, place.name)
        if mark.partition(".")[0] != str(place.generation):
            await bus.purge(place.subjects)
    config: dict[str, Any] = {
        "durable_name": place.name, "description": place.mark,
        "filter_subject": place.subjects, "ack_policy": "explicit", "replay_policy": "instant",
        "ack_wait": ACK_WAIT_SECONDS * NANOSECONDS, "max_deliver": -1,
        "max_ack_pending": MAX_ACK_PENDING, "deliver_policy": "all",
    }  # fmt: skip
    if place.start is not None and place.incarnation == incarnation:
        config |= {"deliver_policy": "by_start_sequence", "opt_start_seq": place.start}
    await _asked(
        bus, f"CONSUMER.DURABLE.CREATE.{PARTNERS.name}.{place.name}",
        {"stream_name": PARTNERS.name, "config": config},
    )  # fmt: skip


async def remove_place(bus: Bus, name: str) -> None:
    """Deletes the partner's consumer."""
    await _asked(bus, f"CONSUMER.DELETE.{PARTNERS.name}.{name}")


async def places(bus: Bus) -> set[str]:
    """The names of all partners' consumers. Also reports the longest backlog among them."""
    found: dict[str, int] = {}
    while True:
        answer = await _asked(bus, f"CONSUMER.LIST.{PARTNERS.name}", {"offset": len(found)})
        listed = answer.get("consumers") or []
        found |= {each["name"]: each["num_pending"] for each in listed}
        if len(listed) < LISTED_AT_ONCE:
            own = {name: waiting for name, waiting in found.items() if NAMED.fullmatch(name)}
            PARTNER_LAG.set(max(own.values(), default=0))
            return set(own)


async def standing(settings: Settings, partner_id: UUID) -> Standing | None:
    """How far the partner's system has read; None where the partner has no place yet. Raises
    OSError, NatsError or TimeoutError where the broker is away."""
    async with asyncio.timeout(ASK_SECONDS):
        bus = Bus(settings, "standing", PARTNERS, reconnect=False)
        try:
            await bus.connect(ensure=False)
            return await _standing(bus, partner_id.hex)
        finally:
            await bus.close()


async def _standing(bus: Bus, name: str) -> Standing | None:
    known = await _info(bus, name)
    if known is None:
        return None
    stream = await bus.state()
    done = known["ack_floor"]["stream_seq"]
    return Standing(
        pending=known["num_pending"],
        unacknowledged=known["num_ack_pending"],
        delivered_seq=known["delivered"]["stream_seq"],
        acknowledged_seq=done,
        oldest_at=await _time_after(bus, known["config"]["filter_subject"], done),
        stream_seq=stream.last_seq,
        stream_incarnation=stream.incarnation,
    )


async def _time_after(bus: Bus, subjects: str, sequence: int) -> datetime | None:
    """The time at which the first message after this number entered the stream, if there is
    one."""
    question = {"seq": sequence + 1, "next_by_subj": subjects}
    found = await _asked(bus, f"STREAM.MSG.GET.{PARTNERS.name}", question, absent=NOT_FOUND)
    return datetime.fromisoformat(found["message"]["time"]) if found else None


async def _info(bus: Bus, name: str) -> dict[str, Any] | None:
    return await _asked(bus, f"CONSUMER.INFO.{PARTNERS.name}.{name}", absent=NOT_FOUND) or None


async def _asked(
    bus: Bus, question: str, body: dict[str, Any] | None = None, absent: int | None = None
) -> dict[str, Any]:
    """The broker's answer; an empty one where its error has the code `absent`."""
    told = orjson.dumps(body) if body else b""
    answer: dict[str, Any] = await bus.ask(f"{API}.{question}", told)
    if "error" not in answer:
        return answer
    if answer["error"]["code"] == absent:
        return {}
    raise NatsError(answer["error"].get("description"))
