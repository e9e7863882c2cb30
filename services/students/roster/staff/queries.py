"""Staff of the schools. A district's administrator sees the own; an operator all."""

from typing import Any

from sqlalchemy import func, or_, select

from services.students.roster.people.records import PersonRoleRow, PersonRow
from shared.contracts.students.school import RosterStatus, Staff
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, json_rows
from shared.security.principal import Principal, Role

P: Any = PersonRow  # columns, where mypy would see values
PR: Any = PersonRoleRow
NOT_STAFF = ("student", "parent", "guardian", "relative")


async def staff(
    reader: Reading, caller: Principal, paging: PageRequest, identifier: str | None
) -> Page[Staff]:
    """`identifier`: the sourcedId or the identifier of the source."""
    serves = select(PR.id).where(
        PR.person_id == P.id, PR.role.not_in(NOT_STAFF), PR.status == RosterStatus.ACTIVE
    )
    roles = select(PR.role, PR.org_id.label("school_id"), PR.begins_on, PR.ends_on).where(
        PR.person_id == P.id, PR.role.not_in(NOT_STAFF), PR.status == RosterStatus.ACTIVE
    )
    known = json_rows(roles.correlate(P)).label("roles")
    name = func.coalesce(P.identifier, P.source_id).label("identifier")
    plain = [c for c in columns(Staff, P) if c.key != "identifier"]
    found = select(*plain, name, known).where(
        P.status == RosterStatus.ACTIVE, serves.correlate(P).exists()
    )
    if caller.role is not Role.OPERATOR:
        found = found.where(P.source == caller.partner_id)
    if identifier is not None:
        found = found.where(or_(P.identifier == identifier, P.source_id == identifier))
    return await page(reader, found, Staff, paging, by=[P.search_name, P.id])
