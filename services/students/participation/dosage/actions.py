"""Counting the dosage of engagements from their sessions, marks and plans."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.participation.dosage import queries
from shared.contracts.students.access import Category
from shared.contracts.students.dosage import Dosage, DosageCounted
from shared.events.outbox import announce_many
from shared.http.paging import Page
from shared.security.principal import PARTNER_STAFF, Principal

# Planned is the plan, or the minutes of the sessions that are not canceled and lie within the
# engagement (its last day counts); delivered is of complete sessions alone.
COUNT = text("""
    insert into dosage
      (id, version, created_at, updated_at, engagement_id, planned_minutes, delivered_minutes,
       sessions_planned, sessions_attended, as_of)
    select gen_random_uuid(), 1, now(), now(), e.id,
           coalesce(e.minutes_per_week * e.weeks, sum(s.minutes), 0),
           coalesce(sum(m.minutes_attended), 0), count(s.id),
           count(m.category) filter (where m.category not like '%Absence'),
           cast(:today as date)
    from engagement e
    left join program_session s
      on s.program_id = e.program_id and s.status <> 'canceled' and s.held_on >= e.started_on
      and (e.ended_on is null or s.held_on <= e.ended_on)
    left join session_mark m
      on m.session_id = s.id and m.engagement_id = e.id and s.status = 'complete'
    where e.id = any(:ids) and e.started_on is not null
    group by e.id
    on conflict (engagement_id) do update set
      planned_minutes = excluded.planned_minutes, delivered_minutes = excluded.delivered_minutes,
      sessions_planned = excluded.sessions_planned,
      sessions_attended = excluded.sessions_attended,
      as_of = excluded.as_of, version = dosage.version + 1, updated_at = now()
    where (dosage.planned_minutes, dosage.delivered_minutes, dosage.sessions_planned,
           dosage.sessions_attended)
      is distinct from (excluded.planned_minutes, excluded.delivered_minutes,
                        excluded.sessions_planned, excluded.sessions_attended)
    returning id
""")
COUNTED = """
    select d.id as aggregate_id, d.version, jsonb_build_object(
      'engagement_id', d.engagement_id, 'student_id', e.student_id, 'program_id', e.program_id,
      'partner_id', e.partner_id, 'planned_minutes', d.planned_minutes,
      'delivered_minutes', d.delivered_minutes, 'sessions_planned', d.sessions_planned,
      'sessions_attended', d.sessions_attended, 'as_of', d.as_of) as data
    from dosage d join engagement e on e.id = d.engagement_id where d.id = any(:ids)
"""


async def disclose_dosages(
    session: AsyncSession, caller: Principal, found: Page[Dosage]
) -> Page[Dosage]:
    """The page with the children's names, after writing down the release of each dosage."""
    own = caller.role in PARTNER_STAFF
    return await disclosures.named(session, caller, found, [Category.DOSAGE], own_records=own)


async def disclose_dosage(session: AsyncSession, caller: Principal, engagement_id: UUID) -> Dosage:
    found = await queries.one_dosage(session, caller, engagement_id)
    told = await disclose_dosages(session, caller, Page(items=[found], next=None))
    return told.items[0]


async def recount(session: AsyncSession, engagement_ids: Sequence[UUID], today: date) -> None:
    """Count the dosage of these engagements anew, and announce each that changed.

    The caller has locked the program, so that no mark of the same moment is left out.
    """
    if not engagement_ids:
        return
    await session.flush()
    counted = await session.execute(COUNT, {"ids": list(engagement_ids), "today": today})
    changed = list(counted.scalars())
    if changed:
        await announce_many(session, DosageCounted, COUNTED, {"ids": changed})
