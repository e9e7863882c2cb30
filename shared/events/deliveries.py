"""Events as they arrive, and a service's reactions to them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.base import Event
from shared.events.bus import Msg
from shared.persistence.records import utc_now


@dataclass(frozen=True)
class Reaction:
    """A service's reaction to events of one class. `handle` gets a run of consecutive events of
    this class, in order, in one transaction; with `whole`, each as `Heard`. One event may have
    several reactions, which run in the order in which they are named."""

    event: type[Event]
    handle: Callable[[AsyncSession, Sequence[Any]], Awaitable[None]]
    whole: bool = False


@dataclass(frozen=True)
class Heard:
    """An event with its envelope's id, aggregate, version and time."""

    id: UUID
    aggregate_id: UUID
    version: int
    time: datetime
    event: Any


@dataclass(frozen=True)
class Delivery:
    """One event as the broker delivered it."""

    id: UUID
    type: str
    aggregate_id: UUID
    version: int
    data: Any
    traceparent: str | None
    body: bytes
    attempt: int
    message: Msg | None = None
    time: datetime = field(default_factory=utc_now)


class Envelope(BaseModel):
    """The parts of an envelope that must be right in an event of ours (shared/events/outbox.py
    writes it)."""

    id: UUID
    type: str
    time: AwareDatetime
    subject: UUID
    aggregateversion: int = Field(ge=1, lt=2**31)
    data: dict[str, Any]
    traceparent: str | None = None


def read(body: bytes, attempt: int = 1, message: Msg | None = None) -> Delivery:
    """The delivery in `body`. Raises ValueError where it is no event of ours."""
    event = Envelope.model_validate_json(body)
    return Delivery(
        id=event.id,
        type=event.type,
        aggregate_id=event.subject,
        version=event.aggregateversion,
        data=event.data,
        traceparent=event.traceparent,
        body=body,
        attempt=attempt,
        message=message,
        time=event.time,
    )
