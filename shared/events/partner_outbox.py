"""Events that leave the platform: recorded in the transaction that decided on their disclosure,
and published after it to the partner's part of the stream PARTNERS.

An action takes its turn first (`in_turn`), then decides, then records the event. Rows of one
partner and child are written one after the other, and published in the order in which they were
written. So a revocation and an event that was decided just before it are never published the other
way round.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, DateTime, Identity, Index, delete, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from shared.contracts.base import Event
from shared.contracts.purpose import Purpose
from shared.core.telemetry import traceparent
from shared.events.bus import PARTNERS
from shared.events.outbox import envelope
from shared.events.outlet import Outlet
from shared.persistence.database import ANNOUNCED
from shared.persistence.records import new_id, utc_now

CLEARED = "cleared"
"""The type of a row that is no event: all of the partner's messages leave the stream."""
NO_CHILD = "-"
TURN_LOCK = 7_227_003
TAKE_TURNS = text("""
    select pg_advisory_xact_lock(:lock, lane)
    from (select distinct hashtext(child) as lane from unnest(cast(:children as text[])) child
          order by lane) turns
""")


class PartnerOutboxRow(SQLModel, table=True):
    """An event for one partner. `terms`: the extension attributes of the envelope, as JSON."""

    __tablename__ = "partner_outbox"
    __table_args__: ClassVar = (
        Index("partner_outbox_waiting", "position", postgresql_where=text("published_at is null")),
        Index("partner_outbox_lane", "partner_id", "student_id"),
    )

    position: int | None = Field(
        default=None, sa_type=BigInteger, primary_key=True, sa_column_args=(Identity(),)
    )
    event_id: UUID = Field(unique=True)
    partner_id: UUID
    student_id: UUID | None = None
    type: str
    aggregate_id: UUID
    aggregate_version: int
    time: datetime = Field(sa_type=DateTime(timezone=True))
    traceparent: str | None = None
    data: str
    terms: str
    retracts: bool = False
    published_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    stream_seq: int | None = Field(default=None, sa_type=BigInteger)
    stream_incarnation: str | None = None


partner_outbox: Any = PartnerOutboxRow


@dataclass(frozen=True)
class Terms:
    """The terms on which a partner gets this event (34 CFR 99.30 and 99.31: each disclosure has
    one basis; 99.33: the partner passes it on to nobody but the `further_parties` of the
    agreement)."""

    purpose: Purpose
    consent_id: UUID | None = None
    agreement_id: UUID | None = None
    further_parties: tuple[UUID, ...] = ()
    replayed: bool = False
    """It happened before the partner was admitted, or was disclosed before and retracted."""

    def attributes(self) -> dict[str, Any]:
        """The terms as extension attributes of CloudEvents: lower-case letters and digits only."""
        named = {
            "purpose": self.purpose.value,
            "consentref": self.consent_id and str(self.consent_id),
            "agreementref": self.agreement_id and str(self.agreement_id),
            "noredisclosure": not self.further_parties,
            "redisclosureto": ",".join(map(str, self.further_parties)) or None,
            "replayed": True if self.replayed else None,
        }
        return {name: value for name, value in named.items() if value is not None}


async def in_turn(session: AsyncSession, student_ids: Iterable[UUID]) -> None:
    """Until this transaction ends, no other one discloses these children's events to a partner. A
    transaction takes its turn once, for all its children and before its decision: the state that
    it reads after that is the state that holds."""
    children = [str(student_id) for student_id in student_ids]
    await session.execute(TAKE_TURNS, {"lock": TURN_LOCK, "children": children})


def tell_partner(
    session: AsyncSession,
    partner_id: UUID,
    student_id: UUID | None,
    aggregate_id: UUID,
    version: int,
    event: Event,
    terms: Terms,
) -> UUID:
    """Discloses `event` to the partner: the relay publishes it if, and only if, this transaction
    commits. Gives the event's id. The partner sees `student_id` and `aggregate_id`: give ids that
    it may know."""
    return _tell(session, partner_id, student_id, aggregate_id, version, event, terms)


