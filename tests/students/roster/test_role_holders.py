"""Whoever is given a role as a person of a district's records is one, of the kind that the role needs."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.students.roster.contacts.records import ContactRestrictionRow
from services.students.roster.people.records import PersonRoleRow, PersonRow
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.families import BORN_20_YEARS_AGO, a_guardian
from tests.students.packages import delta, package_of
from tests.students.people import DISTRICT, DISTRICT_ID, a_class, a_leader, a_school, a_student

ELSEWHERE = uuid4()
OPERATOR = principal(Role.OPERATOR)
KINDS = (Role.GUARDIAN, Role.STUDENT, Role.EDUCATOR)


async def asked(
    students: House, person: Any, role: Role, caller: Principal = DISTRICT
) -> tuple[int, Any]:
    async with students.calling(caller) as http:
        answer = await http.get(f"/internal/people/{person}/roles/{role}")
    told = answer.json()
    if isinstance(told, dict):
        told.pop("instance", None)
    return answer.status_code, told


async def refused(students: House, person: Any, role: Role) -> bool:
    """Whether the answer is that to an id of nobody, to the byte."""
    nobody = await asked(students, uuid4(), role)
    assert (nobody[0], nobody[1]["code"]) == (422, "person-unknown")
    assert [fault["field"] for fault in nobody[1]["errors"]] == ["body.person_id"]
    return await asked(students, person, role) == nobody


async def of_each_kind(students: House) -> dict[Role, UUID]:
    """A guardian, a student and an educator of the district."""
    school = await a_school(students)
    child = await a_student(students, school_id=school)
    guardian, leader = await a_guardian(students, child), await a_leader(students, school)
    assert guardian.person_id is not None and leader.person_id is not None
    return {
        Role.GUARDIAN: guardian.person_id, Role.STUDENT: child, Role.EDUCATOR: leader.person_id,
    }  # fmt: skip


async def seen(students: House, role: Role, person: UUID, partner_id: UUID = DISTRICT_ID) -> Any:
    """The children and classes of somebody with such a membership."""
    holder = principal(role, partner_id=partner_id, person_id=person)
    async with students.calling(holder) as http:
        answers = [await http.get(path) for path in ("/v1/students", "/v1/classes")]
    return [[each["id"] for each in answer.json()["items"]] for answer in answers]


@promise(
    "Access and privacy",
    "A role as a guardian, a student or an educator is given only to a person whom the district's "
    "records have as one; nobody at all and everybody else are refused alike.",
)
async def test_a_person_may_have_the_role_of_its_own_kind_and_no_other(students: House) -> None:
    people = await of_each_kind(students)
    for kind, person in people.items():
        for role in KINDS:
            if role is kind:
                assert await asked(students, person, role) == (200, str(person))
            else:
                assert await refused(students, person, role), (kind, role)


@promise(
    "Access and privacy",
    "A membership that names a person of another district, of another kind or nobody opens nothing.",
)
async def test_a_membership_opens_nothing_as_a_person_of_another_kind_or_district_or_as_nobody(
    students: House,
) -> None:
    people = await of_each_kind(students)
    lesson = await a_class(
        students, await a_school(students),
        principal(Role.EDUCATOR, person_id=people[Role.EDUCATOR]), people[Role.STUDENT],
    )  # fmt: skip
    child = [str(people[Role.STUDENT])]
    for kind, person in people.items():
        assert (await seen(students, kind, person))[0] == child
        assert str(lesson) in (await seen(students, kind, person))[1]
        assert await seen(students, kind, person, ELSEWHERE) == [[], []]
        for role in set(KINDS) - {kind}:
            assert await seen(students, role, person) == [[], []], (kind, role)
    for role in KINDS:
        assert await seen(students, role, uuid4()) == [[], []]


async def test_people_of_another_district_are_refused_like_nobody(students: House) -> None:
    child = await a_student(students, source=ELSEWHERE)
    guardian = await a_guardian(students, child, source=ELSEWHERE)
    teacher = PersonRow(
        source=ELSEWHERE, given_name="Ines", family_name="Roth", search_name="roth ines"
    )
    school = await a_school(students)
    async with students.database.transaction() as session:
        session.add(teacher)
        await session.flush()
        session.add(
            PersonRoleRow(source=ELSEWHERE, person_id=teacher.id, org_id=school, role="teacher")
        )
    elsewhere = principal(Role.DISTRICT_ADMIN, partner_id=ELSEWHERE)
    whose = {
        Role.GUARDIAN: guardian.person_id, Role.STUDENT: child, Role.EDUCATOR: teacher.id,
    }  # fmt: skip
    for role, person in whose.items():
        assert await refused(students, person, role), role
        assert (await asked(students, person, role, elsewhere))[0] == 200


async def test_a_contact_without_rights_today_is_refused_as_a_guardian(students: House) -> None:
    child, grown = (
        await a_student(students),
        await a_student(students, birth_date=BORN_20_YEARS_AGO),
    )
    aunt = await a_guardian(students, child, legal="unknown")
    of_grown = await a_guardian(students, grown)
    barred = await a_guardian(students, child)
    async with students.database.transaction() as session:
        session.add(
            ContactRestrictionRow(
                student_id=child, contact_id=barred.person_id, kind="no-records",
                begins_on=date.today() - timedelta(days=1), document_reference="22-C-114",
            )
        )  # fmt: skip
    for contact in (aunt, of_grown, barred):
        assert await refused(students, contact.person_id, Role.GUARDIAN)


async def test_an_erased_child_and_its_guardian_are_refused_like_nobody(students: House) -> None:
    people = await of_each_kind(students)
    async with students.calling(DISTRICT) as http:
        erased = await http.post(
            f"/v1/students/{people[Role.STUDENT]}/erasure", json={"ground": "request-granted"}
        )
    assert erased.status_code < 300, erased.text
    for role in (Role.STUDENT, Role.GUARDIAN):
        assert await refused(students, people[role], role)
        assert await seen(students, role, people[role]) == [[], []]


USER = {"enabledUser": "true", "username": "u", "givenName": "Ana", "familyName": "Sato"}
ORGS = [{"sourcedId": "s1", "name": "S1", "type": "school"}]


def user(id: str, role: str, **more: str) -> dict[str, str]:
    return USER | {"sourcedId": id, "role": role, "orgSourcedIds": "s1"} | more


async def test_a_person_whom_a_later_import_makes_a_guardian_is_one_from_then_on(
    students: House,
) -> None:
    [kid, adult] = [user("kid", "student"), user("mum", "parent")]
    package = package_of("1.1", "bulk", orgs=ORGS, users=[kid, adult])
    assert (await students.import_file("oneroster", package, DISTRICT))["state"] == "done"
    [row] = await students.rows("select id from person where source_id = 'mum'")
    mother = row["id"]
    assert await refused(students, mother, Role.GUARDIAN)
    assert await seen(students, Role.GUARDIAN, mother) == [[], []]

    later = delta("1.1", users=[kid | {"agentSourcedIds": "mum"}])
    assert (await students.import_file("oneroster", later, DISTRICT))["state"] == "done"
    assert (await asked(students, mother, Role.GUARDIAN))[0] == 200
    [[child], _] = await seen(students, Role.GUARDIAN, mother)
    [kept] = await students.rows("select id from person where source_id = 'kid'")
    assert child == str(kept["id"])


@promise(
    "Access and privacy",
    "Who is in a district's records is told to that district alone, also where somebody else "
    "invites.",
)
@pytest.mark.parametrize("role", KINDS)
async def test_an_inviter_who_may_not_know_the_districts_people_is_told_nothing(
    students: House, role: Role
) -> None:
    people = await of_each_kind(students)
    for person in (*people.values(), uuid4()):
        assert await asked(students, person, role, OPERATOR) == (200, str(person))
