"""The writers at work: each on rows of its own, and the families of a partner that listens."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from tests.faults.client import Books
from tests.faults.load import WRITES, call_roll
from tests.faults.partner import Partner, decide
from tests.faults.world import World, Writer

ROLLS = 3  # for each word of a family


async def _work(w: Writer, pause: float, ended: asyncio.Event) -> None:
    while not ended.is_set():
        [act] = w.chance.choices(list(WRITES), list(WRITES.values()))
        await act(w)
        await asyncio.sleep(w.chance.uniform(0, 2 * pause))


async def _families(w: Writer, partner: Partner, pause: float, ended: asyncio.Event) -> None:
    """Words of families, and school days of their children, of which the partner is told."""
    while not ended.is_set():
        await decide(partner, w.books, w.chance)
        for _ in range(ROLLS):
            await call_roll(w)
        await asyncio.sleep(w.chance.uniform(0, 2 * pause))


@asynccontextmanager
async def writing(
    world: World,
    seed: int,
    writers: int = 8,
    pause: float = 0.2,
    partner: Partner | None = None,
    uses_before: int = 0,
) -> AsyncIterator[Books]:
    """While inside, the writers are at work; each ends with its last write answered, or at once where
    the harness itself fails: nobody may be left to answer."""
    books, ended, of = Books(uses_before=uses_before), asyncio.Event(), writers + 1

    def writer(number: int, place: World) -> Writer:
        return Writer(number, of, place, books, random.Random(seed * 1000 + number))

    work = [_work(writer(n, world), pause, ended) for n in range(writers)]
    if partner is not None:
        children = replace(world, students=[each.child for each in partner.families])
        work.append(_families(writer(writers, children), partner, pause, ended))
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield books
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
    ended.set()
    await asyncio.gather(*tasks)