@dataclass(frozen=True)
class TakenBack:
    """One retraction: `event` says which of the child's data the partner must delete."""

    student_id: UUID
    aggregate_id: UUID
    version: int
    event: Event


async def retract(
    session: AsyncSession, partner_id: UUID, taken_back: Sequence[TakenBack], terms: Terms
) -> list[UUID]:
    """Publishes each event, and makes every earlier event about its child impossible to fetch. The
    earlier events leave this table now, so that no healing brings them back, and leave the stream
    before the retraction enters it. Earlier retractions stay. Gives the events' ids, for the
    receipts."""
    await session.execute(
        delete(partner_outbox).where(
            partner_outbox.partner_id == partner_id,
            partner_outbox.student_id.in_([each.student_id for each in taken_back]),
            partner_outbox.retracts.is_(False),
        )
    )
    return [
        _tell(
            session, partner_id, each.student_id, each.aggregate_id, each.version, each.event,
            terms, retracts=True,
        )
        for each in taken_back
    ]  # fmt: skip


async def forget_partner(session: AsyncSession, partner_id: UUID) -> None:
    """Removes every event for a partner whose stream is closed, so that nothing brings it back.
    Messages that the relay sent while the stream was being closed leave the stream too, before any
    later event enters it."""
    await session.execute(delete(partner_outbox).where(partner_outbox.partner_id == partner_id))
    session.add(
        PartnerOutboxRow(
            event_id=new_id(), partner_id=partner_id, type=CLEARED, aggregate_id=partner_id,
            aggregate_version=0, time=utc_now(), data="{}", terms="{}", retracts=True,
        )
    )  # fmt: skip
    session.info[ANNOUNCED] = True


def _tell(
    session: AsyncSession,
    partner_id: UUID,
    student_id: UUID | None,
    aggregate_id: UUID,
    version: int,
    event: Event,
    terms: Terms,
    *,
    retracts: bool = False,
) -> UUID:
    row = PartnerOutboxRow(
        event_id=new_id(),
        partner_id=partner_id,
        student_id=student_id,
        type=event.type,
        aggregate_id=aggregate_id,
        aggregate_version=version,
        time=utc_now(),
        traceparent=traceparent(),
        data=event.model_dump_json(),
        terms=orjson.dumps(terms.attributes()).decode(),
        retracts=retracts,
    )
    session.add(row)
    session.info[ANNOUNCED] = True
    return row.event_id


def _subject(row: Any) -> str:
    """The row's subject. A retraction stands beside the child's subjects, so that the purge of the
    next retraction leaves it there."""
    child = NO_CHILD if row["retracts"] or row["student_id"] is None else row["student_id"].hex
    return f"partner.{row['partner_id'].hex}.{child}.{row['type']}"


def _purges(row: Any) -> tuple[str, ...]:
    if not row["retracts"]:
        return ()
    if row["student_id"] is None:
        return (f"partner.{row['partner_id'].hex}.>",)
    return (f"partner.{row['partner_id'].hex}.{row['student_id'].hex}.>",)


def _said(row: Any) -> dict[str, Any]:
    """The fields for the log: each row is a disclosure, or retracts one."""
    return {
        "event": str(row["event_id"]), "type": row["type"], "partner": str(row["partner_id"]),
        "about": {"student_id": str(row["student_id"])},
    }  # fmt: skip


TO_PARTNERS = Outlet(
    work="partner relay",
    table="partner_outbox",
    stream=PARTNERS,
    lane=lambda row: (row["partner_id"], row["student_id"]),
    turn=lambda row: row["position"],
    subject=_subject,
    envelope=lambda row, service, url: envelope(row, service, url, orjson.loads(row["terms"])),
    purges=_purges,
    clears=lambda row: row["type"] == CLEARED,
    says=_said,
    batch=500,  # each may be a purge
    alone=True,
)
