"""Asks for reviews. Who asks once too often costs a look, nothing else."""

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
from shared.contracts.students.access import Category
from shared.contracts.students.consent import ConsentChanged
from shared.contracts.students.engagement import LIVE_STAGES
from shared.core.days import day_of
from shared.persistence.database import ANNOUNCED

OF_CHILDREN = """
    select distinct h.student_id, cast(null as uuid), cast(:rank as int)
    from held h where h.student_id = any(:students)
    union
    select s, null, :rank from unnest(cast(:students as uuid[])) s
    where exists (select 1 from listener where listening)
"""
# Of an agreement: first those of whom a recipient holds something, then all who may be in it.
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
ANEW = text("update held set anew = true where partner_id = :partner")
GONE = text("""
    update held set gone = gone || cast(:categories as varchar[])
    where student_id = :student
      and (categories || own || read || read_own) && cast(:categories as varchar[])
""")


async def review_children(session: AsyncSession, student_ids: Collection[UUID]) -> None:
    await _ask(session, OF_CHILDREN, Rank.ONE_CHILD, students=list(student_ids))


async def review_consents(session: AsyncSession, changed: Sequence[ConsentChanged]) -> None:
    await review_children(session, {consent.student_id for consent in changed})


async def review_agreements(session: AsyncSession, changed: Sequence[AgreementChanged]) -> None:
    """Also for whom it named until now: heard before the copy is changed."""
    for agreement in changed:
        before = await queries.agreement(session, agreement.agreement_id)
        recipients, providers = set(agreement.recipients), set(agreement.providers)
        if before is not None:
            recipients.update(before.recipients)
            providers.update(before.providers)
        await _agreement(session, recipients, providers, opens=agreement.status in OPENING)


async def begin_anew(session: AsyncSession, partner_id: UUID) -> None:
    """All that the partner may know is told to it again."""
    await session.execute(ANEW, {"partner": partner_id})
    await _ask(session, KNOWN_TO, Rank.MAY_GAIN, partner=partner_id, live=list(LIVE_STAGES),
               opening=list(OPENING))  # fmt: skip


async def records_gone(
    session: AsyncSession, student_id: UUID, categories: Collection[Category]
) -> None:
    """Whoever holds something of these parts of the child's record is to delete it."""
    await session.execute(GONE, {"student": student_id, "categories": sorted(categories)})
    await review_children(session, [student_id])


async def look_at_clock(session: AsyncSession, now: datetime) -> None:
    """Asks for what began or ended since the last look: agreements, emergencies, consents, court
    orders, minority (34 CFR 99.5)."""
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
