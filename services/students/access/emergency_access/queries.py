"""Accesses opened in an emergency, as the caller may know them."""

from typing import Any
from uuid import UUID

from prometheus_client import Gauge
from sqlalchemy import ColumnElement, and_, cast, exists, func, literal_column, null, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Integer

from services.students.access.disclosures.queries import refusal
from services.students.access.emergency_access.records import EmergencyAccessRow, emergency_access
from services.students.access.emergency_access.rules import REVIEW_DAYS
from services.students.access.facts.queries import open_now
from services.students.access.policy import queries as access
from services.students.participation.programs.records import offering_partner
from services.students.roster.students.records import student
from shared.contracts.students.access import Category
from shared.contracts.students.emergency import EmergencyAccess
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.gauges import Watched
from shared.persistence.queries import columns, many, one, row_for_change, unknown
from shared.security.principal import FAMILY, Principal, Role

NOUN = "emergency-access"
SEE_ALL = FAMILY | {Role.DISTRICT_ADMIN}
"""The roles that see everybody's accesses to their children. Other roles see their own."""
OPENED = (Category.IDENTITY, Category.CONTACTS, Category.ENROLLMENT)


WATCHED = [
    Watched(
        Gauge("emergency_accesses_open", "Emergency accesses that hold now."),
        "select count(*) from emergency_access where ends_at > now()",
    ),
    Watched(
        Gauge("emergency_accesses_unreviewed", "Emergency accesses that nobody has reviewed."),
        "select count(*) from emergency_access where reviewed_at is null",
    ),
]


def known(caller: Principal) -> ColumnElement[bool]:
    own: ColumnElement[bool] = emergency_access.account_id == caller.account_id
    if caller.role in SEE_ALL:
        return or_(own, access.stands(caller, emergency_access.student_id))
    return own


def _columns(caller: Principal) -> list[Any]:
    hidden = caller.role in FAMILY
    words = [
        null().label(name) if hidden else getattr(emergency_access, name)
        for name in ("reason", "finding")
    ]
    named = [
        c
        for c in columns(EmergencyAccess, EmergencyAccessRow)
        if c.key not in {"reason", "finding"}
    ]
    whose = (
        select(offering_partner.name)
        .where(offering_partner.partner_id == emergency_access.partner_id)
        .scalar_subquery()
    )
    return [
        *named, *words, whose.label("partner_name"), and_(*open_now()).label("open"),
        overdue().label("overdue"),
    ]  # fmt: skip


def overdue() -> ColumnElement[bool]:
    late = func.now() - literal_column(f"interval '{REVIEW_DAYS} days'")
    return and_(emergency_access.reviewed_at.is_(None), emergency_access.begins_at < late)


async def accesses(
    reader: Reading,
    caller: Principal,
    paging: PageRequest,
    *,
    student_id: UUID | None,
    is_open: bool | None,
    reviewed: bool | None,
) -> Page[EmergencyAccess]:
    """The overdue ones first, then the latest."""
    found = select(*_columns(caller)).where(known(caller))
    if student_id is not None:
        found = found.where(emergency_access.student_id == student_id)
    if is_open is not None:
        holds = and_(*open_now())
        found = found.where(holds if is_open else ~holds)
    if reviewed is not None:
        found = found.where(
            emergency_access.reviewed_at.is_not(None)
            if reviewed
            else emergency_access.reviewed_at.is_(None)
        )
    by = [cast(overdue(), Integer), emergency_access.id]
    return await page(reader, found, EmergencyAccess, paging, by=by, descending=True)


async def every_access(
    reader: Reading, caller: Principal, student_id: UUID
) -> list[EmergencyAccess]:
    """Of one child, the oldest first."""
    found = select(*_columns(caller)).where(
        emergency_access.student_id == student_id, known(caller)
    )
    return await many(reader, found.order_by(emergency_access.id), EmergencyAccess)


async def access_of(reader: Reading, caller: Principal, access_id: UUID) -> EmergencyAccess:
    found = select(*_columns(caller)).where(emergency_access.id == access_id, known(caller))
    return await one(reader, found, EmergencyAccess, NOUN)


async def access_row(
    session: AsyncSession, caller: Principal, access_id: UUID
) -> EmergencyAccessRow:
    """For change, by its holder or the child's district."""
    district = exists().where(
        student.id == emergency_access.student_id, student.source == caller.partner_id
    )
    own: ColumnElement[bool] = emergency_access.account_id == caller.account_id
    may = or_(own, district) if caller.role is Role.DISTRICT_ADMIN else own
    return await row_for_change(session, EmergencyAccessRow, access_id, NOUN, may)


async def ensure_of_district(session: AsyncSession, caller: Principal, student_id: UUID) -> None:
    """Raises `NotFound` for an account that opened the access in another district, as for an absent
    one."""
    found = select(student.id).where(student.id == student_id, student.source == caller.partner_id)
    if (await session.execute(found)).first() is None:
        raise unknown(NOUN)


async def ensure_child(session: AsyncSession, caller: Principal, student_id: UUID) -> None:
    """Raises `NotFound("student-unknown")` for an absent child. The log gets a row for that refusal
    too (99.32(a))."""
    found = select(student.id).where(student.id == student_id)
    if (await session.execute(found)).first() is None:
        raise unknown("student", keeping=refusal(caller, student_id, OPENED))


async def count_open(session: AsyncSession, caller: Principal) -> int:
    found = select(func.count()).where(
        emergency_access.account_id == caller.account_id, *open_now()
    )
    return int((await session.execute(found)).scalar_one())
