"""The start of tests of support: programs that partners have announced, children, and callers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from services.students.access.agreements.records import KnownAgreementRow
from services.students.participation.engagements import actions as engagements
from services.students.participation.programs.records import OfferedProgramRow
from services.students.roster.classes.records import ClassRow, CourseRow
from services.students.roster.enrollments.records import EnrollmentRow
from services.students.roster.people.records import PersonRoleRow, PersonRow
from services.students.roster.schools.records import OrgRow
from services.students.roster.students.records import StudentRow
from shared.contracts.partners.agreement import AgreementStatus, LegalBasis
from shared.contracts.partners.membership import MembershipGranted
from shared.contracts.partners.partner import PartnerKind, PartnerRegistered, PartnerStatus
from shared.contracts.partners.program import ProgramOpened
from shared.contracts.purpose import Purpose
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


async def a_worker(
    students: House, account_id: UUID, partner_id: UUID = PARTNER_ID, role: Role = Role.CASE_WORKER
) -> MembershipGranted:
    """Somebody on the partner's staff, as partners announces the membership."""
    granted = MembershipGranted(
        membership_id=uuid4(), account_id=account_id, role=role, partner_id=partner_id,
        person_id=None,
    )  # fmt: skip
    await students.hear(granted)
    return granted


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
        if child.get("school_id") is not None:
            session.add(
                PersonRoleRow(
                    source=source, person_id=person.id, org_id=child["school_id"], role="student"
                )
            )
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
    """The engagement, or the problem. For school and district an agreement about the program's
    participants is in force at that moment only, and the partner's people take the child on."""
    async with _a_moments_agreement(students, program_id):
        answer = await apply(students, student_id, program_id, caller, **known)
        if "id" in answer:
            async with students.database.transaction() as session:
                await engagements.keep(session, [UUID(answer["id"])])
    return answer


async def apply(
    students: House, student_id: UUID, program_id: UUID, caller: Principal, **known: Any
) -> dict[str, Any]:
    """The engagement, or the problem, under the agreements that there are."""
    body = {"student_id": str(student_id), "program_id": str(program_id)} | known
    async with students.calling(caller) as http:
        answer = await http.post("/v1/engagements", json=body)
    return dict(answer.json())


def agreement_on(program_id: UUID, **known: Any) -> KnownAgreementRow:
    """An agreement in force by which the district tells the partner of the program's participants, as
    of a school official."""
    fields: dict[str, Any] = {
        "agreement_id": uuid4(), "terms_version": 1, "status": AgreementStatus.IN_FORCE,
        "providers": [DISTRICT_ID], "recipients": [PARTNER_ID], "purpose": Purpose.SERVICE,
        "basis": LegalBasis.SCHOOL_OFFICIAL, "categories": ["identity", "engagement"],
        "program_ids": [program_id], "school_ids": [], "grades": [], "redisclosure_to": [],
        "starts_at": datetime(2020, 1, 1, tzinfo=UTC), "ends_at": datetime(2100, 1, 1, tzinfo=UTC),
    }  # fmt: skip
    return KnownAgreementRow(**(fields | known))


@asynccontextmanager
async def _a_moments_agreement(students: House, program_id: UUID) -> AsyncIterator[None]:
    async with students.database.transaction() as session:
        program = await session.get(OfferedProgramRow, program_id)
        sources = (await session.execute(select(StudentRow.source).distinct())).scalars()
        row = agreement_on(
            program_id, recipients=[program.partner_id if program else PARTNER_ID],
            providers=list(sources),
        )  # fmt: skip
        session.add(row)
    try:
        yield
    finally:
        async with students.database.transaction() as session:
            await session.delete(row)


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
