"""Keeps the broker's accounts as the database has them.

The tables of the partners service hold the accounts; the broker's resolver holds a copy. One
process at a time keeps it. On every connect that process sends all accounts anew, so that a
resolver that lost its directory is filled again; until then no partner is admitted. Accounts and
consumers that the tables do not hold are removed.

The broker takes two seconds to refuse a client whose account it does not know yet. The answer that
opens a stream therefore waits until the broker knows the account (`until_told`), where this
process is the keeper.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from shared.core.settings import Settings
from shared.core.tasks import woken
from shared.events.bus import PARTNERS, Bus, NatsError
from shared.events.outages import passes
from shared.formats.nats_credentials import read_credentials
from shared.partner_streams.accounts import PartnerStream, partner_token
from shared.partner_streams.consumers import Place, ensure_place, places, remove_place
from shared.partner_streams.offer import Offer, now_seconds, offer_of
from shared.persistence.alone import alone_for_ever
from shared.persistence.database import Database
from shared.security.broker_tokens import claims_of, deletion_token

log = logging.getLogger(__name__)

WORK = "broker accounts"
POLL_SECONDS = 0.5
LOOK_SECONDS = 5
RETRY_SECONDS = 0.5
TOLD_SECONDS = 1
AT_ONCE = 20
OK = 200


@dataclass(frozen=True)
class Wanted:
    """One partner's account and place as they should be. `version` changes when they do."""

    version: int
    account: PartnerStream
    place: Place


@dataclass(frozen=True)
class Written:
    """`versions`: of every account that should exist, by partner. `wanted`: whole, those that are
    new or differ from the broker's copy."""

    versions: Mapping[UUID, int]
    wanted: list[Wanted]


Read = Callable[[Database, Mapping[UUID, int]], Awaitable[Written]]
_at_work: "WeakKeyDictionary[Database, _Keeper]" = WeakKeyDictionary()


async def until_told(database: Database, partner_id: UUID, version: int) -> None:
    """Waits until the broker knows this version of the partner's stream, or TOLD_SECONDS; the
    keeper sends it then all the same, as soon as it can. Does not wait where another process is
    the keeper."""
    keeper = _at_work.get(database)
    if keeper is not None:
        with suppress(TimeoutError):
            async with asyncio.timeout(TOLD_SECONDS):
                await keeper.until_told(partner_id, version)


async def keep_accounts_for_ever(database: Database, settings: Settings, read: Read) -> None:
    """Never returns. `read` gives the accounts that should exist, from the database; it takes the
    versions that the broker has already."""
    offer = offer_of(settings)
    if offer is None:
        await asyncio.Event().wait()
        return
    work = partial(_keep, database, settings, offer, read)
    await alone_for_ever(database, WORK, work, RETRY_SECONDS, passes)


async def _keep(database: Database, settings: Settings, offer: Offer, read: Read, _: Any) -> None:
    announced = database.announced(WORK)
    async with AsyncExitStack() as open_:
        keeper = await _connected(settings, offer, open_)
        _at_work[database] = keeper
        open_.callback(_at_work.pop, database, None)
        looked = 0.0
        while keeper.connected:
            announced.clear()
            written = await read(database, keeper.told)
            await keeper.tell(written.wanted)
            there = written.versions.keys()
            if not keeper.told.keys() <= there or time.monotonic() - looked > LOOK_SECONDS:
                looked = time.monotonic()
                await keeper.compare(there)
            await woken(announced, POLL_SECONDS)


async def _connected(settings: Settings, offer: Offer, open_: AsyncExitStack) -> "_Keeper":
    # The buses do not reconnect by themselves: each new connection sends every account anew.
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
    """`told`: the versions that this connection has sent to the broker."""

    def __init__(
        self, system: Bus, platform: Bus, offer: Offer, ours: set[str], incarnation: str
    ) -> None:
        self._system = system
        self._platform = platform
        self._keys = offer.keys
        self._ours = ours
        self._incarnation = incarnation
        self._known: dict[UUID, tuple[str, Wanted]] = {}
        self._more = asyncio.Event()

    @property
    def connected(self) -> bool:
        return self._system.connected and self._platform.connected

    @property
    def told(self) -> dict[UUID, int]:
        return {partner_id: known.version for partner_id, (_, known) in self._known.items()}

    async def until_told(self, partner_id: UUID, version: int) -> None:
        while (known := self._known.get(partner_id)) is None or known[1].version < version:
            await self._more.wait()

    async def tell(self, wanted: list[Wanted]) -> None:
        """Sends these accounts to the broker, AT_ONCE at a time."""
        for start in range(0, len(wanted), AT_ONCE):
            await asyncio.gather(*(self._tell(each) for each in wanted[start : start + AT_ONCE]))

    async def compare(self, there: AbstractSet[UUID]) -> None:
        """Compares the broker's accounts and consumers with those that it should have: those sent
        before whose partner is in `there`. Sends missing accounts again, and removes accounts and
        consumers beyond these."""
        if (await self._platform.state()).incarnation != self._incarnation:
            raise NatsError("the stream is another one now")
        self._known = {id: known for id, known in self._known.items() if id in there}
        keys = dict(self._known.values())
        known = set((await self._system.ask("$SYS.REQ.CLAIMS.LIST")).get("data") or [])
        await self._forget(known - keys.keys() - self._ours)
        for missing in keys.keys() - known:
            await self._tell(keys[missing])
        for name in await places(self._platform) - {each.place.name for each in keys.values()}:
            await remove_place(self._platform, name)
            await self._platform.purge(f"partner.{name}.>")

    async def _tell(self, wanted: Wanted) -> None:
        await ensure_place(self._platform, wanted.place, self._incarnation)
        token = partner_token(wanted.account, self._keys, now_seconds())
        answer = await self._system.ask("$SYS.REQ.CLAIMS.UPDATE", token.encode())
        if answer.get("data", {}).get("code") != OK:
            raise NatsError("an account was refused")
        key = wanted.account.public_key(self._keys.master)
        self._known[wanted.account.partner_id] = key, wanted
        self._more.set()
        self._more = asyncio.Event()

    async def _forget(self, accounts: set[str]) -> None:
        if not accounts:
            return
        token = deletion_token(sorted(accounts), self._keys.operator_seed, now_seconds())
        answer = await self._system.ask("$SYS.REQ.CLAIMS.DELETE", token.encode())
        if "error" in answer:
            raise NatsError("an account could not be deleted")
        log.warning("%s accounts were taken from the broker", len(accounts))
