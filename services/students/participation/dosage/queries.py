"""Dosage as the caller may see it."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, select

from services.students.access.policy import queries as access
from services.students.participation.dosage.records import DosageRow
from services.students.participation.engagements.records import EngagementRow
from shared.contracts.students.access import Category
from shared.contracts.students.dosage import Dosage
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, one
from shared.security.principal import PARTNER_STAFF, Principal

D: Any = DosageRow  # columns, where mypy would see values
E: Any = EngagementRow


@cache
def listed() -> Select[Any]:
    share = case((D.planned_minutes > 0, D.delivered_minutes * 1.0 / D.planned_minutes))
    return select(
        *columns(Dosage, D), E.student_id, E.program_id, E.partner_id, share.label("share")
    ).join(E, E.id == D.engagement_id)


def visible(caller: Principal) -> Any:
    if caller.role in PARTNER_STAFF:
        return E.partner_id == caller.partner_id
    return access.may_see(caller, E.student_id, Category.DOSAGE)


async def dosage(reader: Reading, caller: Principal, engagement_id: UUID) -> Dosage:
    """Absent also before the engagement has begun."""
    found = listed().where(D.engagement_id == engagement_id, visible(caller))
    return await one(reader, found, Dosage, "dosage")


async def dosages(
    reader: Reading,
    caller: Principal,
    paging: PageRequest,
    student_id: UUID | None,
    program_id: UUID | None,
) -> Page[Dosage]:
    found = listed().where(visible(caller))
    if student_id is not None:
        found = found.where(E.student_id == student_id)
    if program_id is not None:
        found = found.where(E.program_id == program_id)
    return await page(reader, found, Dosage, paging, by=[D.engagement_id])
