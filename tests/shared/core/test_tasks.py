"""Work that never ends: it begins again after an outage, and any other error ends it."""

import asyncio
from typing import Any

import pytest

from shared.core.tasks import end, for_ever, woken
from shared.persistence.alone import alone_for_ever, settle_for_ever
from tests.shared.things import Things


class Work:
    """Fails with each of these in turn, then goes on until it is ended."""

    def __init__(self, *failures: Exception | None) -> None:
        self._failures = list(failures)
        self.begun = 0
        self.goes_on = asyncio.Event()
        self.ended = False

    async def __call__(self, *_: Any) -> None:
        self.begun += 1
        if self._failures:
            failure = self._failures.pop(0)
            if failure is not None:
                raise failure
            return
        self.goes_on.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended = True


def is_lost(error: Exception) -> bool:
    return isinstance(error, ConnectionError)


async def test_a_passing_error_is_a_line_in_the_log_and_the_work_begins_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    work = Work(ConnectionError("no names here"), None, ConnectionResetError())
    task = asyncio.create_task(for_ever("counting", work, 0, is_lost))
    await work.goes_on.wait()
    assert work.begun == 4
    await end(task)
    assert work.ended
    assert [record.getMessage() for record in caplog.records] == [
        "counting paused (ConnectionError)", "counting paused (ConnectionResetError)",
    ]  # fmt: skip


async def test_an_error_that_does_not_pass_ends_the_work() -> None:
    work = Work(ConnectionError(), KeyError("a fault"))
    with pytest.raises(KeyError):
        await for_ever("counting", work, 0, is_lost)
    assert work.begun == 2


async def test_no_error_ends_work_that_nobody_waits_for() -> None:
    work = Work(KeyError("a fault"), AssertionError())
    task = asyncio.create_task(for_ever("counting", work, 0))
    await work.goes_on.wait()
    await end(task)


async def test_the_work_pauses_after_an_end_and_after_a_failure() -> None:
    work = Work(None, ConnectionError())
    pause = 0.05
    before = asyncio.get_running_loop().time()
    task = asyncio.create_task(for_ever("counting", work, pause, is_lost))
    await work.goes_on.wait()
    assert asyncio.get_running_loop().time() - before >= 2 * pause
    await end(task)


async def test_a_sleeper_is_woken_by_its_event_or_by_the_time() -> None:
    event = asyncio.Event()
    await woken(event, 0.01)
    asyncio.get_running_loop().call_later(0.01, event.set)
    async with asyncio.timeout(10):
        await woken(event, 60)


async def test_one_process_works_at_a_time_and_the_next_takes_over(things: Things) -> None:
    first, second = Work(), Work()
    one = asyncio.create_task(alone_for_ever(things.database, "counting", first, 0))
    await first.goes_on.wait()
    other = asyncio.create_task(alone_for_ever(things.database, "counting", second, 0))
    await asyncio.sleep(0.2)
    assert second.begun == 0
    await end(one)
    async with asyncio.timeout(10):
        await second.goes_on.wait()
    await end(other)


async def test_the_worker_settles_due_things_at_once_and_looks_for_more_again(
    things: Things,
) -> None:
    left = [2, 1, 0, 1, 0]
    all_done = asyncio.Event()

    async def settle() -> int:
        if not left:
            all_done.set()
            return 0
        return left.pop(0)

    task = asyncio.create_task(settle_for_ever(things.database, "settling", settle, 0.01))
    async with asyncio.timeout(10):
        await all_done.wait()
    await end(task)
