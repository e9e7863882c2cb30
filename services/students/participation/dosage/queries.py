"""Dosage as the caller may see it."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, select

from services.students.access.policy import queries as access
from services.students.participation.dosage.records import DosageRow, dosage
from services.students.participation.engagements.records import engagement
from services.students.participation.programs.records import offered_program, offering_partner
from shared.contracts.students.access import Category
from shared.contracts.students.dosage import Dosage
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, one, percent_of
from shared.security.principal import PARTNER_STAFF, Principal


@cache
def listed() -> Select[Any]:
    share = case(
        (dosage.planned_minutes > 0, dosage.delivered_minutes * 1.0 / dosage.planned_minutes)
    )
    found = select(
        *columns(Dosage, DosageRow),
        engagement.student_id,
        engagement.program_id,
        engagement.partner_id,
        offered_program.name.label("program_name"),
        offering_partner.name.label("partner_name"),
        share.label("share"),
        percent_of(dosage.delivered_minutes, dosage.planned_minutes).label("delivered_share"),
    )
    return (
        found.join(engagement, engagement.id == dosage.engagement_id)
        .join(offered_program, offered_program.program_id == engagement.program_id)
        .outerjoin(offering_partner, offering_partner.partner_id == engagement.partner_id)
    )


def visible(caller: Principal) -> Any:
    if caller.role in PARTNER_STAFF:
        return access.participates(caller, engagement)
    return access.may_see(caller, engagement.student_id, Category.DOSAGE)


async def one_dosage(reader: Reading, caller: Principal, engagement_id: UUID) -> Dosage:
    """The dosage of one engagement; absent before the engagement has begun."""
    found = listed().where(dosage.engagement_id == engagement_id, visible(caller))
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
        found = found.where(engagement.student_id == student_id)
    if program_id is not None:
        found = found.where(engagement.program_id == program_id)
    return await page(reader, found, Dosage, paging, by=[dosage.engagement_id])
