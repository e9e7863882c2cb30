"""Announces events: recorded in the transaction of the change, published after it.

The outboxes are the record of every event; the broker is a cache that can be rebuilt from them
(shared/events/relay.py).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, DateTime, Identity, Index, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from shared.contracts.base import Event
from shared.core.telemetry import traceparent
from shared.events.bus import EVENTS
from shared.events.outlet import Outlet
from shared.persistence.database import ANNOUNCED
from shared.persistence.records import Record, new_id, utc_now


class OutboxRow(SQLModel, table=True):
    __tablename__ = "outbox"
    __table_args__: ClassVar = (
        Index("outbox_waiting", "position", postgresql_where=text("published_at is null")),
        Index("outbox_aggregate", "aggregate_id", "aggregate_version", unique=True),
    )

    position: int | None = Field(
        default=None, sa_type=BigInteger, primary_key=True, sa_column_args=(Identity(),)
    )
    event_id: UUID = Field(unique=True)
    type: str
    aggregate_id: UUID
    aggregate_version: int
    time: datetime = Field(sa_type=DateTime(timezone=True))
    traceparent: str | None = None
    data: str
    published_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    stream_seq: int | None = Field(default=None, sa_type=BigInteger)
    stream_incarnation: str | None = None
    purges: list[str] = Field(
        default=[], sa_type=ARRAY(String), sa_column_kwargs={"server_default": "{}"}
    )
    """Subjects whose messages leave the stream before this event enters it."""


outbox: Any = OutboxRow


def announce(
    session: AsyncSession, row: Record, event: Event, *, purges: Sequence[str] = ()
) -> None:
    """Announces `event` about `row`: the relay publishes it if, and only if, this transaction
    commits.

    Raises the row's version by one. The versions of an aggregate's events are consecutive, so that
    a consumer sees at once when one is missing. `purges`: see `OutboxRow`.
    """
    row.version += 1
    session.add(row)
    session.add(
        OutboxRow(
            event_id=new_id(),
            type=event.type,
            aggregate_id=row.id,
            aggregate_version=row.version,
            time=utc_now(),
            traceparent=traceparent(),
            data=event.model_dump_json(),
            purges=list(purges),
        )
    )
    session.info[ANNOUNCED] = True


async def announce_many(
    session: AsyncSession, event: type[Event], rows: str, parameters: dict[str, Any] | None = None
) -> int:
    """Announces a set of events at once, for imports. `rows`: a SELECT of `aggregate_id`,
    `version` (already raised) and `data` (jsonb with the fields of `event`). Returns how many were
    announced."""
    result = await session.execute(
        text(
            f"""
            insert into outbox
              (event_id, type, aggregate_id, aggregate_version, time, traceparent, data)
            select gen_random_uuid(), :event_type, r.aggregate_id, r.version, now(), :trace,
                   r.data::text
            from ({rows}) r
            """
        ),
        {"event_type": event.type, "trace": traceparent(), **(parameters or {})},
    )
    session.info[ANNOUNCED] = True
    return int(result.rowcount)  # type: ignore[attr-defined]


def envelope(row: Any, service: str, public_url: str, more: dict[str, Any] | None = None) -> bytes:
    """The event as the broker carries it: CloudEvents 1.0, structured JSON. The gateway serves the
    schema of `data` under `public_url`. `more`: extension attributes."""
    head = {
        "specversion": "1.0",
        "id": str(row["event_id"]),
        "source": f"/{service}",
        "type": row["type"],
        "subject": str(row["aggregate_id"]),
        "time": row["time"].isoformat(),
        "datacontenttype": "application/json",
        "dataschema": f"{public_url}/contracts/{row['type']}.json",
        "aggregateversion": row["aggregate_version"],
    }
    if row["traceparent"]:
        head["traceparent"] = row["traceparent"]
    head |= more or {}
    data: str = row["data"]
    return orjson.dumps(head)[:-1] + b',"data":' + data.encode() + b"}"


AGAIN = """
    update outbox set event_id = gen_random_uuid(), published_at = null, stream_seq = null,
      stream_incarnation = null
    where published_at is not null and type || '.' || aggregate_id = any($1::text[])
      and aggregate_id in (select split_part(s, '.', -1)::uuid from unnest($1::text[]) s)
"""
TO_SERVICES = Outlet(
    work="relay",
    table="outbox",
    stream=EVENTS,
    lane=lambda row: row["aggregate_id"],
    turn=lambda row: row["aggregate_version"],
    subject=lambda row: f"{row['type']}.{row['aggregate_id']}",
    envelope=envelope,
    purges=lambda row: row["purges"],
    again=AGAIN,
)
