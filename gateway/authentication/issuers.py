"""The issuers whose tokens the gateway accepts: those that sign people in, each by OpenID discovery,
the gateway itself for partners' systems, and in a local environment the development issuer."""

import asyncio
import logging
import time
from collections.abc import Iterable
from typing import Any

import aiohttp
from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key

from gateway.authentication.access_tokens import FixedKeys, Keys
from shared.core.refusals import Unavailable
from shared.core.settings import Settings
from shared.core.tasks import for_ever
from shared.core.telemetry import ISSUER_READ
from shared.formats.jwts import ALGORITHMS, kind_of

log = logging.getLogger(__name__)

FETCH_SECONDS = 3
KEPT_SECONDS = 600
AGAIN_SECONDS = 10.0  # at most this often, for any number of unknown key ids or failures
FIRST_AGAIN_SECONDS = 1.0  # while there are no keys yet
WATCH_SECONDS = 60
NEVER = float("-inf")
DISCOVERY = "/.well-known/openid-configuration"


class UnfitIssuer(ValueError):
    """The issuer answers, and people cannot sign in there as it is configured."""


UNREADABLE = (aiohttp.ClientError, TimeoutError, ValueError, TypeError, KeyError, AttributeError)


class DiscoveredKeys:
    """An issuer's keys, fetched when first needed, when they are old, and when an unknown key id
    turns up. One request at a time fetches them, and seldom, so that a flood of invented key ids
    does not reach the issuer. While the issuer is away, the present keys are used."""

    def __init__(self, issuer: str, http: aiohttp.ClientSession) -> None:
        self._issuer = issuer
        self._http = http
        self._keys: dict[str, Key] | None = None
        self._fetched = NEVER
        self._tried = NEVER
        self._fetching = asyncio.Lock()

    async def for_id(self, kid: str) -> Key | None:
        """Raises Unavailable where no keys were ever fetched and the issuer is away."""
        found = (self._keys or {}).get(kid)
        if found is not None and (self._fresh() or self._fetching.locked()):
            return found
        async with self._fetching:
            found = (self._keys or {}).get(kid)
            if self._may_ask() and not (found is not None and self._fresh()):
                await self._fetch()
        if self._keys is None:
            raise Unavailable("issuer-away", "Signing in is not possible at the moment.")
        return self._keys.get(kid)

    async def look(self) -> None:
        """Fetches the keys where they are old or were never fetched, so that the log and the metric
        say what is wrong before anybody signs in."""
        async with self._fetching:
            if self._may_ask() and not (self._keys and self._fresh()):
                await self._fetch()

    def _fresh(self) -> bool:
        return time.monotonic() - self._fetched < KEPT_SECONDS

    def _may_ask(self) -> bool:
        pause = FIRST_AGAIN_SECONDS if self._keys is None else AGAIN_SECONDS
        return time.monotonic() - self._tried >= pause

    async def _fetch(self) -> None:
        self._tried = time.monotonic()
        try:
            known = await self._json(self._issuer.rstrip("/") + DISCOVERY)
            if known["issuer"] != self._issuer:
                raise UnfitIssuer("its document names another issuer")
            published = await self._json(known["jwks_uri"])
            self._keys = usable(published["keys"], self._keys or {})
            self._fetched = time.monotonic()
            if not self._keys:
                raise UnfitIssuer("it publishes no key that can be used here")
        except UNREADABLE as error:
            ISSUER_READ.labels(self._issuer).set(0)
            self._say(_fault(error))
        else:
            ISSUER_READ.labels(self._issuer).set(1)

    def _say(self, fault: str) -> None:
        level, effect = (
            (logging.WARNING, "keys of the issuer could not be renewed")
            if self._keys
            else (logging.ERROR, "nobody of this issuer can sign in")
        )
        log.log(level, "%s: %s", effect, fault, extra={"issuer": self._issuer})

    async def _json(self, address: str) -> Any:
        timeout = aiohttp.ClientTimeout(total=FETCH_SECONDS)
        async with self._http.get(address, timeout=timeout, allow_redirects=False) as answer:
            answer.raise_for_status()
            return await answer.json(content_type=None)


def usable(published: list[dict[str, Any]], known: dict[str, Key]) -> dict[str, Key]:
    """The keys by id that can verify a signature here. An unreadable key does not spoil the others.
    A `known` key stays the same object, so that tokens it verified stay verified."""
    found: dict[str, Key] = {}
    for each in published:
        if each.get("use", "sig") != "sig" or not isinstance(each.get("kid"), str):
            continue
        try:
            key = import_key(each)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if kind_of(key) in ALGORITHMS:
            before = known.get(each["kid"], key)
            found[each["kid"]] = before if before.as_dict() == key.as_dict() else key
    return found


def _fault(error: Exception) -> str:
    """The fault in words. The texts of others' errors stay out of the log."""
    if isinstance(error, UnfitIssuer):
        return str(error)
    if isinstance(error, aiohttp.ClientResponseError):
        return f"its document or its keys were answered with status {error.status}"
    if isinstance(error, aiohttp.ClientError | TimeoutError):
        return f"it cannot be reached ({type(error).__name__})"
    return f"its document or its keys cannot be read ({type(error).__name__})"


async def watch_for_ever(accepted: Iterable[Keys]) -> None:
    """Looks after the keys of every issuer on the network, also while nobody signs in."""
    found = [keys for keys in accepted if isinstance(keys, DiscoveredKeys)]
    await asyncio.gather(*(for_ever("issuer's keys", keys.look, WATCH_SECONDS) for keys in found))


def development_issuer(settings: Settings) -> str:
    return f"{settings.public_url}/dev"


def issuers(settings: Settings, http: aiohttp.ClientSession, own: Keys) -> dict[str, Keys]:
    """The accepted issuers and their keys, each apart from the others. Settings refuse a development
    key outside a local environment. Raises ValueError where an issuer for people has the name of the
    one for partners' systems."""
    named = settings.issuers()
    if settings.public_url in named:
        raise ValueError("neither OIDC_ISSUER nor OIDC_ISSUERS may be PUBLIC_URL")
    accepted: dict[str, Keys] = {settings.public_url: own}
    accepted |= {issuer: DiscoveredKeys(issuer, http) for issuer in named}
    key = settings.development_issuer_key.get_secret_value()
    if key:
        accepted[development_issuer(settings)] = FixedKeys(key)
    if len(accepted) == 1:
        log.error("nobody can sign in: neither OIDC_ISSUER nor OIDC_ISSUERS is set")
    return accepted
