"""Live updates: changes, sent as server-sent events to the listeners that may know of them.

One follower reads the stream of events into a bounded memory. Each listener reads from there and
resumes by `Last-Event-ID`. An update says that something changed and where to read it, without the
content, since reading goes through the usual decisions. At each update, students decides whether
the listener may know of the child.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import orjson

from gateway.upstream.client import Passed, Upstream
from shared.contracts.students.access import (
    EVENT_CATEGORIES,
    FAMILYS_EVENTS,
    PARTNERS_OWN,
    Category,
)
from shared.core.refusals import Unavailable
from shared.core.settings import Settings
from shared.core.tasks import for_ever
from shared.events.bus import Bus, NatsError, connected
from shared.security.principal import FAMILY, PARTNER_STAFF, Principal, Role

KEPT_EVENTS = 20_000
BEAT_SECONDS = 15
RETRY_SECONDS = 1
ASKED_AT_ONCE = 100
FAMILY_AND_DISTRICT = FAMILY | {Role.DISTRICT_ADMIN}
CALLERS_FOLLOW = ("partners.membership.", "partners.client.", "partners.partnership.")
"""What a caller is follows from these."""
EVERYBODY = (
    "partners.partner.", "partners.site.", "partners.program.", "partners.pipeline.",
    "partners.partnership.", "partners.network.", "resources.resource.",
    "outcomes.indicator.", "outcomes.observations.", "outcomes.edition.", "outcomes.scorecard.",
)  # fmt: skip


@dataclass(frozen=True)
class Update:
    """The part of an event that listeners need."""

    sequence: int
    type: str
    subject: str
    time: str
    student_id: str | None
    partner_id: str | None

    def line(self, incarnation: str) -> bytes:
        data = {"type": self.type, "subject": self.subject, "time": self.time}
        if self.student_id is not None:
            data["student_id"] = self.student_id
        return b"id: %s-%d\nevent: change\ndata: %s\n\n" % (
            incarnation.encode(), self.sequence, orjson.dumps(data),
        )  # fmt: skip


class Live:
    """The follower and its memory. `hears` is false while the broker is away."""

    def __init__(self, settings: Settings, on_membership: Callable[[], None]) -> None:
        self._settings = settings
        self._on_membership = on_membership
        self._kept: deque[Update] = deque(maxlen=KEPT_EVENTS)
        self._news = asyncio.Condition()
        self.incarnation = ""
        self.last = 0
        self._bus: Bus | None = None

    @property
    def hears(self) -> bool:
        return self._bus is not None and self._bus.connected

    async def follow_for_ever(self) -> None:
        """The follower; never returns. Each new connection looks up the stream anew."""
        await for_ever("live updates", self._connect, RETRY_SECONDS, _is_away)

    async def _connect(self) -> None:
        try:
            self._bus = await connected(self._settings, "gateway", reconnect=False)
            await self._follow(self._bus)
        finally:
            # The missed events may include the end of a membership.
            self._on_membership()
            bus, self._bus = self._bus, None
            if bus is not None:
                await asyncio.wait_for(bus.close(), RETRY_SECONDS)

    async def _follow(self, bus: Bus) -> None:
        state = await bus.state()
        incarnation = hashlib.sha256(state.incarnation.encode()).hexdigest()[:8]
        if incarnation != self.incarnation:
            self.incarnation, self.last = incarnation, 0
            self._kept.clear()
        start = max(self.last, state.last_seq - KEPT_EVENTS, state.first_seq - 1, 0)
        async for sequence, body in bus.follow(start):
            await self._take(sequence, body)

    async def _take(self, sequence: int, body: bytes) -> None:
        event = orjson.loads(body)
        if event["type"].startswith(CALLERS_FOLLOW):
            self._on_membership()
        data = event.get("data", {})
        update = Update(
            sequence, event["type"], event["subject"], event["time"],
            data.get("student_id"), data.get("partner_id") or data.get("source"),
        )  # fmt: skip
        async with self._news:
            self._kept.append(update)
            self.last = sequence
            self._news.notify_all()

    async def listen(
        self, upstream: Upstream, caller: Callable[[], Any], last_event_id: str | None
    ) -> AsyncIterator[bytes]:
        """The server-sent events of one listener. `caller` is asked anew before each batch, so that
        an ended membership ends the stream."""
        after, known = self._resume(last_event_id)
        yield b"retry: 2000\n\n"
        if not known:
            yield self._reset(after)  # too old, or of a stream that no longer exists
        while True:
            waiting = await self._after(after)
            principal: Principal = await caller()
            if not waiting:
                yield b": alive\n\n"
                continue
            after = waiting[-1].sequence
            try:
                shown = await visible(upstream, principal, waiting)
            except Unavailable:
                yield self._reset(after)
                continue
            for update in shown:
                yield update.line(self.incarnation)

    def _reset(self, after: int) -> bytes:
        """The event for missed updates: the client must read its views anew."""
        return b"id: %s-%d\nevent: reset\ndata: {}\n\n" % (self.incarnation.encode(), after)

    def _resume(self, last_event_id: str | None) -> tuple[int, bool]:
        """(the sequence to read after, whether no update was missed)."""
        if last_event_id is None:
            return self.last, True
        incarnation, _, sequence = last_event_id.partition("-")
        if incarnation != self.incarnation or not sequence.isdecimal():
            return self.last, False
        after = int(sequence[:18])
        oldest = self._kept[0].sequence if self._kept else self.last + 1
        return (after, True) if oldest - 1 <= after <= self.last else (self.last, False)

    async def _after(self, sequence: int) -> list[Update]:
        """The next updates; none within BEAT_SECONDS gives an empty list."""
        try:
            # Not asyncio.wait_for: before Python 3.12 it makes a task of its own, which would lose
            # the lock when the listener goes away.
            async with asyncio.timeout(BEAT_SECONDS), self._news:
                await self._news.wait_for(lambda: self.last > sequence)
        except TimeoutError:
            return []
        waiting: list[Update] = []
        for update in reversed(self._kept):
            if update.sequence <= sequence:
                break
            waiting.append(update)
        return waiting[::-1][:ASKED_AT_ONCE]


def _is_away(error: Exception) -> bool:
    return isinstance(error, NatsError | OSError | TimeoutError)


async def visible(upstream: Upstream, caller: Principal, updates: list[Update]) -> list[Update]:
    """The updates that the caller may know of now. Raises `Unavailable` where students is down."""
    asked: dict[Category, set[str]] = {}
    for update in updates:
        category = _category(caller, update)
        if update.student_id is not None and category is not None:
            asked.setdefault(category, set()).add(update.student_id)
    allowed: set[tuple[Category, str]] = set()
    if caller.role is not Role.PUBLIC:
        for category, children in asked.items():
            found = await _allowed(upstream, caller, category, children)
            allowed |= {(category, child) for child in found}
    return [update for update in updates if _may_know(caller, update, allowed)]


async def _allowed(
    upstream: Upstream, caller: Principal, category: Category, children: set[str]
) -> set[str]:
    params = [("category", str(category)), *(("ids", child) for child in sorted(children))]
    try:
        return set(await upstream.need("students", "/internal/visible", caller, params))
    except Passed:  # refused to this role; the service is up
        return set()


def _category(caller: Principal, update: Update) -> Category | None:
    """The category that the caller needs for the child. Among family and district no emergency
    opens demographics, so demographics stand for the child's own people."""
    if update.type in FAMILYS_EVENTS:
        return Category.DEMOGRAPHICS if caller.role in FAMILY_AND_DISTRICT else None
    return EVENT_CATEGORIES.get(update.type)


def _may_know(caller: Principal, update: Update, allowed: set[tuple[Category, str]]) -> bool:
    if update.student_id is not None:
        category = _category(caller, update)
        own = caller.role not in PARTNER_STAFF or category not in PARTNERS_OWN
        own = own or update.partner_id == str(caller.partner_id)
        return own and category is not None and (category, update.student_id) in allowed
    if update.type == "students.roster.imported.v1":
        return caller.role is Role.DISTRICT_ADMIN and str(caller.partner_id) == update.partner_id
    return update.type.startswith(EVERYBODY)
