"""Whom a change of a child concerns, and what each partner holds."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from prometheus_client import Gauge
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.sharing.records import HeldRow
from services.students.students.records import StudentIdentifierRow, StudentRow
from shared.contracts.partners.agreement import OPENING
from shared.contracts.students.engagement import LIVE_STAGES
from shared.watching import Watched

H: Any = HeldRow  # columns, where mypy would see values
I: Any = StudentIdentifierRow  # noqa: E741
S: Any = StudentRow
WATCHED = [
    Watched(
        Gauge("sharing_waiting", "What is still to be decided of what partners are told."),
        "select (select count(*) from review) + (select count(*) from child_event where waiting)",
    ),
    Watched(
        Gauge("sharing_oldest_seconds", "Age of the oldest event that no partner is told of yet."),
        "select extract(epoch from now() - min(time))::float from child_event where waiting",
    ),
]
# Partners that listen and have to do with the child, or that hold something of it.
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
    select l.partner_id, l.stream_id, l.listening, h.student_id
    from held h join listener l on l.partner_id = h.partner_id
    where h.student_id = any(:students)
      and (h.anew or cardinality(h.categories) > 0 or cardinality(h.own) > 0)
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


async def held_rows(
    session: AsyncSession, partner_id: UUID, student_ids: Collection[UUID]
) -> dict[UUID, HeldRow]:
    """For change: locked until the transaction ends."""
    found = select(H).where(H.partner_id == partner_id, H.student_id.in_(student_ids))
    rows = (await session.execute(found.order_by(H.student_id).with_for_update())).scalars()
    return {row.student_id: row for row in rows}


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
