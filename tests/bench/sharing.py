"""What partners' streams cost: keeping what happens of children, deciding, and how fast an event is
with the partner's system.

`python -m tests.bench.bench_sharing [events]`. Promised: at least 2,500 effects a second where
nobody listens; a cost by the partners concerned, not by those that listen; write → partner's
client p50 under 50 ms on an idle machine.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, aclosing
from uuid import UUID, uuid4

import asyncpg
import orjson

from services.students.app import REACTIONS
from services.students.partner_work.actions import share_for_ever
from shared.bus import PARTNERS, connected
from shared.contracts.partners.agreement import LegalBasis
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.students.attendance import AttendanceCounted
from shared.inbox import BATCH, Inbox
from shared.partner_outbox import TO_PARTNERS
from shared.relay import relay_for_ever
from shared.settings import Settings
from tests.bench.bench_reactions import delivery
from tests.houses import House, open_house, settings_for
from tests.servers import servers
from tests.shared.test_relay import running
from tests.students.sharing import TODAY, agree, listen, share_all
from tests.students.support import PARTNER_ID, a_student
from tests.students.test_withdrawals import Case, a_case, attend

EVENTS, CHILDREN, PARTNERS_LISTENING, LATENCIES = 4_000, 200, 200, 200
PROMISED = 2_500
LATENCY_MOST_MS = 50


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
        Inbox(house.database, "students", REACTIONS).consume_for_ever(consumer),
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


async def measure(house: House, settings: Settings, count: int) -> None:
    children = [await a_student(house) for _ in range(CHILDREN)]
    rounds = count // CHILDREN
    rate = await keep(house, children, count, 1)
    print(f"kept, nobody listens            {rate:10,.0f} a second (at least {PROMISED:,})")
    await listen(house)
    await agree(house, Category.ATTENDANCE, basis=LegalBasis.STUDIES, purpose=Purpose.STUDY)
    await share_all(house.database)
    print(
        f"kept, one listens               {await keep(house, children, count, 1 + rounds):10,.0f} a second"
    )
    one = await decided(house, count)
    print(f"told to one partner concerned   {one:10,.0f} a second")
    for _ in range(PARTNERS_LISTENING - 1):
        await listen(house, uuid4())
    await share_all(house.database)
    await keep(house, children, count, 1 + 2 * rounds)
    many = await decided(house, count)
    print(
        f"the same, {PARTNERS_LISTENING} partners listen   {many:10,.0f} a second = {many / one:.2f} × (about 1)"
    )
    taken = await latencies(house, settings, await told_case(house))
    print(f"write → partner's client        p50 {statistics.median(taken):.1f} ms, p99"
          f" {sorted(taken)[int(len(taken) * 0.99)]:.1f} ms (p50 at most {LATENCY_MOST_MS} ms)")  # fmt: skip


async def told_case(house: House) -> Case:
    """A child of whom the partner that listens is told under a consent."""
    await agree(house, recipients=[PARTNER_ID])
    return await a_case(house)


async def main(count: int = EVENTS) -> None:
    with servers() as running_here:
        admin = running_here.database_url.format(database="postgres").replace("+asyncpg", "")
        connection = await asyncpg.connect(admin)
        await connection.execute("drop database if exists bench_sharing with (force)")
        await connection.execute("create database bench_sharing")
        await connection.close()
        url = running_here.database_url.format(database="bench_sharing")
        settings = settings_for(url, running_here.nats_url)
        house = await open_house("students", settings)
        try:
            await measure(house, settings, count)
        finally:
            await house.database.close()


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
