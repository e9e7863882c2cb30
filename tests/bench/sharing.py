"""What partners' streams cost: keeping what happens of children, deciding, telling 200 partners, and how
soon an event is with the partner's system; 200 partners let in: `python -m tests.bench sharing
[events] [rounds]`. The cost should follow the partners concerned, not those that listen."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Sequence
from contextlib import AsyncExitStack, aclosing
from uuid import UUID, uuid4

import orjson

from services.students.app import SERVICE
from services.students.sharing.worker.actions import share_for_ever
from shared.contracts.partners.agreement import LegalBasis
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.students.attendance import AttendanceCounted
from shared.core.settings import Settings
from shared.events.bus import PARTNERS, connected
from shared.events.inbox import BATCH, Inbox
from shared.events.partner_outbox import TO_PARTNERS, Terms, tell_partner
from shared.events.relay import relay_for_ever
from tests.bench.figures import Paper, percentile, spread
from tests.bench.onboarding import onboarding
from tests.bench.places import a_place
from tests.bench.reactions import delivery
from tests.houses import House
from tests.proof.shape import Figures
from tests.shared.events.test_relay import running
from tests.students.people import PARTNER_ID, a_student
from tests.students.sharing.test_withdrawals import Case, a_case, attend
from tests.students.streams import TODAY, agree, listen, share_all

EVENTS, CHILDREN, PARTNERS_LISTENING, LATENCIES, ROUNDS = 2_000, 200, 200, 40, 5
STRANGER, FEW = uuid4(), 10


async def keep(house: House, children: Sequence[UUID], count: int, version: int) -> float:
    """Events a second through the inbox, in the batches in which the bus delivers them."""
    inbox = Inbox(house.database, "students", house.reactions)
    deliveries = [
        delivery(
            UUID(int=children[n % len(children)].int ^ 1), version + n // len(children),
            AttendanceCounted(
                student_id=children[n % len(children)], school_id=None, school_year=2027,
                days_enrolled=n, days_attended=n, as_of=TODAY,
            ),
        )
        for n in range(count)
    ]  # fmt: skip
    begin = time.perf_counter()
    for first in range(0, count, BATCH):
        await inbox.handle(deliveries[first : first + BATCH])
    return count / (time.perf_counter() - begin)


async def decided(house: House, count: int) -> float:
    """Events a second from waiting to decided."""
    begin = time.perf_counter()
    await share_all(house.database)
    return count / (time.perf_counter() - begin)


async def latencies(house: House, settings: Settings, case: Case) -> list[float]:
    """Milliseconds from before the write until the partner's client has the event."""
    consumer, partner = (
        await connected(settings, "students"),
        await connected(settings, "partner", PARTNERS),
    )
    came: asyncio.Queue[None] = asyncio.Queue()

    async def follow() -> None:
        async with aclosing(partner.follow(0)) as events:
            async for _, body in events:
                if orjson.loads(body)["data"]["student_id"] == str(case.child):
                    came.put_nowait(None)

    work = (
        relay_for_ever(settings, house.database),
        relay_for_ever(settings, house.database, TO_PARTNERS),
        Inbox(house.database, "students", SERVICE.reactions).consume_for_ever(consumer),
        share_for_ever(house.database, settings),
        follow(),
    )
    taken = []
    async with AsyncExitStack() as stack:
        for each in work:
            await stack.enter_async_context(running(each))
        await attend(house, case)
        await asyncio.wait_for(came.get(), 60)
        for _ in range(LATENCIES):
            await asyncio.sleep(0.05)
            begin = time.perf_counter()
            await attend(house, case)
            await asyncio.wait_for(came.get(), 10)
            taken.append((time.perf_counter() - begin) * 1e3)
    await consumer.close()
    await partner.close()
    return taken


