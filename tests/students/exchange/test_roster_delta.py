"""The changes of a second package: a delta ends and revives, a bulk file ends the records it
lacks, and only the children it touches are announced."""

from typing import Any
from uuid import uuid4

import pytest

from shared.contracts.students.roster import RosterImported
from shared.contracts.students.student import StudentRostered
from shared.security.principal import Principal, Role
from tests.bench.oneroster_generator import package
from tests.houses import House, principal
from tests.students.packages import changed, delta, package_of

ADMIN = principal(Role.DISTRICT_ADMIN, partner_id=uuid4())
FIRST = package(20)
USER = {"enabledUser": "true", "username": "u", "givenName": "Ana", "familyName": "Sato"}


async def take(students: House, content: bytes, caller: Principal = ADMIN) -> dict[str, Any]:
    job = await students.import_file("oneroster", content, caller)
    assert job["state"] == "done", job["problems"]
    return dict(job["counts"])


async def read(students: House, source_id: str, path: str = "") -> Any:
    found = await students.rows("select id from person where source_id = :id", id=source_id)
    async with students.calling(ADMIN) as http:
        return (await http.get(f"/v1/students/{found[0]['id']}{path}")).json()


async def announced(students: House) -> list[str]:
    """The sourcedIds of the children announced, in the order of the events."""
    known = {
        r["id"]: r["source_id"] for r in await students.rows("select id, source_id from person")
    }
    return [known[event["aggregate_id"]] for event in await students.events(StudentRostered)]


async def test_a_delta_ends_a_child_and_another_revives_it(students: House) -> None:
    await take(students, FIRST)
    before = await read(students, "student-3")
    row = USER | {"sourcedId": "student-3", "grades": "02", "primaryOrgSourcedId": "school-0"}
    await take(students, delta(users=[row | {"status": "tobedeleted"}]))
    ended = await read(students, "student-3")
    await take(students, delta(users=[row]))
    revived = await read(students, "student-3")

    assert [c["status"] for c in (before, ended, revived)] == ["active", "left", "active"]
    assert (revived["given_name"], revived["grade"], revived["version"]) == ("Ana", "02", 3)
    assert revived["enrollments"]["classes"] == before["enrollments"]["classes"]
    assert (await announced(students))[20:] == ["student-3", "student-3"]


async def test_a_delta_touches_and_announces_only_the_records_it_changes(students: House) -> None:
    await take(students, FIRST)
    phone = USER | {"sourcedId": "contact-7", "phone": "+1 555 010 0100"}
    enrollment = {
        "sourcedId": "enrollment-4-0", "status": "tobedeleted", "role": "student",
        "classSourcedId": "class-0-0", "schoolSourcedId": "school-0",
        "userSourcedId": "student-4",
    }  # fmt: skip
    classes = len((await read(students, "student-4"))["enrollments"]["classes"])
    content = delta(users=[phone], enrollments=[enrollment])
    await take(students, content)
    assert sorted((await announced(students))[20:]) == ["student-4", "student-7"]
    assert len((await read(students, "student-4"))["enrollments"]["classes"]) == classes - 1
    assert "+1 555 010 0100" in str(await read(students, "student-7", "/contacts"))

    await take(students, content)
    assert len(await announced(students)) == 22
    kinds = [event["data"]["kind"] for event in await students.events(RosterImported)]
    assert kinds == ["bulk", "delta"]


async def test_a_bulk_package_ends_the_records_it_lacks_and_leaves_other_districts_alone(
    students: House,
) -> None:
    other = principal(Role.DISTRICT_ADMIN, partner_id=uuid4())
    await take(students, FIRST)
    await take(students, FIRST, other)
    await take(students, package(18))
    rows = await students.rows(
        "select p.source_id, s.status, s.source from student s join person p using (id)"
    )
    left = {(r["source_id"], r["source"]) for r in rows if r["status"] == "left"}
    assert left == {("student-18", ADMIN.partner_id), ("student-19", ADMIN.partner_id)}
    gone = await students.rows(
        "select source from enrollment where status = 'ended' group by source"
    )
    assert gone == [{"source": ADMIN.partner_id}]


async def test_a_child_has_the_grade_school_and_birthday_of_the_newest_package(
    students: House,
) -> None:
    await take(students, FIRST)
    before = await read(students, "student-0")
    content = changed(FIRST, "users.csv", {"student-0,,,true,s0,{State:500000}":
                                           "student-0,,,true,s0,{State:777}"})  # fmt: skip
    await take(students, content)
    after = await read(students, "student-0")
    assert {i["value"] for i in before["enrollments"]["identifiers"]} == {"100000", "500000"}
    assert {i["value"] for i in after["enrollments"]["identifiers"]} == {"100000", "777"}
    assert after["demographics"] == before["demographics"]

    gone = {"sourcedId": "student-0", "status": "tobedeleted"}
    await take(students, delta(demographics=[gone]))
    forgotten = await read(students, "student-0")
    assert set(forgotten["demographics"].values()) == {None}
    assert (await announced(students))[20:] == ["student-0", "student-0"]


async def test_a_contact_stays_linked_as_long_as_one_side_names_the_other(students: House) -> None:
    await take(students, FIRST)

    async def contacts() -> int:
        return len(await read(students, "student-2", "/contacts"))

    assert await contacts() == 1
    child = USER | {"sourcedId": "student-2"}
    adult = USER | {"sourcedId": "contact-2"}
    await take(students, delta(users=[adult | {"agentSourcedIds": "student-2"}]))
    await take(students, delta(users=[child]))
    assert await contacts() == 1
    await take(students, delta(users=[adult]))
    assert await contacts() == 0
    await take(students, delta(users=[child | {"agentSourcedIds": "contact-2"}]))
    assert await contacts() == 1


