"""Clients: a partner's own systems, each known by its public keys (RFC 7517, RFC 7523)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from shared.contracts.base import Answer, Body, Event

KEYS_MOST = 5
PRIVATE_PARTS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
Encoded = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=1024)]
KeyId = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9._~=+/-]+$", min_length=1, max_length=200)
]


class ClientStatus(StrEnum):
    LIVE = "live"
    REVOKED = "revoked"


class PublicKey(Body):
    """A public JWK: Ed25519 (signs with Ed25519 or EdDSA), P-256 (ES256), or RSA of 2048 to 4096
    bits with the exponent 65537 (RS256, PS256)."""

    kty: Literal["OKP", "EC", "RSA"]
    kid: KeyId
    crv: Literal["Ed25519", "P-256"] | None = None
    x: Encoded | None = None
    y: Encoded | None = None
    n: Encoded | None = None
    e: Encoded | None = None
    use: Literal["sig"] | None = None
    alg: Literal["Ed25519", "EdDSA", "ES256", "RS256", "PS256"] | None = None

    @model_validator(mode="before")
    @classmethod
    def _nothing_private(cls, said: Any) -> Any:
        if isinstance(said, dict) and PRIVATE_PARTS & said.keys():
            raise PydanticCustomError(
                "key_private", "This is the private key. Throw it away, and make another."
            )
        return said


class ClientDraft(Body):
    """A partner's system to be registered. `name` is for the people who look after the system."""

    partner_id: UUID
    name: str = Field(min_length=1, max_length=200, examples=["Attendance sync"])
    keys: list[PublicKey] = Field(min_length=1, max_length=KEYS_MOST)


class ClientKey(Answer):
    """A client's key, valid for signing until `ended_at`. `thumbprint`: RFC 7638, SHA-256."""

    id: UUID
    kid: str
    jwk: dict[str, str]
    thumbprint: str
    added_at: datetime
    ended_at: datetime | None


class Client(Answer):
    """A partner's system. `id` is its OAuth `client_id`."""

    id: UUID
    version: int
    partner_id: UUID
    partner_name: str
    name: str
    status: ClientStatus
    created_at: datetime
    revoked_at: datetime | None
    keys: list[ClientKey]


class AssertionDraft(Body):
    """The assertion that the gateway's token endpoint received, and the gateway's own names as
    audiences. Nothing is stripped: an assertion is taken as it is, or refused."""

    model_config = ConfigDict(str_strip_whitespace=False)

    assertion: str
    audiences: list[str] = Field(min_length=1, max_length=4)


class AssertedClient(Answer):
    """The client that made the assertion, and the key that signed it."""

    client_id: UUID
    key_id: UUID


class ClientRegistered(Event):
    """A partner's system may now ask for access tokens."""

    type: ClassVar[str] = "partners.client.registered.v1"

    client_id: UUID
    partner_id: UUID


class ClientKeyAdded(Event):
    """A client may sign with one more key."""

    type: ClassVar[str] = "partners.client.key-added.v1"

    client_id: UUID
    partner_id: UUID
    key_id: UUID


class ClientKeyEnded(Event):
    """A client's key has ended; access tokens obtained with it have no effect."""

    type: ClassVar[str] = "partners.client.key-ended.v1"

    client_id: UUID
    partner_id: UUID
    key_id: UUID


class ClientRevoked(Event):
    """A client is revoked for good; its access tokens have no effect."""

    type: ClassVar[str] = "partners.client.revoked.v1"

    client_id: UUID
    partner_id: UUID
