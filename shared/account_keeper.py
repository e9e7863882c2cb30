"""Keeps the broker's accounts as the database has them.

Accounts are written down in the partners service's tables; what the broker's resolver has of them
is a copy. One process at a time is at work. On every connect it tells all of them anew, so that a
resolver that lost its directory is filled again; until then, nobody is let in. Accounts and
consumers that nobody wrote down are taken away.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from uuid import UUID

from shared.broker_tokens import claims_of, deletion_token
from shared.bus import PARTNERS, Bus, NatsError
from shared.credentials import read_credentials
from shared.database import Database, is_away
from shared.minting import Offer, now_seconds, offer_of
from shared.partner_accounts import PartnerStream, partner_token
from shared.partner_consumers import Place, ensure_place, places, remove_place
from shared.settings import Settings

log = logging.getLogger(__name__)

WORK = "broker accounts"
POLL_SECONDS = 0.5
LOOK_SECONDS = 5
RETRY_SECONDS = 0.5
AT_ONCE = 20
OK = 200


@dataclass(frozen=True)
class Wanted:
    """One partner's account and place as they should be. `version` changes when they do."""

    version: int
    account: PartnerStream
    place: Place


Read = Callable[[Database], Awaitable[list[Wanted]]]


async def keep_accounts_for_ever(database: Database, settings: Settings, read: Read) -> None:
    """Never returns. `read` gives all that should be, from the database."""
    offer = offer_of(settings)
    if offer is None:
        await asyncio.Event().wait()
        return
    while True:
        try:
            async with database.alone(WORK):
                await _keep(database, settings, offer, read)
        except Exception as error:
            if not isinstance(error, NatsError) and not is_away(error):
                raise
            log.warning("%s paused (%s)", WORK, type(error).__name__)
        await asyncio.sleep(RETRY_SECONDS)


async def _keep(database: Database, settings: Settings, offer: Offer, read: Read) -> None:
    announced = database.announced(WORK)
    async with AsyncExitStack() as open_:
        keeper = await _connected(settings, offer, open_)
        looked = 0.0
        while keeper.connected:
            announced.clear()
            wanted = await read(database)
            await keeper.tell(wanted)
            if keeper.too_many(wanted) or time.monotonic() - looked > LOOK_SECONDS:
                looked = time.monotonic()
                await keeper.compare(wanted)
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await announced.wait()


async def _connected(settings: Settings, offer: Offer, open_: AsyncExitStack) -> "_Keeper":
    # No reconnecting inside: after each connect everything is told anew.
    system_user = settings.broker_system_credentials
    system = Bus(
        settings.model_copy(update={"nats_credentials": system_user}), WORK, reconnect=False
    )
    platform = Bus(settings, WORK, PARTNERS, reconnect=False)
    open_.push_async_callback(_closed, system)
    open_.push_async_callback(_closed, platform)
    await system.connect(ensure=False)
    await platform.connect()
    own = claims_of(read_credentials(system_user.get_secret_value()).token)["iss"]
    incarnation = (await platform.state()).incarnation
    return _Keeper(system, platform, offer, {own, offer.keys.platform}, incarnation)


async def _closed(bus: Bus) -> None:
    with suppress(OSError, NatsError, TimeoutError):
        async with asyncio.timeout(RETRY_SECONDS):
            await bus.close()


class _Keeper:
    """`told`: what this connection has told the broker already."""

    def __init__(
        self, system: Bus, platform: Bus, offer: Offer, ours: set[str], incarnation: str
    ) -> None:
        self._system = system
        self._platform = platform
        self._keys = offer.keys
        self._ours = ours
        self._incarnation = incarnation
        self._told: dict[UUID, int] = {}

    @property
    def connected(self) -> bool:
        return self._system.connected and self._platform.connected

    async def tell(self, wanted: list[Wanted]) -> None:
        """What is new or another than before, several at once."""
        waiting = [w for w in wanted if self._told.get(w.account.partner_id) != w.version]
        for start in range(0, len(waiting), AT_ONCE):
            await asyncio.gather(*(self._tell(each) for each in waiting[start : start + AT_ONCE]))

    def too_many(self, wanted: Iterable[Wanted]) -> bool:
        return not self._told.keys() <= {each.account.partner_id for each in wanted}

    async def compare(self, wanted: list[Wanted]) -> None:
        """What the broker has, with what it should have."""
        if (await self._platform.state()).incarnation != self._incarnation:
            raise NatsError("the stream is another one now")
        keys = {each.account.public_key(self._keys.master): each for each in wanted}
        known = set((await self._system.ask("$SYS.REQ.CLAIMS.LIST")).get("data") or [])
        await self._forget(known - keys.keys() - self._ours)
        for missing in keys.keys() - known:
            await self._tell(keys[missing])
        for name in await places(self._platform) - {each.place.name for each in wanted}:
            await remove_place(self._platform, name)
            await self._platform.purge(f"partner.{name}.>")
        for gone in self._told.keys() - {each.account.partner_id for each in wanted}:
            del self._told[gone]

    async def _tell(self, wanted: Wanted) -> None:
        await ensure_place(self._platform, wanted.place, self._incarnation)
        token = partner_token(wanted.account, self._keys, now_seconds())
        answer = await self._system.ask("$SYS.REQ.CLAIMS.UPDATE", token.encode())
        if answer.get("data", {}).get("code") != OK:
            raise NatsError("an account was refused")
        self._told[wanted.account.partner_id] = wanted.version

    async def _forget(self, accounts: set[str]) -> None:
        if not accounts:
            return
        token = deletion_token(sorted(accounts), self._keys.operator_seed, now_seconds())
        answer = await self._system.ask("$SYS.REQ.CLAIMS.DELETE", token.encode())
        if "error" in answer:
            raise NatsError("an account could not be deleted")
        log.warning("%s accounts were taken from the broker", len(accounts))
