"""Reading what is to be asked again, and what the clock has changed."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.agreements.records import KnownAgreementRow
from services.students.access.emergency_access.records import EmergencyAccessRow
from services.students.access.reevaluations.records import ReviewClockRow, ReviewRow
from services.students.access.reevaluations.rules import Rank, Review
from services.students.access.relations.rules import ELIGIBLE_YEARS

R: Any = ReviewRow  # columns, where mypy would see values
A: Any = KnownAgreementRow
X: Any = EmergencyAccessRow
# `:first` was looked at, `:last` is to be: a last day that lies before `:last` is over.
CHILDREN_TURNED = text(f"""
    select student_id from consent
    where (begins_on > :first and begins_on <= :last) or (ends_on >= :first and ends_on < :last)
    union
    select student_id from contact_restriction
    where (begins_on > :first and begins_on <= :last) or (ends_on >= :first and ends_on < :last)
    union
    select id from student
    where birth_date + interval '{ELIGIBLE_YEARS} years' > :first
      and birth_date + interval '{ELIGIBLE_YEARS} years' <= :last
""")


async def waiting(
    session: AsyncSession, most: int, resting: Collection[UUID], rank: Rank = Rank.MAY_GAIN
) -> list[Review]:
    """Of this rank and those before it."""
    found = select(R).where(R.rank <= int(rank)).order_by(R.rank, R.position).limit(most)
    if resting:
        found = found.where(R.student_id.not_in(resting))
    rows = (await session.execute(found)).scalars()
    return [Review(row.position, row.student_id, row.partner_id) for row in rows]


async def clock_row(session: AsyncSession) -> ReviewClockRow | None:
    """For change: locked until the transaction ends."""
    return (await session.execute(select(ReviewClockRow).with_for_update())).scalar_one_or_none()


async def agreement(session: AsyncSession, agreement_id: UUID) -> KnownAgreementRow | None:
    return await session.get(KnownAgreementRow, agreement_id)


async def agreements_turned(
    session: AsyncSession, since: datetime, now: datetime
) -> Sequence[KnownAgreementRow]:
    """Those that began or ended after `since`, and until `now`."""
    found = select(A).where(
        or_(
            (A.starts_at > since) & (A.starts_at <= now),
            (A.ends_at > since) & (A.ends_at <= now),
        )
    )
    rows: Sequence[KnownAgreementRow] = (await session.execute(found)).scalars().all()
    return rows


async def emergencies_ended(session: AsyncSession, since: datetime, now: datetime) -> list[UUID]:
    """The children of whom an emergency access ended after `since`, and until `now`."""
    found = select(X.student_id).where(X.ends_at > since, X.ends_at <= now)
    return list((await session.execute(found)).scalars())


async def children_turned(session: AsyncSession, first: date, last: date) -> list[UUID]:
    """Those for whom a consent or a court order begins after `first` or has ended since, or who
    came of age."""
    found = await session.execute(CHILDREN_TURNED, {"first": first, "last": last})
    return list(found.scalars())
