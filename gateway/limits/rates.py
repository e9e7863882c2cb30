"""The rate limit of one caller: by account, or by address where nobody is signed in."""

import time

from fastapi import Request
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

from shared.core.refusals import TooMany
from shared.security.principal import Principal, Role


class Rates:
    """Counted in this process; several gateways count separately."""

    def __init__(self, requests_per_minute: int) -> None:
        self._limit = RateLimitItemPerMinute(requests_per_minute)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    async def count(self, request: Request, caller: Principal) -> None:
        """Raises TooMany with Retry-After."""
        key = str(caller.account_id)
        if caller.role is Role.PUBLIC:
            key = request.client.host if request.client else "nowhere"
        await self.count_for(key)

    async def count_for(self, key: str) -> None:
        """Counts for the caller that `key` names. Raises TooMany with Retry-After."""
        if await self._limiter.hit(self._limit, key):
            return
        stats = await self._limiter.get_window_stats(self._limit, key)
        seconds = max(1, int(stats.reset_time - time.time()) + 1)
        raise TooMany(
            "rate-exceeded", "Too many requests; wait a little.",
            headers={"Retry-After": str(seconds)},
        )  # fmt: skip
