"""Reading the re-evaluations that wait, and the grounds that the clock has begun or ended."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.agreements.records import KnownAgreementRow, known_agreement
from services.students.access.emergency_access.records import emergency_access
from services.students.access.reevaluations.records import ReviewClockRow, review
from services.students.access.reevaluations.rules import Rank, Review
from services.students.access.relations.queries import comes_of_age
from services.students.consent.consents.records import consent
from services.students.roster.contacts.records import contact_restriction
from services.students.roster.people.records import person_role
from services.students.roster.students.records import student


async def waiting(
    session: AsyncSession, most: int, resting: Collection[UUID], rank: Rank = Rank.MAY_GAIN
) -> list[Review]:
    """The re-evaluations of this rank and the ranks before it, in order, without children in
    `resting`."""
    found = (
        select(review)
        .where(review.rank <= int(rank))
        .order_by(review.rank, review.position)
        .limit(most)
    )
    if resting:
        found = found.where(review.student_id.not_in(resting))
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
    """The agreements that began or ended after `since`, and until `now`."""
    found = select(KnownAgreementRow).where(
        or_(
            (known_agreement.starts_at > since) & (known_agreement.starts_at <= now),
            (known_agreement.ends_at > since) & (known_agreement.ends_at <= now),
        )
    )
    rows: Sequence[KnownAgreementRow] = (await session.execute(found)).scalars().all()
    return rows


async def emergencies_ended(session: AsyncSession, since: datetime, now: datetime) -> list[UUID]:
    """The children about whom an emergency access ended after `since`, and until `now`."""
    found = select(emergency_access.student_id).where(
        emergency_access.ends_at > since, emergency_access.ends_at <= now
    )
    return list((await session.execute(found)).scalars())


async def children_turned(session: AsyncSession, first: date, last: date) -> list[UUID]:
    """The children for whom a consent, a court order, or a school began or ended between these days,
    or who came of age. `first` is the day of the last look and `last` of this one: a period whose last day
    lies before `last` is over."""
    of_age = comes_of_age(student)
    grown = select(student.id).where(of_age > first, of_age <= last)
    turned = [
        _turned(consent, consent.student_id, first, last),
        _turned(contact_restriction, contact_restriction.student_id, first, last),
        _turned(person_role, person_role.person_id, first, last).where(
            person_role.role == "student"
        ),
    ]
    return list((await session.execute(union(grown, *turned))).scalars())


def _turned(row: Any, student_id: Any, first: date, last: date) -> Select[Any]:
    begun = (row.begins_on > first) & (row.begins_on <= last)
    ended = (row.ends_on >= first) & (row.ends_on < last)
    return select(student_id).where(begun | ended)
