"""Live updates: changes, sent as server-sent events to the listeners that may know of them.

One follower reads the stream of events into a bounded memory. Each listener reads from there and
resumes by `Last-Event-ID`. The first frame has an `id` already, and each beat has a later one: most
listeners wait long for an update, and may lose the connection before it comes. An update says that
something changed and where to read it, without the content, since reading goes through the usual
decisions. At each update, students decides whether the listener may know of the child.
"""

import asyncio
import hashlib
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
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
RETRY = b"retry: 2000\n"
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

    def data(self) -> bytes:
        data = {"type": self.type, "subject": self.subject, "time": self.time}
        if self.student_id is not None:
            data["student_id"] = self.student_id
        return orjson.dumps(data)


@dataclass(frozen=True)
class Position:
    """How far a listener is in the stream of one incarnation: it has got each update up to this
    number that it may know of."""

    incarnation: str
    sequence: int

    def frame(self, *lines: bytes) -> bytes:
        """A frame with this position as its `id`, which a client keeps also without `data`."""
        here = b"id: %s-%d" % (self.incarnation.encode(), self.sequence)
        return b"\n".join((here, *lines, b"", b""))

    def change(self, update: Update) -> bytes:
        return self.frame(b"event: change", b"data: " + update.data())

    def reset(self) -> bytes:
        """The event for missed updates: the client must read its views anew."""
        return self.frame(b"event: reset", b"data: {}")

    def beat(self) -> bytes:
        return self.frame(b": alive")


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
        bus: Bus | None = None
        try:
            bus = await connected(self._settings, "gateway", reconnect=False)
            await self._follow(bus)
        finally:
            # The missed events may include the end of a membership.
            self._on_membership()
            self._bus = None
            if bus is not None:
                await asyncio.wait_for(bus.close(), RETRY_SECONDS)

    async def _follow(self, bus: Bus) -> None:
        state = await bus.state()
        incarnation = hashlib.sha256(state.incarnation.encode()).hexdigest()[:8]
        goes_on = incarnation == self.incarnation and self.last <= state.last_seq
        known = self.last if goes_on else 0
        start = max(known, state.last_seq - KEPT_EVENTS, state.first_seq - 1)
        if (incarnation, start) != (self.incarnation, self.last):
            async with self._news:  # what was kept does not join what comes
                self._kept.clear()
                self.incarnation, self.last = incarnation, start
                self._news.notify_all()
        self._bus = bus
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
        known = self._position(last_event_id)
        position = known or self._here
        # In one piece: a client that kept the `id` but lost the `reset` would resume after it.
        yield RETRY + (position.frame() if known else position.reset())
        spoke_at = time.monotonic()
        while True:
            waiting = await self._after(position)
            principal: Principal = await caller()
            if waiting is None:
                position = self._here
                frames = [position.reset()]
            else:
                position = (
                    replace(position, sequence=waiting[-1].sequence) if waiting else position
                )
                frames = await _frames(upstream, principal, position, waiting)
            # Updates that are hidden from the listener move its position, too.
            if not frames and (not waiting or time.monotonic() - spoke_at >= BEAT_SECONDS):
                frames = [position.beat()]
            for frame in frames:
                yield frame
                spoke_at = time.monotonic()

    @property
    def _here(self) -> Position:
        return Position(self.incarnation, self.last)

    def _position(self, last_event_id: str | None) -> Position | None:
        """The position to read on from; None where updates after it may have been missed."""
        if last_event_id is None:
            return self._here
        incarnation, _, sequence = last_event_id.partition("-")
        if not sequence.isdecimal():
            return None
        position = Position(incarnation, int(sequence[:18]))
        return position if self._knows_on_from(position) else None

    def _knows_on_from(self, position: Position) -> bool:
        """Whether each update after this position is kept."""
        oldest = self._kept[0].sequence if self._kept else self.last + 1
        kept = oldest - 1 <= position.sequence <= self.last
        return kept and position.incarnation == self.incarnation

    async def _after(self, position: Position) -> list[Update] | None:
        """The next updates; none within BEAT_SECONDS gives an empty list, and None stands for
        updates that are kept no longer."""
        try:
            # Not asyncio.wait_for: before Python 3.12 it makes a task of its own, which would lose
            # the lock when the listener goes away.
            async with asyncio.timeout(BEAT_SECONDS), self._news:
                await self._news.wait_for(lambda: self._here != position)
        except TimeoutError:
            return []
        if not self._knows_on_from(position):
            return None
        waiting: list[Update] = []
        for update in reversed(self._kept):
            if update.sequence <= position.sequence:
                break
            waiting.append(update)
        return waiting[::-1][:ASKED_AT_ONCE]


def _is_away(error: Exception) -> bool:
    return isinstance(error, NatsError | OSError | TimeoutError)


async def _frames(
    upstream: Upstream, caller: Principal, position: Position, waiting: list[Update]
) -> list[bytes]:
    """The frames for these updates, the last of which is at `position`."""
    try:
        shown = await visible(upstream, caller, waiting)
    except Unavailable:
        return [position.reset()]
    return [replace(position, sequence=update.sequence).change(update) for update in shown]


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
