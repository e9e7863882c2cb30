"""The children and categories that an organization received in a window of time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, true

from services.students.access.disclosures.records import disclosure
from services.students.roster.students.records import student
from shared.contracts.students.disclosure import Disclosed, DisclosureOutcome
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.security.principal import Principal, Role


async def disclosed(
    reader: Reading,
    caller: Principal,
    paging: PageRequest,
    organization_id: UUID,
    first: datetime,
    until: datetime,
) -> Page[Disclosed]:
    """Ids and categories, no part of a record. A district reads of its own children, also of those
    who have left; an operator of all."""
    part: Any = func.unnest(disclosure.categories).table_valued("category").render_derived("part")
    own = select(student.id).where(
        student.id == disclosure.student_id, student.source == caller.partner_id
    )
    of = (
        select(
            disclosure.student_id, func.count(disclosure.position.distinct()).label("times"),
            func.min(disclosure.at).label("first_at"), func.max(disclosure.at).label("last_at"),
            func.array_agg(part.c.category.distinct()).label("categories"),
            func.array_agg(disclosure.basis.distinct()).label("bases"),
            func.array_remove(func.array_agg(disclosure.agreement_id.distinct()), None)
            .label("agreement_ids"),
        )
        .join(part, true())
        .where(
            disclosure.organization_id == organization_id, disclosure.at >= first,
            disclosure.at < until,
            disclosure.outcome == DisclosureOutcome.RELEASED,
            true() if caller.role is Role.OPERATOR else own.exists(),
        )
        .group_by(disclosure.student_id)
        .subquery("disclosed")
    )  # fmt: skip
    return await page(reader, select(of), Disclosed, paging, by=[of.c.student_id])
