"""Streams: how a partner's own system receives the events that the partner may have."""

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
    """The public half of a key pair that the partner's system made itself (`nk -gen user`, or
    docs/partner-streams.md). The private half never leaves that system."""

    user_public_key: Annotated[str, AfterValidator(_of_a_user)] = Field(
        pattern=r"^U[A-Z2-7]{55}$",
        examples=["UAXKIVZKK2SYRQA5BSQSCZWHHZNWS3SE5MOQJZSGIJDVYRYCGMGHU5ST"],
    )


class PositionDraft(Body):
    """The position after which to read on: the number of a message, and the incarnation of the
    stream that has it. A snapshot and `GET …/stream/lag` give both."""

    stream_seq: int = Field(ge=0)
    stream_incarnation: str = Field(min_length=1, max_length=64)


class StreamKey(Answer):
    user_public_key: str
    added_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class Stream(Answer):
    """The settings with which a client connects, and the keys that may connect. `retention_days`:
    how many days a message waits for a system that is away."""

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
    """Command lines to type, where `answer.json` is this answer and `partner.seed` the private key.
    `nats` shows the next message without taking it. In `python`, PLATFORM is the platform's address,
    and CLIENT the `client_id` by which the system renews its credentials."""

    credentials: str
    nats: str
    python: str


class StreamAccess(Stream):
    """All settings and credentials of a client in one answer. `credentials` is the credentials file
    for any NATS client; replace {seed} in it by the private key."""

    user_public_key: str
    user_jwt: str
    credentials: str
    expires_at: datetime
    commands: StreamCommands


class StreamLag(Answer):
    """How far the partner's system has read, as the broker counts at this moment. Where the broker
    cannot be asked, `unknown_because` says why and the other fields are null."""

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
    """A partner's stream was opened; its system may connect."""

    type: ClassVar[str] = "partners.stream.opened.v1"

    stream_id: UUID
    partner_id: UUID


class StreamChanged(Event):
    """A stream has other keys, another position or another status. While it is suspended nobody can
    connect, and messages wait."""

    type: ClassVar[str] = "partners.stream.changed.v1"

    stream_id: UUID
    partner_id: UUID
    status: StreamStatus


class StreamClosed(Event):
    """A partner's stream was closed; messages that were not fetched are gone."""

    type: ClassVar[str] = "partners.stream.closed.v1"

    stream_id: UUID
    partner_id: UUID
