"""Asking for re-evaluations. Asking more often than needed is harmless: it costs one decision."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.reevaluations import queries
from services.students.access.reevaluations.records import ReviewClockRow
from services.students.access.reevaluations.rules import Rank
from shared.contracts.partners.agreement import OPENING, AgreementChanged
from shared.contracts.students.engagement import LIVE_STAGES
from shared.core.days import day_of
from shared.persistence.database import ANNOUNCED

# What protects a child counts in its other records too (`access/same_child`): they go along.
OF_CHILDREN = """
    with named as (
      select unnest(cast(:students as uuid[])) as id
      union select d.earlier_id from possible_duplicate d where d.student_id = any(:students)
      union select d.student_id from possible_duplicate d where d.earlier_id = any(:students)
    )
    select distinct h.student_id, cast(null as uuid), cast(:rank as int)
    from held h where h.student_id in (select id from named)
    union
    select id, null, :rank from named
    where exists (select 1 from listener where listening)
"""
# Of an agreement: first the children about whom a recipient holds something, then all in the cohort.
HELD_UNDER = """
    select h.student_id, h.partner_id, cast(:rank as int) from held h
    where h.partner_id = any(:recipients) and h.source = any(:providers)
"""
MAYBE_UNDER = """
    select s.id, l.partner_id, cast(:rank as int) from listener l cross join student s
    where l.listening and l.partner_id = any(:recipients) and s.source = any(:providers)
"""
KNOWN_TO = """
    select e.student_id, e.partner_id, cast(:rank as int) from engagement e
    where e.partner_id = :partner and e.stage = any(:live)
    union
    select s.id, :partner, :rank from known_agreement a join student s on s.source = any(a.providers)
    where :partner = any(a.recipients) and a.status = any(:opening) and a.ends_at > now()
    union
    select h.student_id, h.partner_id, :rank from held h where h.partner_id = :partner
"""


async def review_children(session: AsyncSession, student_ids: Collection[UUID]) -> None:
    await _ask(session, OF_CHILDREN, Rank.ONE_CHILD, students=list(student_ids))


async def review_agreements(session: AsyncSession, changed: Sequence[AgreementChanged]) -> None:
    """Ask for the children of these agreements, also for partners that an agreement named until now:
    this runs before the copy is changed."""
    for agreement in changed:
        before = await queries.agreement(session, agreement.agreement_id)
        recipients, providers = set(agreement.recipients), set(agreement.providers)
        if before is not None:
            recipients.update(before.recipients)
            providers.update(before.providers)
        await _agreement(session, recipients, providers, opens=agreement.status in OPENING)


async def review_known(session: AsyncSession, partner_id: UUID) -> None:
    """Ask for all children of whom the partner may know something, or holds something."""
    await _ask(session, KNOWN_TO, Rank.MAY_GAIN, partner=partner_id, live=list(LIVE_STAGES),
               opening=list(OPENING))  # fmt: skip


async def look_at_clock(session: AsyncSession, now: datetime) -> None:
    """Ask for the children whose grounds began or ended since the last call: agreements,
    emergencies, consents, court orders, minority (34 CFR 99.5)."""
    clock = await queries.clock_row(session)
    if clock is None:
        session.add(ReviewClockRow(looked_at=now))
        return
    since = clock.looked_at
    if now <= since:
        return
    for agreement in await queries.agreements_turned(session, since, now):
        await _agreement(session, agreement.recipients, agreement.providers, opens=True)
    turned = await queries.emergencies_ended(session, since, now)
    if day_of(since) < day_of(now):
        turned += await queries.children_turned(session, day_of(since), day_of(now))
    if turned:
        await review_children(session, turned)
    clock.looked_at = now


async def done(session: AsyncSession, positions: Collection[int]) -> None:
    if positions:
        await session.execute(
            text("delete from review where position = any(:positions)"),
            {"positions": list(positions)},
        )


async def _agreement(
    session: AsyncSession,
    recipients: Collection[UUID],
    providers: Collection[UUID],
    *,
    opens: bool,
) -> None:
    named = {"recipients": list(recipients), "providers": list(providers)}
    await _ask(session, HELD_UNDER, Rank.MAY_LOSE, **named)
    if opens:
        await _ask(session, MAYBE_UNDER, Rank.MAY_GAIN, **named)


async def _ask(session: AsyncSession, rows: str, rank: Rank, **named: Any) -> None:
    await session.execute(
        text(f"insert into review (student_id, partner_id, rank) {rows}"),
        {"rank": int(rank), **named},
    )
    session.info[ANNOUNCED] = True
