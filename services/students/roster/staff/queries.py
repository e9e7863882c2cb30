"""The staff of the schools. A district's administrator reads its own, an operator all."""

from sqlalchemy import ColumnElement, func, or_, select

from services.students.participation.programs.records import offering_partner
from services.students.roster.people.records import PersonRow, person, person_role
from services.students.roster.schools.records import org
from shared.contracts.students.school import RosterStatus, Staff
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, json_rows
from shared.security.principal import Principal, Role

NOT_STAFF = ("student", "parent", "guardian", "relative")


def serves() -> ColumnElement[bool]:
    """The condition that the person has a role in a school that is not a child's or a contact's."""
    held = select(person_role.id).where(
        person_role.person_id == person.id,
        person_role.role.not_in(NOT_STAFF),
        person_role.status == RosterStatus.ACTIVE,
    )
    return held.correlate(person).exists()


async def staff(
    reader: Reading, caller: Principal, paging: PageRequest, identifier: str | None
) -> Page[Staff]:
    """`identifier`: the sourcedId or the identifier of the source."""
    roles = (
        select(
            person_role.role, person_role.org_id.label("school_id"),
            org.name.label("school_name"), person_role.begins_on, person_role.ends_on,
        )
        .join(org, org.id == person_role.org_id)
        .where(
            person_role.person_id == person.id,
            person_role.role.not_in(NOT_STAFF),
            person_role.status == RosterStatus.ACTIVE,
        )
    )  # fmt: skip
    known = json_rows(roles.correlate(person)).label("roles")
    name = func.coalesce(person.identifier, person.source_id).label("identifier")
    plain = [c for c in columns(Staff, PersonRow) if c.key != "identifier"]
    found = (
        select(*plain, name, known, offering_partner.name.label("source_name"))
        .outerjoin(offering_partner, offering_partner.partner_id == person.source)
        .where(person.status == RosterStatus.ACTIVE, serves())
    )
    if caller.role is not Role.OPERATOR:
        found = found.where(person.source == caller.partner_id)
    if identifier is not None:
        found = found.where(or_(person.identifier == identifier, person.source_id == identifier))
    return await page(reader, found, Staff, paging, by=[person.search_name, person.id])
