"""Which children's what an organization got in a window."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, true

from services.students.access.disclosures.records import DisclosureRow
from services.students.roster.students.records import StudentRow
from shared.contracts.students.disclosure import Disclosed, DisclosureOutcome
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.security.principal import Principal, Role

L: Any = DisclosureRow  # columns, where mypy would see values
S: Any = StudentRow


async def disclosed(
    reader: Reading,
    caller: Principal,
    paging: PageRequest,
    organization_id: UUID,
    first: datetime,
    until: datetime,
) -> Page[Disclosed]:
    """Ids and categories, no part of a record: of the district's own children; an operator is
    told of all. Also children that have left."""
    part: Any = func.unnest(L.categories).table_valued("category").render_derived("part")
    own = select(S.id).where(S.id == L.student_id, S.source == caller.partner_id)
    of = (
        select(
            L.student_id, func.count(L.position.distinct()).label("times"),
            func.min(L.at).label("first_at"), func.max(L.at).label("last_at"),
            func.array_agg(part.c.category.distinct()).label("categories"),
            func.array_agg(L.basis.distinct()).label("bases"),
            func.array_remove(func.array_agg(L.agreement_id.distinct()), None)
            .label("agreement_ids"),
        )
        .join(part, true())
        .where(
            L.organization_id == organization_id, L.at >= first, L.at < until,
            L.outcome == DisclosureOutcome.RELEASED,
            true() if caller.role is Role.OPERATOR else own.exists(),
        )
        .group_by(L.student_id)
        .subquery("disclosed")
    )  # fmt: skip
    return await page(reader, select(of), Disclosed, paging, by=[of.c.student_id])
