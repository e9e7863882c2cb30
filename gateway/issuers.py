"""The issuers whose tokens are accepted: the configured one by OpenID discovery, and at most in a
local environment the development issuer."""

import time
from typing import Any

import aiohttp
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from gateway.access_tokens import FixedKeys, Keys
from shared.refusals import Unavailable
from shared.settings import Settings

FETCH_SECONDS = 3
KEPT_SECONDS = 600
AGAIN_SECONDS = 10  # at most this often for a key id not seen before
DISCOVERY = "/.well-known/openid-configuration"


class DiscoveredKeys:
    """An issuer's keys, fetched when first needed and again when a new key id turns up."""

    def __init__(self, issuer: str, http: aiohttp.ClientSession) -> None:
        self._issuer = issuer
        self._http = http
        self._keys: KeySet | None = None
        self._fetched = 0.0

    async def for_id(self, kid: str) -> Key | None:
        age = time.monotonic() - self._fetched
        found = self._find(kid)
        if self._keys is None or age > KEPT_SECONDS or (found is None and age > AGAIN_SECONDS):
            await self._fetch()
            found = self._find(kid)
        return found

    def _find(self, kid: str) -> Key | None:
        keys = self._keys.keys if self._keys is not None else []
        return next((key for key in keys if key.kid == kid), None)

    async def _fetch(self) -> None:
        try:
            known = await self._json(self._issuer.rstrip("/") + DISCOVERY)
            if known.get("issuer") != self._issuer:
                raise ValueError("another issuer answers")
            published = await self._json(known["jwks_uri"])
            usable = [key for key in published["keys"] if key.get("use", "sig") == "sig"]
            self._keys = KeySet.import_key_set({"keys": usable})
            self._fetched = time.monotonic()
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, JoseError) as error:
            if self._keys is None:
                raise Unavailable("issuer-away", "Signing in is not possible now.") from error

    async def _json(self, address: str) -> Any:
        timeout = aiohttp.ClientTimeout(total=FETCH_SECONDS)
        async with self._http.get(address, timeout=timeout, allow_redirects=False) as answer:
            answer.raise_for_status()
            return await answer.json(content_type=None)


def development_issuer(settings: Settings) -> str:
    return f"{settings.public_url}/dev"


def issuers(settings: Settings, http: aiohttp.ClientSession) -> dict[str, Keys]:
    """Settings refuse a development key outside a local environment."""
    accepted: dict[str, Keys] = {}
    if settings.oidc_issuer:
        accepted[settings.oidc_issuer] = DiscoveredKeys(settings.oidc_issuer, http)
    key = settings.development_issuer_key.get_secret_value()
    if key:
        accepted[development_issuer(settings)] = FixedKeys(key)
    return accepted
