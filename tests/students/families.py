"""A child's family, for tests."""

from datetime import date
from uuid import UUID

from services.students.roster.contacts.records import StudentContactRow
from services.students.roster.people.records import PersonRow
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.students.people import DISTRICT_ID

BORN_20_YEARS_AGO = date(date.today().year - 20, 1, 1)


async def a_guardian(
    students: House, *children: UUID, legal: str = "yes", **known: object
) -> Principal:
    """A contact with rights in the records of these children, signed in."""
    of_person = {
        "source": DISTRICT_ID, "given_name": "Binta", "family_name": "Diallo",
        "search_name": "diallo binta",
    }  # fmt: skip
    person = PersonRow(**(of_person | known))
    async with students.database.transaction() as session:
        session.add(person)
        await session.flush()
        for child in children:
            session.add(
                StudentContactRow(
                    student_id=child, contact_id=person.id, relation="parent", legal_guardian=legal
                )
            )
    return principal(Role.GUARDIAN, partner_id=DISTRICT_ID, person_id=person.id)


def the_student(child: UUID) -> Principal:
    return principal(Role.STUDENT, partner_id=DISTRICT_ID, person_id=child)
