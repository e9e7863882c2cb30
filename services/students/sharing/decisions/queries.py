"""Whom a change of a child concerns, and what each partner holds."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from prometheus_client import Gauge
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.emergency_access.records import EmergencyAccessRow
from services.students.access.facts.queries import open_now
from services.students.roster.students.records import StudentIdentifierRow, StudentRow
from services.students.sharing.decisions.records import HeldRow
from shared.contracts.partners.agreement import OPENING
from shared.contracts.students.engagement import LIVE_STAGES
from shared.persistence.gauges import Watched

H: Any = HeldRow  # columns, where mypy would see values
I: Any = StudentIdentifierRow  # noqa: E741
S: Any = StudentRow
X: Any = EmergencyAccessRow
WATCHED = [
    Watched(
        Gauge("sharing_waiting", "What is still to be decided of what partners are told."),
        "select (select count(*) from review) + (select count(*) from child_event where waiting)",
    ),
    Watched(
        Gauge(
            "sharing_oldest_seconds",
            "Age of the oldest event that no partner is told of yet, or reading not noted yet.",
        ),
        """select extract(epoch from now() - least(
             (select min(time) from child_event where waiting),
             (select at from disclosure
              where seq > coalesce((select seq from read_until), 0) order by seq limit 1)))::float""",
    ),
]
# Partners that listen and have to do with the child, or that hold something of it; of a child that
# is gone, those that ever did: the row leaves. Who never had a stream is asked about under its own
# id: an emergency of one of its people opens nothing to that.
CONCERNED = text("""
    with known as (
      select e.partner_id, e.student_id from engagement e
      where e.student_id = any(:students) and e.stage = any(:live)
      union
      select recipient, s.id from student s
      join known_agreement a on s.source = any(a.providers)
        and a.status = any(:opening) and a.starts_at <= now() and a.ends_at > now()
      cross join unnest(a.recipients) recipient
      where s.id = any(:students)
    )
    select l.partner_id, l.stream_id, l.listening, k.student_id
    from known k join listener l on l.partner_id = k.partner_id and l.listening
    union
    select h.partner_id, coalesce(l.stream_id, h.partner_id), coalesce(l.listening, false),
           h.student_id
    from held h left join listener l on l.partner_id = h.partner_id
    where h.student_id = any(:students)
      and (h.anew or cardinality(h.categories || h.own || h.read || h.read_own) > 0
           or not exists (select from student s where s.id = h.student_id))
""")
LISTENING = text("""
    select partner_id from listener where partner_id = any(:partners)
    order by partner_id for share
""")
# Nobody takes back a consent while it is being decided under it.
CONSENTS = text("select id from consent where student_id = any(:students) order by id for share")


@dataclass(frozen=True, slots=True)
class Listener:
    partner_id: UUID
    stream_id: UUID
    listening: bool


async def concerned(
    session: AsyncSession, student_ids: Collection[UUID]
) -> dict[Listener, set[UUID]]:
    """By partner, with their streams and the children's consents held as they are until the
    transaction ends."""
    students = list(student_ids)
    await session.execute(CONSENTS, {"students": students})
    named = {"students": students, "live": list(LIVE_STAGES), "opening": list(OPENING)}
    first = {row.partner_id for row in await session.execute(CONCERNED, named)}
    if not first:
        return {}
    await session.execute(LISTENING, {"partners": list(first)})
    found: dict[Listener, set[UUID]] = defaultdict(set)
    for row in await session.execute(CONCERNED, named):
        if row.partner_id in first:
            listener = Listener(row.partner_id, row.stream_id, row.listening)
            found[listener].add(row.student_id)
    return found


async def held_of(session: AsyncSession, student_ids: Collection[UUID]) -> set[UUID]:
    """Of whom some partner holds what a change of the child may end."""
    found = select(H.student_id).where(
        H.student_id.in_(student_ids), func.cardinality(H.categories + H.read) > 0
    )
    return set((await session.execute(found)).scalars())


async def held_rows(
    session: AsyncSession, partner_id: UUID, student_ids: Collection[UUID]
) -> dict[UUID, HeldRow]:
    """For change: locked until the transaction ends."""
    found = select(H).where(H.partner_id == partner_id, H.student_id.in_(student_ids))
    rows = (await session.execute(found.order_by(H.student_id).with_for_update())).scalars()
    return {row.student_id: row for row in rows}


async def in_emergency(
    session: AsyncSession, partner_id: UUID, student_ids: Collection[UUID]
) -> set[UUID]:
    """Of whom somebody of the partner has an emergency access open now."""
    found = select(X.student_id).where(
        X.partner_id == partner_id, X.student_id.in_(student_ids), *open_now()
    )
    return set((await session.execute(found)).scalars())


async def moment(session: AsyncSession) -> datetime:
    """Now, by the clock that the disclosure log goes by: what was released on a ground that this
    transaction has found closed, was released before."""
    found: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    return found


async def sources(session: AsyncSession, student_ids: Collection[UUID]) -> dict[UUID, UUID]:
    found = select(S.id, S.source).where(S.id.in_(student_ids))
    return {row.id: row.source for row in await session.execute(found)}


async def own_ids(
    session: AsyncSession, partner_id: UUID, student_ids: Collection[UUID]
) -> dict[UUID, str]:
    """The identifier that the partner itself recorded for the child, where there is one."""
    found = (
        select(I.student_id, func.min(I.value).label("value"))
        .where(I.source == partner_id, I.student_id.in_(student_ids))
        .group_by(I.student_id)
    )
    return {row.student_id: row.value for row in await session.execute(found)}
