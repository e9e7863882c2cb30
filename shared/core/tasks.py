"""Tasks that are ended, and that hear of it."""

import asyncio
from typing import Any

CANCEL_AGAIN_SECONDS = 1


async def end(*tasks: "asyncio.Task[Any]") -> None:
    """Cancels until it is heard: a library's `wait_for` may swallow a cancellation (until Python
    3.12)."""
    waiting = set(tasks)
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=CANCEL_AGAIN_SECONDS)
