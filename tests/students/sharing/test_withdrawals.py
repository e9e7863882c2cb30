"""Withdrawals while partners read and listen, on the real service, broker and relay.

`WITHDRAWALS=1000 pytest tests/students/sharing/test_withdrawals.py -s` is the measure in full: it prints
the times and leaves them for docs/proof.md. Asserted are the zeros: what is released after the
withdrawal, told after the retraction, or later than published.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import httpx
import orjson
import pytest

from services.students.app import SERVICE
from services.students.audit.hash_chain.actions import seal_for_ever
from services.students.consent.consents.records import ConsentRow
from services.students.participation.attendance.records import AttendanceTotalRow
from services.students.sharing.worker.actions import share_for_ever
from shared.contracts.students.attendance import AttendanceCounted
from shared.core.settings import Settings
from shared.events.bus import PARTNERS, connected
from shared.events.inbox import Inbox
from shared.events.outbox import announce
from shared.events.partner_outbox import TO_PARTNERS
from shared.events.relay import relay_for_ever
from shared.security.principal import Role
from tests.bench.figures import Paper, percentile
from tests.houses import House, principal, settings_for
from tests.promised import promise
from tests.shared.conftest import Broker, until
from tests.shared.events.test_relay import running
from tests.students.people import DISTRICT_ID, PARTNER_ID
from tests.students.streams import TODAY, a_family, agree, consent, listen

MEASURED = "WITHDRAWALS" in os.environ
WITHDRAWALS = int(os.environ.get("WITHDRAWALS", "40"))
AT_ONCE = 4
PUBLISHED_SECONDS = 5.0
SYSTEM = principal(Role.PARTNER_SYSTEM, partner_id=PARTNER_ID)
TOLD = "students.sharing.told.v1"


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Broker]:
    own = Broker(tmp_path / "nats")
    own.start()
    yield own
    own.kill()


@pytest.fixture
async def live(students: House, own_broker: Broker) -> AsyncIterator[Settings]:
    """The service with its relays, its consumer of itself and its workers."""
    url = students.app.state.settings.database_url.get_secret_value()
    settings = settings_for(url, own_broker.url)
    bus = await connected(settings, "students")
    inbox = Inbox(students.database, "students", SERVICE.reactions)
    work = (
        relay_for_ever(settings, students.database),
        relay_for_ever(settings, students.database, TO_PARTNERS),
        inbox.consume_for_ever(bus),
        share_for_ever(students.database, settings),
        seal_for_ever(students.database, settings),  # what is read is noted once it is sealed
    )
    async with AsyncExitStack() as stack:
        for each in work:
            await stack.enter_async_context(running(each))
        yield settings
    await bus.close()


@dataclass
class Heard:
    """What the partner's system got: (child, type, when), in the order of the stream."""

    events: list[tuple[UUID, str, float]] = field(default_factory=list)

    def of(self, child: UUID) -> list[tuple[str, float]]:
        return [(kind, at) for about, kind, at in self.events if about == child]

    def retracted(self, child: UUID) -> float | None:
        return next((at for kind, at in self.of(child) if kind != TOLD), None)


@asynccontextmanager
async def listening(settings: Settings) -> AsyncIterator[Heard]:
    heard = Heard()
    bus = await connected(settings, "partner", PARTNERS)

    async def follow() -> None:
        async with aclosing(bus.follow(0)) as events:
            async for _, body in events:
                event = orjson.loads(body)
                about = UUID(event["data"]["student_id"])
                heard.events.append((about, event["type"], time.monotonic()))

    async with running(follow()):
        yield heard
    await bus.close()


@dataclass
class Case:
    """One child, its family's word, and when that was taken back."""

    child: UUID
    guardian: UUID
    word: ConsentRow
    total_id: UUID
    withdrawn: float | None = None
    released: list[float] = field(default_factory=list)


async def a_case(students: House) -> Case:
    child, guardian = await a_family(students)
    word = await consent(students, child, guardian)
    total = AttendanceTotalRow(
        student_id=child, school_year=2027, days_enrolled=1, days_attended=1, days_excused=0,
        days_tardy=0, as_of=TODAY,
    )  # fmt: skip
    async with students.database.transaction() as session:
        session.add(total)
    return Case(child, guardian, word, total.id)


async def attend(students: House, case: Case) -> None:
    async with students.database.transaction() as session:
        row = await session.get_one(AttendanceTotalRow, case.total_id, with_for_update=True)
        row.days_enrolled += 1
        announce(session, row, AttendanceCounted(
            student_id=case.child, school_id=None, school_year=2027,
            days_enrolled=row.days_enrolled, days_attended=1, as_of=TODAY,
        ))  # fmt: skip


async def withdraw(students: House, case: Case) -> None:
    """By the guardian, over HTTP; `withdrawn` is when the answer was there."""
    guardian = principal(Role.GUARDIAN, partner_id=DISTRICT_ID, person_id=case.guardian)
    async with students.calling(guardian) as http:
        answer = await http.post(
            f"/v1/students/{case.child}/consents/{case.word.id}/revocation", json={}
        )
    assert answer.status_code == 201, answer.text
    case.withdrawn = time.monotonic()


