"""Whether a person of a district's records may have a role."""

from uuid import UUID

from sqlalchemy import Select, exists, select

from services.students.access.policy import queries as access
from services.students.access.relations.queries import children_near
from services.students.access.relations.rules import RELATIONS_OF_ROLE
from services.students.roster.people.records import person
from services.students.roster.staff.queries import serves
from services.students.roster.students.records import student
from shared.contracts.students.school import RosterStatus
from shared.persistence.database import Reading
from shared.security.principal import FAMILY, Principal, Role


async def is_known(reader: Reading, caller: Principal, person_id: UUID, role: Role) -> bool:
    """Whether the caller's district has this person as somebody who may have the role: a guardian or
    a student who may see a child's record today; for any other role a member of staff. Of others,
    who may not know the district's people, nothing is said: the answer is always yes."""
    if caller.role is not Role.DISTRICT_ADMIN:
        return True
    wanted = _relatives if role in FAMILY else _staff
    found = await reader.execute(select(exists(wanted(caller, person_id, role))))
    return bool(found.scalar_one())


def _relatives(caller: Principal, person_id: UUID, role: Role) -> Select[tuple[UUID]]:
    """The children of the district whom this person would see in this role."""
    holder = caller.model_copy(update={"role": role, "person_id": person_id})
    [relation] = RELATIONS_OF_ROLE[role]
    return select(student.id).where(
        student.id.in_(children_near(relation, person_id)),
        student.source == caller.partner_id,
        access.stands(holder, student.id),
    )


def _staff(caller: Principal, person_id: UUID, _: Role) -> Select[tuple[UUID]]:
    return select(person.id).where(
        person.id == person_id,
        person.source == caller.partner_id,
        person.status == RosterStatus.ACTIVE,
        serves(),
    )