async def measured(house: House, count: int, rounds: int) -> Figures:
    children = [await a_student(house) for _ in range(CHILDREN)]
    version = itertools.count(1, count // CHILDREN)
    found: dict[str, list[float]] = {}

    async def note(name: str, work: Awaitable[float]) -> None:
        found.setdefault(name, []).append(await work)

    for _ in range(rounds):
        await note("kept, nobody listens", keep(house, children, count, next(version)))
    await listen(house)
    await agree(house, Category.ATTENDANCE, basis=LegalBasis.STUDIES, purpose=Purpose.STUDY)
    await share_all(house.database)
    for _ in range(rounds):
        await note("kept, one listens", keep(house, children, count, next(version)))
        await note("decided, one listens and is concerned", decided(house, count))
        await note("told to one partner, an entity and a transaction each",
                   one_by_one(house, children, count // 10))  # fmt: skip
    others = [uuid4() for _ in range(PARTNERS_LISTENING - 1)]
    for partner_id in others:
        await listen(house, partner_id)
    await share_all(house.database)
    for _ in range(rounds):
        await keep(house, children, count, next(version))
        await note(f"decided, {PARTNERS_LISTENING} listen and one is concerned",
                   decided(house, count))  # fmt: skip
    return {name: spread(values, 0) for name, values in found.items()}


async def fan_out(house: House, rounds: int) -> Figures:
    """All are concerned: messages a second, of which each event makes one for each partner."""
    partners = [uuid4() for _ in range(PARTNERS_LISTENING)]
    for partner_id in partners:
        await listen(house, partner_id)
    await agree(house, Category.ATTENDANCE, basis=LegalBasis.STUDIES, purpose=Purpose.STUDY,
                recipients=partners)  # fmt: skip
    children = [await a_student(house) for _ in range(FEW)]
    await share_all(house.database)
    rates = []
    for number in range(rounds):
        await keep(house, children, FEW * 2, 1 + number * 2)
        rates.append(await decided(house, FEW * 2) * PARTNERS_LISTENING)
    return {f"messages told, {PARTNERS_LISTENING} listen and are concerned": spread(rates, 0)}


async def one_by_one(house: House, children: Sequence[UUID], count: int) -> float:
    """Messages a second as they are usually written at first, without a decision: an entity in a
    transaction of its own for each partner and event."""
    begin = time.perf_counter()
    for n in range(count):
        async with house.database.transaction() as session:
            tell_partner(
                session, STRANGER, children[n % len(children)], uuid4(), 1,
                AttendanceCounted(
                    student_id=children[n % len(children)], school_id=None, school_year=2027,
                    days_enrolled=n, days_attended=n, as_of=TODAY,
                ), Terms(Purpose.STUDY),
            )  # fmt: skip
    return count / (time.perf_counter() - begin)


async def bare_latencies(settings: Settings) -> list[float]:
    """The yardstick: publish and follow on the broker alone, in milliseconds."""
    publisher, partner = [await connected(settings, name, PARTNERS) for name in ("a", "b")]
    state, taken = await partner.state(), []
    async with aclosing(partner.follow(state.last_seq)) as events:
        for n in range(LATENCIES):
            await asyncio.sleep(0.02)
            begin = time.perf_counter()
            await publisher.publish(f"partner.{STRANGER.hex}.-.bare.{n}", str(uuid4()), b"x" * 450)
            await anext(events)
            taken.append((time.perf_counter() - begin) * 1e3)
    await publisher.close()
    await partner.close()
    return taken


async def told_case(house: House) -> Case:
    """A child of whom the partner that listens is told under a consent."""
    await agree(house, recipients=[PARTNER_ID])
    return await a_case(house)


async def main(count: float = EVENTS, rounds: float = ROUNDS) -> None:
    paper = Paper("sharing", f"python -m tests.bench sharing {count:.0f} {rounds:g}")
    async with a_place("students") as place:
        rates = await measured(place.house, int(count), int(rounds))
    async with a_place("students") as place:
        rates |= await fan_out(place.house, int(rounds))
    async with a_place("students") as place:
        await listen(place.house)
        case = await told_case(place.house)
        took, bare = [], []
        for _ in range(int(rounds)):
            took.append(await latencies(place.house, place.settings, case))
            bare.append(await bare_latencies(place.settings))
    figures = {
        "rounds": int(rounds),
        "events": int(count),
        "a_second": rates,
        "write_to_partners_client_ms": {
            "p50": spread([percentile(of, 50) for of in took]),
            "p99": spread([percentile(of, 99) for of in took]),
            "p50_bare_broker": spread([percentile(of, 50) for of in bare]),
        },
        "onboarding": await onboarding(int(rounds)),
    }
    paper.tell(figures)
