"""Streams: how a partner's own system listens to what the partner may know."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, Field

from shared.contracts.base import Answer, Body, Event
from shared.formats.nkeys import Kind, is_public


class StreamStatus(StrEnum):
    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"


def _of_a_user(key: str) -> str:
    if not is_public(key, Kind.USER):
        raise ValueError("not the public key of a user: its checksum is wrong")
    return key


class StreamKeyDraft(Body):
    """The public half of a key pair that the partner's system made for itself (`nk -gen user`, or
    docs/partner-streams.md). The private half never leaves it."""

    user_public_key: Annotated[str, AfterValidator(_of_a_user)] = Field(
        pattern=r"^U[A-Z2-7]{55}$",
        examples=["UAXKIVZKK2SYRQA5BSQSCZWHHZNWS3SE5MOQJZSGIJDVYRYCGMGHU5ST"],
    )


class PositionDraft(Body):
    """From where to read on: after the message of this number, in the stream of this incarnation.
    Both as a snapshot says, or `GET …/stream/lag`."""

    stream_seq: int = Field(ge=0)
    stream_incarnation: str = Field(min_length=1, max_length=64)


class StreamKey(Answer):
    user_public_key: str
    added_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class Stream(Answer):
    """What a client must know to connect, and who may. `retention_days`: for how long a message
    waits for a system that is away."""

    id: UUID
    version: int
    partner_id: UUID
    status: StreamStatus
    server: str
    account: str
    stream: str
    consumer: str
    subject: str
    api_prefix: str
    retention_days: int
    keys: list[StreamKey]


class StreamCommands(Answer):
    """Lines to type: where they say SEED, the private key's file."""

    credentials: str
    nats: str
    python: str


class StreamAccess(Stream):
    """All that a client needs, in one answer. `credentials` is the file for any NATS client, with
    {seed} where the private key goes."""

    user_public_key: str
    user_jwt: str
    credentials: str
    expires_at: datetime
    commands: StreamCommands


class StreamLag(Answer):
    """How far the partner's system has read, asked of the broker now. Where the broker cannot
    tell, `unknown_because` says why and the rest is null."""

    partner_id: UUID
    unknown_because: str | None = None
    pending: int | None = None
    unacknowledged: int | None = None
    delivered_seq: int | None = None
    acknowledged_seq: int | None = None
    oldest_at: datetime | None = None
    stream_seq: int | None = None
    stream_incarnation: str | None = None


class StreamOpened(Event):
    """A partner's system listens from now on."""

    type: ClassVar[str] = "partners.stream.opened.v1"

    stream_id: UUID
    partner_id: UUID


class StreamChanged(Event):
    """Its keys, its place or its status are others. While suspended nobody gets in, and what is
    told waits."""

    type: ClassVar[str] = "partners.stream.changed.v1"

    stream_id: UUID
    partner_id: UUID
    status: StreamStatus


class StreamClosed(Event):
    """Nobody listens any more; what was told and not fetched is gone."""

    type: ClassVar[str] = "partners.stream.closed.v1"

    stream_id: UUID
    partner_id: UUID
