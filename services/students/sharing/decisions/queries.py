"""The partners that a change of a child concerns, and the parts that each of them holds."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from prometheus_client import Gauge
from sqlalchemy import func, select, text, union
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.emergency_access.records import emergency_access
from services.students.access.facts.queries import open_now
from services.students.roster.students.records import student, student_identifier
from services.students.sharing.decisions.records import HeldRow, held
from services.students.sharing.retractions.records import retraction
from shared.contracts.partners.agreement import OPENING
from shared.contracts.students.engagement import LIVE_STAGES
from shared.persistence.gauges import Watched

WATCHED = [
    Watched(
        Gauge(
            "sharing_waiting", "Re-evaluations and events about children that wait for a decision."
        ),
        "select (select count(*) from review) + (select count(*) from child_event where waiting)",
    ),
    Watched(
        Gauge(
            "sharing_oldest_seconds",
            "Age of the oldest event that no decision covers yet, or reading not noted yet.",
        ),
        """select extract(epoch from now() - least(
             (select min(time) from child_event where waiting),
             (select d.at from disclosure_seal s join disclosure d on d.position = s.position
              where s.seq > coalesce((select seq from read_until), 0)
              order by s.seq limit 1)))::float""",
    ),
]
# The partners that listen and may know of the child, and those that hold something about it. Of an
# erased child, also those that ever held something: their row leaves. A partner that never had a
# stream is decided on under its own id, for which no emergency access can be open.
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
      and (h.anew or exists (
             select from retraction r
             where r.partner_id = h.partner_id and r.student_id = h.student_id
               and r.by_roster and r.received_at is null and r.withdrawn_at is null)
           or cardinality(h.categories || h.own || h.read || h.read_own) > 0
           or not exists (select from student s where s.id = h.student_id))
""")
LISTENING = text("""
    select partner_id from listener where partner_id = any(:partners)
    order by partner_id for share
""")
# The lock keeps a consent from being revoked while a decision rests on it.
CONSENTS = text("select id from consent where student_id = any(:students) order by id for share")

ENDED_BY_ROSTER = text("""
    select s.id from student s where s.id = any(:students) and s.status = 'left'
    union
    select k.student_id from student_contact k
    join consent c on c.student_id = k.student_id and c.given_by = k.contact_id
    where k.student_id = any(:students) and k.rostered and k.ended_on >= current_date - 1
""")


@dataclass(frozen=True, slots=True)
class Listener:
    partner_id: UUID
    stream_id: UUID
    listening: bool


async def concerned(
    session: AsyncSession, student_ids: Collection[UUID]
) -> dict[Listener, set[UUID]]:
    """The children that concern each partner. Locks the streams and the children's consents until
    the transaction ends."""
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
    """The children about whom a partner holds something that a change of the child may end, or is to
    delete something that the child's return may leave to it."""
    found = select(held.student_id).where(
        held.student_id.in_(student_ids), func.cardinality(held.categories + held.read) > 0
    )
    asked = select(retraction.student_id).where(
        retraction.student_id.in_(student_ids), retraction.by_roster,
        retraction.received_at.is_(None), retraction.withdrawn_at.is_(None),
    )  # fmt: skip
    return set((await session.execute(union(found, asked))).scalars())


async def ended_by_roster(session: AsyncSession, student_ids: Collection[UUID]) -> set[UUID]:
    """The children that have left, or whose consenting contact a roster has just ended."""
    if not student_ids:
        return set()
    found = await session.execute(ENDED_BY_ROSTER, {"students": list(student_ids)})
    return set(found.scalars())


async def held_rows(
    session: AsyncSession, partner_id: UUID, student_ids: Collection[UUID]
) -> dict[UUID, HeldRow]:
    """For change: locked until the transaction ends."""
    found = select(HeldRow).where(held.partner_id == partner_id, held.student_id.in_(student_ids))
    rows = (await session.execute(found.order_by(held.student_id).with_for_update())).scalars()
    return {row.student_id: row for row in rows}


async def in_emergency(
    session: AsyncSession, partner_id: UUID, student_ids: Collection[UUID]
) -> set[UUID]:
    """The children about whom a person of the partner has an open emergency access."""
    found = select(emergency_access.student_id).where(
        emergency_access.partner_id == partner_id,
        emergency_access.student_id.in_(student_ids),
        *open_now(),
    )
    return set((await session.execute(found)).scalars())


async def moment(session: AsyncSession) -> datetime:
    """Now, by the clock of the disclosure log. A release on a ground that this transaction finds
    closed therefore has an earlier time."""
    found: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    return found


async def sources(session: AsyncSession, student_ids: Collection[UUID]) -> dict[UUID, UUID]:
    found = select(student.id, student.source).where(student.id.in_(student_ids))
    return {row.id: row.source for row in await session.execute(found)}


async def own_ids(
    session: AsyncSession, partner_id: UUID, student_ids: Collection[UUID]
) -> dict[UUID, str]:
    """The identifier that the partner itself recorded for the child, where there is one."""
    found = (
        select(student_identifier.student_id, func.min(student_identifier.value).label("value"))
        .where(
            student_identifier.source == partner_id, student_identifier.student_id.in_(student_ids)
        )
        .group_by(student_identifier.student_id)
    )
    return {row.student_id: row.value for row in await session.execute(found)}
