"""What support tests begin with: programs that partners have announced, children, and callers."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from services.students.roster.classes.records import ClassRow, CourseRow
from services.students.roster.enrollments.records import EnrollmentRow
from services.students.roster.people.records import PersonRoleRow, PersonRow
from services.students.roster.schools.records import OrgRow
from services.students.roster.students.records import StudentRow
from shared.contracts.partners.partner import PartnerKind, PartnerRegistered, PartnerStatus
from shared.contracts.partners.program import ProgramOpened
from shared.security.principal import Principal, Role
from tests.houses import House, principal

DISTRICT_ID = uuid4()
DISTRICT = principal(Role.DISTRICT_ADMIN, partner_id=DISTRICT_ID)
PARTNER_ID = uuid4()
WORKER = principal(Role.CASE_WORKER, partner_id=PARTNER_ID)
OTHER_WORKER = principal(Role.CASE_WORKER, partner_id=uuid4())


def opened(program_id: UUID | None = None, **known: Any) -> ProgramOpened:
    """A program as partners announces it; what does not matter is filled in."""
    fields: dict[str, Any] = {
        "program_id": program_id or uuid4(), "partner_id": PARTNER_ID, "name": "Tutoring",
        "status": "active", "capacity": None, "minimum_age": None, "maximum_age": None,
        "grades": [], "starts_on": None, "ends_on": None,
    }  # fmt: skip
    return ProgramOpened(**(fields | known))


async def a_program(students: House, **known: Any) -> UUID:
    event = opened(**known)
    await students.hear(event)
    return event.program_id


async def a_partner(
    students: House, name: str = "Riverside Tutors", partner_id: UUID = PARTNER_ID
) -> None:
    await students.hear(
        PartnerRegistered(
            partner_id=partner_id, name=name, status=PartnerStatus.ACTIVE,
            kind=PartnerKind.COMMUNITY_ORGANIZATION,
        )
    )  # fmt: skip


async def a_student(students: House, **known: Any) -> UUID:
    """A child of the district's roster, or of another's, `source`. Names and days that do not
    matter are filled in."""
    source = known.pop("source", DISTRICT_ID)
    names = {"given_name": "Amara", "family_name": "Diallo", "search_name": "diallo amara"}
    of_person = {key: known.pop(key) for key in set(known) & set(PersonRow.model_fields)}
    person = PersonRow(source=source, **(names | of_person))
    child = {"birth_date": date(2015, 5, 5), "version": 1} | known
    async with students.database.transaction() as session:
        session.add(person)
        await session.flush()
        session.add(StudentRow(id=person.id, source=source, **child))
    return person.id


async def a_school(students: House) -> UUID:
    school = OrgRow(source=DISTRICT_ID, source_id=str(uuid4()), name="North", type="school")
    async with students.database.transaction() as session:
        session.add(school)
    return school.id


async def an_educator(students: House) -> Principal:
    person = PersonRow(
        source=DISTRICT_ID, given_name="Ines", family_name="Roth", search_name="roth ines"
    )
    async with students.database.transaction() as session:
        session.add(person)
    return principal(Role.EDUCATOR, partner_id=DISTRICT_ID, person_id=person.id)


async def a_class(students: House, school_id: UUID, teacher: Principal, *children: UUID) -> UUID:
    course = CourseRow(
        source=DISTRICT_ID, source_id=str(uuid4()), title="Reading", org_id=school_id
    )
    lesson = ClassRow(
        source=DISTRICT_ID, source_id=str(uuid4()), title="Reading 3", course_id=course.id,
        class_type="scheduled", school_id=school_id,
    )  # fmt: skip
    members = [(teacher.person_id, "teacher"), *((child, "student") for child in children)]
    async with students.database.transaction() as session:
        session.add(course)
        await session.flush()
        session.add(lesson)
        await session.flush()
        for person_id, role in members:
            session.add(
                EnrollmentRow(
                    source=DISTRICT_ID, source_id=str(uuid4()), class_id=lesson.id,
                    person_id=person_id, role=role,
                )
            )  # fmt: skip
    return lesson.id


async def a_leader(students: House, school_id: UUID) -> Principal:
    leader = await an_educator(students)
    async with students.database.transaction() as session:
        session.add(
            PersonRoleRow(
                source=DISTRICT_ID, person_id=leader.person_id, org_id=school_id,
                role="principal",
            )
        )  # fmt: skip
    return leader


async def engage(
    students: House, student_id: UUID, program_id: UUID, caller: Principal = DISTRICT, **known: Any
) -> dict[str, Any]:
    """The engagement, or the problem."""
    body = {"student_id": str(student_id), "program_id": str(program_id)} | known
    async with students.calling(caller) as http:
        answer = await http.post("/v1/engagements", json=body)
    return dict(answer.json())


async def move(
    students: House, engagement: dict[str, Any], stage: str, caller: Principal = DISTRICT,
    **known: Any,
) -> dict[str, Any]:  # fmt: skip
    async with students.calling(caller) as http:
        now = (await http.get(f"/v1/engagements/{engagement['id']}")).headers.get("etag", '"1"')
        answer = await http.post(
            f"/v1/engagements/{engagement['id']}/steps",
            json={"stage": stage} | known,
            headers={"If-Match": now},
        )
    return dict(answer.json())


async def stages(students: House) -> dict[str, str]:
    """The stage of every engagement, by id."""
    rows = await students.rows("select id, stage from engagement")
    return {str(row["id"]): row["stage"] for row in rows}
