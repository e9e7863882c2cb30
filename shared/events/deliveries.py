"""An event as it comes in, and what a service says it does about it."""

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
    """What a service does when something has happened elsewhere. `handle` gets a run of
    consecutive events of this class, in order, in one transaction; `whole`: each as `Heard`. One
    event may have several reactions, in the order in which they are named."""

    event: type[Event]
    handle: Callable[[AsyncSession, Sequence[Any]], Awaitable[None]]
    whole: bool = False


@dataclass(frozen=True)
class Heard:
    """An event with what its envelope says of it."""

    id: UUID
    aggregate_id: UUID
    version: int
    time: datetime
    event: Any


@dataclass(frozen=True)
class Delivery:
    """One event as it came in."""

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
    """What must be right for an event to be one of ours (shared/events/outbox.py writes it)."""

    id: UUID
    type: str
    time: AwareDatetime
    subject: UUID
    aggregateversion: int = Field(ge=1, lt=2**31)
    data: dict[str, Any]
    traceparent: str | None = None


def read(body: bytes, attempt: int = 1, message: Msg | None = None) -> Delivery:
    """Raises ValueError for what is no event of ours."""
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
