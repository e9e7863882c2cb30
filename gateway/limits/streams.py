"""The limit of open event streams per account. Each stream is a connection that may last for hours,
and each one that is passed on holds a connection to a service too."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Annotated
from uuid import UUID

from fastapi import Depends

from shared.core.refusals import TooMany

RETRY_SECONDS = 5


class Streams:
    """Counted in this process; several gateways count separately."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: Counter[UUID] = Counter()

    @contextmanager
    def one_of(self, account_id: UUID) -> Iterator[None]:
        """Raises TooMany("streams-too-many") where the account has reached its limit."""
        if self._open[account_id] >= self._most:
            raise TooMany(
                "streams-too-many", f"You have {self._most} event streams open; close one first.",
                headers={"Retry-After": str(RETRY_SECONDS)},
            )  # fmt: skip
        self._open[account_id] += 1
        try:
            yield
        finally:
            self._open[account_id] -= 1
            if not self._open[account_id]:
                del self._open[account_id]


async def _until_answered() -> AsyncIterator[ExitStack]:
    with ExitStack() as held:
        yield held


# Left when the answer was sent, or its client is gone.
Held = Annotated[ExitStack, Depends(_until_answered, scope="request")]
