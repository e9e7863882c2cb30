"""The gateway as the issuer of access tokens for partners' systems and for people with a link to one
referral (RFC 6749 4.4, RFC 9068).

A token names the client and the key by which it was obtained. Partners answers at each request what
that client may be, so that ending a key or a client ends its tokens.
"""

import time
from typing import Any
from uuid import UUID, uuid4

import orjson
from joserfc import jws
from joserfc.jwk import OKPKey

from gateway.authentication.access_tokens import FixedKeys
from shared.core.settings import Settings
from shared.security.tokens import ALGORITHM, ALGORITHMS, listed

LIFETIME_SECONDS = 600
TOKEN_PATH = "/oauth/token"  # noqa: S105 (an address)
KEYS_PATH = "/oauth/keys"
LINK = "link"


class OwnTokens:
    """Raises ValueError where ACCESS_TOKEN_PRIVATE_KEY is missing or not an Ed25519 key."""

    def __init__(self, settings: Settings) -> None:
        secret = settings.access_token_private_key.get_secret_value()
        if not secret:
            raise ValueError("ACCESS_TOKEN_PRIVATE_KEY is not set")
        self._key = OKPKey.import_key(listed(secret)[0])
        self.keys = FixedKeys(secret)
        self._header = {"alg": ALGORITHM, "typ": "at+jwt", "kid": next(iter(self.keys.of))}
        self.issuer = settings.public_url
        self.token_url = f"{settings.public_url}{TOKEN_PATH}"
        self._audiences = list(settings.accepted_audiences())

    def token(self, client_id: UUID, key_id: UUID) -> str:
        return self._signed(f"{client_id}.{key_id}", str(client_id))

    def link_token(self, link_id: UUID) -> str:
        """For somebody who has opened a link to one referral. Students answers at each request
        whether the link still opens it."""
        return self._signed(f"{LINK}.{link_id}", LINK)

    def _signed(self, subject: str, client_id: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": subject,
            "client_id": client_id,
            "aud": self._audiences,  # also for a gateway of the release before
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
            "jti": str(uuid4()),
        }
        return jws.serialize_compact(
            dict(self._header), orjson.dumps(claims), self._key, algorithms=ALGORITHMS
        )

    def public_keys(self) -> dict[str, Any]:
        """A JWK set (RFC 7517)."""
        return {"keys": [
            key.as_dict(private=False) | {"kid": kid, "alg": ALGORITHM, "use": "sig"}
            for kid, key in self.keys.of.items()
        ]}  # fmt: skip


def link_of(subject: str) -> UUID | None:
    """The link that a token of the gateway is about; None for a client's."""
    kind, _, id = subject.partition(".")
    return UUID(id) if kind == LINK else None


def client_of(subject: str) -> tuple[UUID, UUID]:
    """(client, key) that a token of the gateway is about."""
    client_id, _, key_id = subject.partition(".")
    return UUID(client_id), UUID(key_id)
