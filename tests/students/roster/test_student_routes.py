"""Children, their contacts and classes over HTTP, on a real database."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from services.students.roster.contacts.records import StudentContactRow
from services.students.roster.people.records import PersonRow
from shared.contracts.grade import Grade
from shared.contracts.students.student import StudentRostered
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.people import (
    DISTRICT,
    DISTRICT_ID,
    WORKER,
    a_class,
    a_leader,
    a_program,
    a_school,
    a_student,
    an_educator,
    engage,
)

AMARA = {"given_name": "Amara", "family_name": "Diallo", "birth_date": "2015-05-05", "grade": "05"}
MOTHER = {"given_name": "Fatou", "family_name": "Diallo", "relation": "parent",
          "legal_guardian": "yes", "phone": "+1 555 010 0199", "language": "fr"}  # fmt: skip
FATHER = {"given_name": "Jean", "family_name": "Diallo", "relation": "parent",
          "legal_guardian": "yes", "email": "jean@example.org"}  # fmt: skip


async def ask(
    students: House, caller: Principal, method: str, address: str, body: Any = None,
    version: int | None = None,
) -> Any:  # fmt: skip
    headers = {} if version is None else {"If-Match": f'"{version}"'}
    async with students.calling(caller) as http:
        return await http.request(method, address, json=body, headers=headers)


async def added(students: House, **known: Any) -> dict[str, Any]:
    answer = await ask(students, DISTRICT, "POST", "/v1/students?confirmed=true", AMARA | known)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def with_contact(
    students: House, child: dict[str, Any], draft: dict[str, Any], version: int
) -> dict[str, Any]:
    address = f"/v1/students/{child['id']}/contacts"
    answer = await ask(students, DISTRICT, "POST", address, draft, version)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def guardian(contact: dict[str, Any]) -> Principal:
    return principal(Role.GUARDIAN, partner_id=DISTRICT_ID, person_id=UUID(contact["id"]))


@promise(
    "Access and privacy",
    "Numbers of governments and of bodies are refused, by hand and in rosters.",
)
@pytest.mark.parametrize(
    "identifier",
    [
        {"kind": "SSN", "value": "1"}, {"kind": "social-security number", "value": "x"},
        {"kind": "Passport", "value": "C01X00T47"}, {"kind": "biometric", "value": "template"},
        {"kind": "Fingerprint", "value": "a"}, {"kind": "Local", "value": "219-09-9999"},
    ],
)  # fmt: skip
async def test_numbers_of_governments_and_bodies_are_refused(
    students: House, identifier: dict[str, str]
) -> None:
    draft = {
        "given_name": "Amara", "family_name": "Diallo", "birth_date": "2015-05-05", "grade": "05",
        "identifiers": [{"kind": "State", "value": "77"}, identifier],
    }  # fmt: skip
    answer = await ask(students, DISTRICT, "POST", "/v1/students", draft)
    assert (answer.status_code, answer.json()["code"]) == (422, "identifier-refused")
    assert [fault["field"] for fault in answer.json()["errors"]] == ["body.identifiers.1"]
    assert await students.rows("select id from student") == []


async def test_a_child_entered_by_hand_is_read_back_whole_and_announced_without_a_name(
    students: House,
) -> None:
    school_id = await a_school(students)
    drafted = {"school_id": str(school_id), "identifiers": [{"kind": "State", "value": "77"}]}
    child = await added(students, **drafted)
    read = await ask(students, DISTRICT, "GET", f"/v1/students/{child['id']}")
    assert read.json() == child
    assert read.headers["etag"] == '"1"'
    assert child["demographics"]["birth_date"] == "2015-05-05"
    [enrolled] = child["enrollments"]["schools"]
    assert enrolled["school_id"] == str(school_id)
    assert child["enrollments"]["identifiers"] == [
        {"source": str(DISTRICT_ID), "source_name": None, "kind": "State", "value": "77"}
    ]
    [event] = await students.events(StudentRostered)
    assert event["data"] == {
        "student_id": child["id"], "school_id": str(school_id), "grade": "05", "status": "active",
    }  # fmt: skip


async def test_a_change_sets_only_the_fields_that_were_sent_and_is_announced(
    students: House,
) -> None:
    child = await added(students)
    address = f"/v1/students/{child['id']}"
    stale = await ask(students, DISTRICT, "PATCH", address, {"grade": "06"}, 9)
    changed = await ask(students, DISTRICT, "PATCH", address, {"grade": "06"}, 1)
    left = await ask(students, DISTRICT, "PATCH", address, {"status": "left"}, 2)
    assert (stale.status_code, changed.status_code, left.status_code) == (412, 200, 200)
    assert changed.json()["given_name"] == "Amara"
    assert (left.json()["grade"], left.json()["status"], left.json()["version"]) == (
        "06",
        "left",
        3,
    )
    assert [e["aggregate_version"] for e in await students.events()] == [1, 2, 3]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (AMARA | {"birth_date": "2200-01-01"}, 409, "birth-date-in-future"),
        (AMARA | {"school_id": str(uuid4())}, 404, "school-unknown"),
        (AMARA | {"given_name": "=HYPERLINK(1)"}, 422, "body-malformed"),
        (AMARA | {"given_name": "A\x00"}, 422, "body-malformed"),
        (AMARA | {"grade": "14"}, 422, "body-malformed"),
        (AMARA | {"sex": "x"}, 422, "body-malformed"),
        (AMARA | {"birth_date": "2015-02-30"}, 422, "body-malformed"),
        (AMARA | {"nickname": "Ama"}, 422, "body-malformed"),
        ({"family_name": "Diallo"}, 422, "body-malformed"),
    ],
)
async def test_a_body_that_makes_no_sense_is_refused_and_changes_nothing(
    students: House, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await ask(students, DISTRICT, "POST", "/v1/students", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await students.events() == []
    assert await students.rows("select id from person") == []


async def test_a_child_of_any_grade_is_entered_and_found_by_it(students: House) -> None:
    for grade in Grade:
        child = await added(students, grade=grade)
        found = await ask(students, DISTRICT, "GET", f"/v1/students?grade={grade}")
        assert [each["id"] for each in found.json()["items"]] == [child["id"]]


async def test_a_hidden_child_is_answered_exactly_like_an_absent_one(students: House) -> None:
    child = await added(students)
    strangers = [
        principal(Role.DISTRICT_ADMIN, partner_id=uuid4()),
        principal(Role.EDUCATOR, partner_id=DISTRICT_ID, person_id=uuid4()),
        principal(Role.CASE_WORKER, partner_id=uuid4()),
        principal(Role.GUARDIAN, person_id=uuid4()),
        principal(Role.STUDENT, person_id=uuid4()),
    ]
    for stranger in strangers:
        for tail in ("", "/contacts"):
            hidden = await ask(students, stranger, "GET", f"/v1/students/{child['id']}{tail}")
            absent = await ask(students, stranger, "GET", f"/v1/students/{uuid4()}{tail}")
            assert hidden.status_code == 404
            assert hidden.json() == absent.json()
        listed = await ask(students, stranger, "GET", "/v1/students")
        assert listed.json()["items"] == []
    other = await ask(students, strangers[0], "PATCH", f"/v1/students/{child['id']}", {}, 1)
    assert (other.status_code, other.json()["code"]) == (404, "student-unknown")


async def test_a_case_worker_sees_of_an_engaged_child_name_grade_and_school_without_an_agreement(
    students: House,
) -> None:
    child = await added(students)
    await with_contact(students, child, MOTHER, 1)
    await with_contact(students, child, FATHER | {"legal_guardian": "unknown"}, 2)
    await engage(students, UUID(child["id"]), await a_program(students))
    seen = (await ask(students, WORKER, "GET", f"/v1/students/{child['id']}")).json()
    contacts = (await ask(students, WORKER, "GET", f"/v1/students/{child['id']}/contacts")).json()
    found = await ask(students, WORKER, "GET", "/v1/students?identifier=77")
    assert (seen["given_name"], seen["grade"]) == ("Amara", "05")
    assert seen["enrollments"] is None and seen["demographics"] is None
    assert {c["category"] for c in seen["access"]["withheld"]} == {
        "contacts", "enrollment", "attendance", "resources", "measures", "demographics",
        "support",
    }  # fmt: skip
    assert contacts["code"] == "category-withheld"
    assert found.json()["items"] == []


async def test_a_court_order_closes_the_record_for_that_parent_from_its_first_to_its_last_day(
    students: House,
) -> None:
    child = await added(students)
    mother = await with_contact(students, child, MOTHER, 1)
    father = await with_contact(students, child, FATHER, 2)
    address = f"/v1/students/{child['id']}"
    assert (await ask(students, guardian(father), "GET", address)).status_code == 200
    orders = f"{address}/contacts/{father['id']}/restrictions"
    order = {"kind": "no-contact", "begins_on": "2020-01-01", "document_reference": "FC 118"}
    made = await ask(students, DISTRICT, "POST", orders, order, 3)
    [held] = made.json()["restrictions"]

    for tail in ("", "/contacts"):
        answer = await ask(students, guardian(father), "GET", address + tail)
        assert (answer.status_code, answer.json()["code"]) == (404, "student-unknown")
    seen = await ask(students, guardian(mother), "GET", f"{address}/contacts")
    shown = {c["given_name"]: c for c in seen.json()}
    assert shown["Jean"]["details_withheld"] and shown["Jean"]["email"] is None
    assert shown["Jean"]["restrictions"] == []
    assert shown["Fatou"]["phone"] == "+1 555 010 0199"

    ended = await ask(students, DISTRICT, "POST", f"{orders}/{held['id']}/ending",
                      {"ends_on": "2021-01-01"}, 4)  # fmt: skip
    assert ended.status_code == 201
    assert (await ask(students, guardian(father), "GET", address)).status_code == 200


async def test_an_adult_of_two_children_is_one_person_whose_telephone_changes_for_both(
    students: House,
) -> None:
    first, second = await added(students), await added(students, given_name="Moussa")
    mother = await with_contact(students, first, MOTHER, 1)
    link = {"contact_id": mother["id"], "relation": "parent", "legal_guardian": "yes"}
    await with_contact(students, second, link, 1)
    twice = await ask(students, DISTRICT, "POST", f"/v1/students/{second['id']}/contacts", link, 2)
    assert (twice.status_code, twice.json()["code"]) == (409, "contact-linked")

    address = f"/v1/students/{first['id']}/contacts/{mother['id']}"
    await ask(students, DISTRICT, "PATCH", address, {"phone": "+1 555 010 0100"}, 2)

    for child in (first, second):
        [told] = (
            await ask(students, DISTRICT, "GET", f"/v1/students/{child['id']}/contacts")
        ).json()
        assert (told["phone"], told["version"]) == ("+1 555 010 0100", 3)
    listed = await ask(students, guardian(mother), "GET", "/v1/students")
    assert [c["given_name"] for c in listed.json()["items"]] == ["Amara", "Moussa"]


async def test_an_ended_contact_sees_nothing_and_is_shown_no_more(students: House) -> None:
    child = await added(students)
    mother = await with_contact(students, child, MOTHER, 1)
    address = f"/v1/students/{child['id']}/contacts"
    ended = await ask(students, DISTRICT, "POST", f"{address}/{mother['id']}/ending", None, 2)
    again = await ask(students, DISTRICT, "POST", f"{address}/{mother['id']}/ending", None, 3)
    assert (ended.status_code, again.status_code) == (204, 404)
    assert (await ask(students, DISTRICT, "GET", address)).json() == []
    hidden = await ask(students, guardian(mother), "GET", f"/v1/students/{child['id']}")
    assert hidden.status_code == 404


async def test_a_contact_needs_a_name_or_an_adult_of_the_same_district(students: House) -> None:
    child, other = await added(students), await added(students)
    address = f"/v1/students/{child['id']}/contacts"
    nobody = await ask(students, DISTRICT, "POST", address, {"relation": "parent"}, 1)
    a_child = await ask(students, DISTRICT, "POST", address,
                        {"relation": "parent", "contact_id": other["id"]}, 1)  # fmt: skip
    assert (nobody.status_code, a_child.status_code) == (422, 404)


async def test_a_list_narrows_by_name_grade_school_class_and_identifier(students: House) -> None:
    school_id = await a_school(students)
    teacher = await an_educator(students)
    luis = await a_student(students, given_name="Luis", family_name="García",
                           search_name="garcía luis", grade="03", school_id=school_id,
                           identifier="9001")  # fmt: skip
    await a_student(students, grade="04")
    class_id = await a_class(students, school_id, teacher, luis)
    for query in ("q=gar", "q=LUIS gar", "grade=03", f"school_id={school_id}",
                  f"class_id={class_id}", "identifier=9001"):  # fmt: skip
        found = await ask(students, DISTRICT, "GET", f"/v1/students?{query}")
        assert [c["id"] for c in found.json()["items"]] == [str(luis)], query
    for query in ("q=%25", "q=_", f"class_id={uuid4()}", "identifier=9002"):
        found = await ask(students, DISTRICT, "GET", f"/v1/students?{query}")
        assert found.json()["items"] == [], query


async def test_a_membership_of_another_district_finds_no_class_of_the_same_teacher(
    students: House,
) -> None:
    teacher = await an_educator(students)
    class_id = await a_class(students, await a_school(students), teacher)
    elsewhere = teacher.model_copy(update={"partner_id": uuid4()})
    for caller, status, count in ((teacher, 200, 1), (elsewhere, 404, 0)):
        read = await ask(students, caller, "GET", f"/v1/classes/{class_id}")
        listed = await ask(students, caller, "GET", "/v1/classes")
        assert (read.status_code, len(listed.json()["items"])) == (status, count)


async def test_a_teacher_finds_the_class_with_its_students_and_no_demographics(
    students: House,
) -> None:
    school_id = await a_school(students)
    teacher, colleague = await an_educator(students), await an_educator(students)
    child = await a_student(students, school_id=school_id)
    class_id = await a_class(students, school_id, teacher, child)
    shown = (await ask(students, teacher, "GET", f"/v1/classes/{class_id}")).json()
    seen = (await ask(students, teacher, "GET", f"/v1/students/{child}")).json()
    hidden = await ask(students, colleague, "GET", f"/v1/classes/{class_id}")
    leader = await a_leader(students, school_id)
    led = (await ask(students, leader, "GET", f"/v1/classes/{class_id}")).json()
    assert [s["id"] for s in shown["students"]] == [str(child)]
    assert [t["staff_id"] for t in shown["teachers"]] == [str(teacher.person_id)]
    assert led["students"] == shown["students"]
    assert seen["demographics"] is None and seen["enrollments"]["classes"][0]["current"] is True
    assert (hidden.status_code, hidden.json()["code"]) == (404, "class-unknown")
    for caller, count in ((teacher, 1), (colleague, 0), (DISTRICT, 1), (leader, 1)):
        listed = await ask(students, caller, "GET", "/v1/classes")
        assert len(listed.json()["items"]) == count


async def test_staff_are_found_by_identifier_for_their_own_district_alone(students: House) -> None:
    leader = await a_leader(students, await a_school(students))
    async with students.database.transaction() as session:
        row = await session.get_one(PersonRow, leader.person_id)
        row.identifier = "207219"
    other = principal(Role.DISTRICT_ADMIN, partner_id=uuid4())
    for caller, count in ((DISTRICT, 1), (principal(Role.OPERATOR), 1), (other, 0)):
        found = (await ask(students, caller, "GET", "/v1/staff?identifier=207219")).json()["items"]
        assert len(found) == count
    [own] = (await ask(students, DISTRICT, "GET", "/v1/staff?identifier=207219")).json()["items"]
    assert (own["id"], own["roles"][0]["role"]) == (str(leader.person_id), "principal")


async def test_the_gateway_learns_which_children_a_caller_may_see_now(students: House) -> None:
    child, other = await a_student(students), await a_student(students)
    contact = PersonRow(source=DISTRICT_ID, given_name="F", family_name="D", search_name="d f")
    async with students.database.transaction() as session:
        session.add(contact)
        await session.flush()
        session.add(
            StudentContactRow(student_id=child, contact_id=contact.id, relation="parent",
                              legal_guardian="yes")
        )  # fmt: skip
    mother = principal(Role.GUARDIAN, partner_id=DISTRICT_ID, person_id=contact.id)
    asked = f"/internal/visible?category=identity&ids={child}&ids={other}&ids={uuid4()}"
    assert (await ask(students, mother, "GET", asked)).json() == [str(child)]
    assert set((await ask(students, DISTRICT, "GET", asked)).json()) == {str(child), str(other)}