async def read(http: httpx.AsyncClient, case: Case) -> None:
    begun = time.monotonic()
    answer = await http.get(f"/v1/students/{case.child}/attendance/days")
    if answer.status_code == 200:
        case.released.append(begun)


async def in_turns(cases: list[Case], work: Callable[[Case], Awaitable[None]]) -> None:
    """Of one case after the other, over and over, about a hundred a second."""
    while True:
        for case in cases:
            await work(case)
            await asyncio.sleep(0.01)


@promise(
    "Access and privacy",
    "After a withdrawal no partner reads, and after its retraction no stream carries, anything "
    "it took back.",
)
async def test_after_a_withdrawal_nothing_is_read_and_nothing_disclosed(
    students: House, live: Settings
) -> None:
    command = f"WITHDRAWALS={WITHDRAWALS} pytest tests/students/sharing/test_withdrawals.py"
    paper = Paper("withdrawals", command) if MEASURED else None
    await listen(students)
    await agree(students)
    cases = [await a_case(students) for _ in range(WITHDRAWALS)]
    async with listening(live) as heard, students.calling(SYSTEM) as http:
        for case in cases:
            await attend(students, case)
        await until(lambda: _all(cases, lambda case: bool(heard.of(case.child))), 120)
        async with (
            running(in_turns(cases, lambda case: read(http, case))),
            running(in_turns(cases, lambda case: attend(students, case))),
        ):
            for first in range(0, len(cases), AT_ONCE):
                part = cases[first : first + AT_ONCE]
                await asyncio.gather(*(withdraw(students, case) for case in part))
            await until(lambda: _all(cases, lambda c: heard.retracted(c.child) is not None), 60)
            await asyncio.sleep(1)  # what comes now comes after all the retractions
    await noted(students)

    times = [((heard.retracted(case.child) or 0) - (case.withdrawn or 0)) * 1e3 for case in cases]
    figures = {
        "withdrawals": len(cases),
        "read_afterwards": [c.child for c in cases if any(at > (c.withdrawn or 0) for at in c.released)],
        "told_after_the_retraction": [c.child for c in cases if _told_last(heard.of(c.child))],
        "told_late": [c.child for c in cases if _told_late(c, heard.of(c.child))],
        "not_taken_back_once": await not_once(students, cases),
        "until_retracted_ms": {
            "p50": percentile(times, 50), "p99": percentile(times, 99), "most": max(times)},
    }  # fmt: skip
    print(figures)
    if paper:
        paper.write(figures)
    assert not figures["read_afterwards"]
    assert not figures["told_after_the_retraction"]
    assert not figures["told_late"]
    assert not figures["not_taken_back_once"]


@promise(
    "Access and privacy",
    "A partner that read a part over the API, and may have it no more, is asked to delete it "
    "with a receipt, whether or not it listens (decision 35).",
)
async def test_a_part_that_is_read_while_families_withdraw_is_taken_back_once(
    students: House, live: Settings
) -> None:
    """By a partner that has no stream."""
    await agree(students)
    cases = [await a_case(students) for _ in range(40)]
    async with students.calling(SYSTEM) as http:

        async def withdraw_and_go_on(case: Case) -> None:
            await read(http, case)
            await asyncio.gather(withdraw(students, case), *(read(http, case) for _ in range(5)))

        for case in cases:
            await withdraw_and_go_on(case)
    await noted(students)
    assert await not_once(students, cases) == []
    late = await students.rows(
        "select 1 from retraction where extract(epoch from retracted_at - (select max(decided_at)"
        " from consent c where c.student_id = retraction.student_id)) > :most",
        most=PUBLISHED_SECONDS,
    )
    assert late == []


async def noted(students: House) -> None:
    """Until all that was read is noted, and nothing waits."""

    async def nothing_waits() -> bool:
        [row] = await students.rows(
            "select exists (select 1 from review) or (select count(*) from disclosure)"
            " > (select coalesce(max(seq), 0) from read_until) as waits"
        )
        return not row["waits"]

    await until(nothing_waits, 30)


async def not_once(students: House, cases: list[Case]) -> list[UUID]:
    """The children of whom there is no retraction, or more than one."""
    found = await students.rows(
        "select student_id from retraction group by student_id having count(*) = 1"
    )
    once = {row["student_id"] for row in found}
    return [case.child for case in cases if case.child not in once]


async def _all(cases: list[Case], holds: Callable[[Case], bool]) -> bool:
    return all(map(holds, cases))


def _told_last(events: list[tuple[str, float]]) -> bool:
    """Something was told after the retraction."""
    kinds = [kind for kind, _ in events]
    return TOLD in kinds[next(n for n, kind in enumerate(kinds) if kind != TOLD) :]


def _told_late(case: Case, events: list[tuple[str, float]]) -> bool:
    latest = (case.withdrawn or 0) + PUBLISHED_SECONDS
    return any(kind == TOLD and at > latest for kind, at in events)