async def test_a_record_that_the_district_made_by_hand_outlives_the_next_roster(
    students: House,
) -> None:
    await take(students, FIRST)
    child = await read(students, "student-3")
    [first, second] = await read(students, "student-3", "/contacts")
    assert first["legal_guardian"] == "yes"
    address = f"/v1/students/{child['id']}/contacts"
    async with students.calling(ADMIN) as http:
        changed_by_hand = await http.patch(
            f"{address}/{first['id']}", json={"legal_guardian": "no"}, headers={"If-Match": '"1"'}
        )
        ended = await http.post(f"{address}/{second['id']}/ending", headers={"If-Match": '"2"'})
    assert (changed_by_hand.status_code, ended.status_code) == (200, 204)

    await take(students, package(21))

    [kept] = await read(students, "student-3", "/contacts")
    assert (kept["id"], kept["legal_guardian"]) == (first["id"], "no")


async def test_a_relative_has_no_rights_until_somebody_records_them(students: House) -> None:
    await take(students, FIRST)
    [role] = await students.rows(
        "select source_id from person_role where role = 'relative' limit 1"
    )
    contact_id = role["source_id"].removeprefix("role-")
    child_id = f"student-{contact_id.split('-')[1]}"
    contacts = {c["relation"]: c for c in await read(students, child_id, "/contacts")}
    assert contacts["relative"]["legal_guardian"] == "unknown"
    assert contacts["parent"]["legal_guardian"] == "yes"


async def test_a_role_that_comes_later_creates_a_child_and_its_end_makes_the_child_leave(
    students: House,
) -> None:
    await take(students, FIRST)
    role = {
        "sourcedId": "r-new", "userSourcedId": "u-new", "roleType": "primary", "role": "student",
        "orgSourcedId": "school-0",
    }  # fmt: skip
    await take(students, delta(users=[USER | {"sourcedId": "u-new", "grades": "9"}]))
    assert "u-new" not in await announced(students)
    await take(students, delta(roles=[role]))
    made = await read(students, "u-new")
    await take(students, delta(roles=[role | {"status": "tobedeleted"}]))
    left = await read(students, "u-new")
    assert (made["status"], made["school_name"]) == ("active", "Diallo School 1")
    assert left["status"] == "left"


async def test_a_delta_may_refer_to_rows_of_earlier_packages_but_not_to_ended_ones(
    students: House,
) -> None:
    await take(students, FIRST)
    row = {"sourcedId": "class-new", "title": "Chess", "courseSourcedId": "course-0-0",
           "classType": "scheduled", "schoolSourcedId": "school-0",
           "termSourcedIds": "year-2026"}  # fmt: skip
    await take(students, delta(classes=[row]))
    course = {"sourcedId": "course-0-0", "status": "tobedeleted", "title": "Math",
              "orgSourcedId": "school-0"}  # fmt: skip
    await take(students, delta(courses=[course]))
    again = await students.import_file("oneroster", delta(classes=[row]), ADMIN)
    assert [(p["line"], p["field"], p["code"]) for p in again["problems"]] == [
        (2, "courseSourcedId", "dangling-reference")
    ]
    unsaid = package_of("1.2", "delta", orgs=[{"sourcedId": "o", "name": "N", "type": "school"}])
    job = await students.import_file("oneroster", unsaid, ADMIN)
    assert [(p["field"], p["code"]) for p in job["problems"]] == [("status", "value-missing")]


ORGS = [{"sourcedId": "d", "name": "D", "type": "district"},
        {"sourcedId": "s1", "name": "S1", "type": "school", "parentSourcedId": "d"},
        {"sourcedId": "s2", "name": "S2", "type": "school", "parentSourcedId": "d"}]  # fmt: skip


def user(id: str, role: str, schools: str = "s1", **more: str) -> dict[str, str]:
    return USER | {"sourcedId": id, "role": role, "orgSourcedIds": schools} | more


async def test_a_version_1_1_package_has_its_roles_in_the_users(students: House) -> None:
    users = [user("kid", "student", grades="07", agentSourcedIds="mum"), user("mum", "parent"),
             user("boss", "administrator", "s1,s2")]  # fmt: skip
    counts = await take(students, package_of("1.1", "bulk", orgs=ORGS, users=users))
    assert {k: n for k, n in counts.items() if n} == {
        "orgs": 3, "users": 3, "students": 1, "contacts": 1, "staff": 1, "roles": 4,
    }  # fmt: skip
    kid = await read(students, "kid")
    assert (kid["school_name"], kid["grade"]) == ("S1", "07")
    assert [c["relation"] for c in await read(students, "kid", "/contacts")] == ["parent"]

    await take(students, delta("1.1", users=[user("kid", "student", "s2", grades="08")]))
    moved = await read(students, "kid")
    assert (moved["school_name"], moved["grade"], moved["version"]) == ("S2", "08", 2)
    assert [s["school_name"] for s in moved["enrollments"]["schools"]] == ["S2"]


@pytest.mark.parametrize(
    ("given", "kept"), [("9", "09"), ("K", "KG"), ("10,11", "10"), ("", None)]
)
async def test_grades_are_kept_as_ceds_writes_them(
    students: House, given: str, kept: str | None
) -> None:
    users = [user("kid", "student", grades=given)]
    await take(students, package_of("1.1", "bulk", orgs=ORGS, users=users))
    assert (await read(students, "kid"))["grade"] == kept
