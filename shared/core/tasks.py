"""Tasks that never end by themselves: they are begun again, woken, and ended for certain."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, NoReturn

log = logging.getLogger(__name__)

CANCEL_AGAIN_SECONDS = 1
Passing = Callable[[Exception], bool]


def any_error(_: Exception) -> bool:
    """Whether an error is only a pause: always, for work that nobody waits for, since no error of
    it is worth the process."""
    return True


async def for_ever(
    name: str,
    work: Callable[[], Awaitable[None]],
    again_seconds: float,
    passing: Passing = any_error,
) -> NoReturn:
    """Begins the work again, `again_seconds` after it ended or failed. A failure that is `passing`
    is a pause and a line in the log; any other is raised, and ends the worker."""
    while True:
        try:
            await work()
        except Exception as error:
            if not passing(error):
                raise
            log.warning("%s paused (%s)", name, type(error).__name__)
        await asyncio.sleep(again_seconds)


async def woken(event: asyncio.Event, seconds: float) -> None:
    """Waits until the event is set, or until so many seconds have passed."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


async def end(*tasks: "asyncio.Task[Any]") -> None:
    """Cancels the tasks again and again until all have ended: a library's `wait_for` may swallow a
    cancellation (until Python 3.12)."""
    waiting = set(tasks)
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=CANCEL_AGAIN_SECONDS)
