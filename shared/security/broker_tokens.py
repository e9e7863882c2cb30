"""The JWTs that a broker in operator mode believes: of its operator, its accounts and their users.

Their shapes are those of https://github.com/nats-io/jwt (v2). These are pure functions; `now` and
every limit come in. A field that they leave out has the broker's own default.
"""

import json
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from shared.formats.nkeys import public_of, sign

UNLIMITED = -1
HEADER = {"typ": "JWT", "alg": "ed25519-nkey"}
NOTHING = {"pub": {"deny": [">"]}, "sub": {"deny": [">"]}}

Claims = dict[str, Any]


@dataclass(frozen=True)
class Limits:
    """The limits of an account. `payload`: bytes of a message that a client sends."""

    connections: int = UNLIMITED
    subscriptions: int = UNLIMITED
    payload: int = UNLIMITED
    jetstream: bool = False

    def claims(self) -> Claims:
        storage = (
            {"mem_storage": UNLIMITED, "disk_storage": UNLIMITED, "streams": UNLIMITED,
             "consumer": UNLIMITED}
            if self.jetstream
            else {}
        )  # fmt: skip
        return {
            "subs": self.subscriptions, "conn": self.connections, "payload": self.payload,
            "data": UNLIMITED, "imports": UNLIMITED, "exports": UNLIMITED, "wildcards": True,
            "leaf": 0, **storage,
        }  # fmt: skip


@dataclass(frozen=True)
class Permissions:
    """Subjects that a user may publish to, and subscribe to."""

    publish: Sequence[str]
    subscribe: Sequence[str]

    def claims(self) -> Claims:
        return {"pub": {"allow": list(self.publish)}, "sub": {"allow": list(self.subscribe)}}


@dataclass(frozen=True)
class Account:
    """An account of the broker. `revoked`: public keys of users, each with the second up to which
    its tokens no longer count; `*` is every user. `scopes`: signing keys that make users of one
    template only."""

    public_key: str
    name: str
    limits: Limits = Limits()
    exports: Sequence[Claims] = ()
    imports: Sequence[Claims] = ()
    signing_keys: Sequence[str] = ()
    scopes: Sequence[Claims] = ()
    revoked: dict[str, int] = field(default_factory=dict)


def operator_token(
    seed: str, name: str, system_account: str, signing_keys: Sequence[str], now: int
) -> str:
    """The token of the operator, signed by itself. `signing_keys`: public keys that may sign
    accounts."""
    return _signed(
        {"sub": public_of(seed), "name": name},
        {"type": "operator", "system_account": system_account, "signing_keys": list(signing_keys)},
        seed,
        now,
    )


def account_token(account: Account, operator_seed: str, now: int) -> str:
    """The token of an account. `operator_seed`: the operator's key, or one that the operator's
    token names."""
    known: Claims = {
        "type": "account",
        "limits": account.limits.claims(),
        "default_permissions": NOTHING,
        "exports": list(account.exports),
        "imports": list(account.imports),
        "signing_keys": [*account.signing_keys, *account.scopes],
        "revocations": account.revoked,
    }
    head = {"sub": account.public_key, "name": account.name}
    return _signed(head, {k: v for k, v in known.items() if v}, operator_seed, now)


def scope(signing_key: str, role: str, permissions: Permissions, **limits: int) -> Claims:
    """The claim that gives users of this signing key these permissions, whatever their tokens
    say."""
    template = {
        **permissions.claims(), "subs": UNLIMITED, "data": UNLIMITED, "payload": UNLIMITED,
        "allowed_connection_types": ["STANDARD", "WEBSOCKET"], **limits,
    }  # fmt: skip
    return {"kind": "user_scope", "key": signing_key, "role": role, "template": template}


def user_token(
    user: str,
    name: str,
    signing_seed: str,
    now: int,
    *,
    account: str | None = None,
    permissions: Permissions | None = None,
    expires: int | None = None,
) -> str:
    """The token of a user. `account`: the account whose signing key signs; None where the
    account's own key does. Without `permissions` the signing key's scope gives them."""
    known: Claims = {"type": "user"}
    if account is not None:
        known["issuer_account"] = account
    if permissions is not None:
        known |= {
            **permissions.claims(), "subs": UNLIMITED, "data": UNLIMITED, "payload": UNLIMITED,
        }  # fmt: skip
    head: Claims = {"sub": user, "name": name}
    if expires is not None:
        head["exp"] = expires
    return _signed(head, known, signing_seed, now)


def activation_token(
    importer: str, subject: str, exporter: str, signing_seed: str, now: int
) -> str:
    """The token that lets one account import one subject."""
    return _signed(
        {"sub": importer, "name": subject},
        {"type": "activation", "kind": "service", "subject": subject, "issuer_account": exporter},
        signing_seed,
        now,
    )


def deletion_token(accounts: Sequence[str], operator_seed: str, now: int) -> str:
    """The token that makes the resolver forget these accounts."""
    head = {"sub": public_of(operator_seed), "name": "delete"}
    return _signed(head, {"type": "generic", "accounts": list(accounts)}, operator_seed, now)


def claims_of(token: str) -> Claims:
    """The claims of a token of our own; nothing is verified."""
    body = token.split(".")[1]
    said: Claims = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return said


def _signed(head: Claims, known: Claims, seed: str, now: int) -> str:
    claims = {**head, "iss": public_of(seed), "iat": now, "nats": {**known, "version": 2}}
    digest = sha256(_json(claims)).digest()
    claims["jti"] = b32encode(digest).rstrip(b"=").decode()
    text = f"{_base64(_json(HEADER))}.{_base64(_json(claims))}"
    return f"{text}.{_base64(sign(seed, text.encode()))}"


def _json(value: Claims) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _base64(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
