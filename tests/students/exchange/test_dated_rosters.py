"""Rosters whose roles have dates: a transfer within the year, and a child at two schools."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.students.roster.students.actions import keep_up
from shared.contracts.students.student import StudentRostered
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.needs import DATA
from tests.promised import promise
from tests.students.packages import delta, zip_of_folder

DISTRICT = uuid4()
ADMIN = principal(Role.DISTRICT_ADMIN, partner_id=DISTRICT)
REPORTED = DATA / "reported"
USER = {"enabledUser": "true", "username": "u", "givenName": "Ana", "familyName": "Sato"}


async def take(students: House, content: bytes) -> None:
    job = await students.import_file("oneroster", content, ADMIN)
    assert job["state"] == "done", job["problems"]


async def take_folder(students: House, folder: Path) -> None:
    await take(students, zip_of_folder(folder))


async def the_id(students: House, table: str, source_id: str) -> str:
    [row] = await students.rows(f"select id from {table} where source_id = :id", id=source_id)
    return str(row["id"])


async def educator(students: House, source_id: str) -> Principal:
    [row] = await students.rows("select id from person where source_id = :id", id=source_id)
    return principal(Role.EDUCATOR, partner_id=DISTRICT, person_id=row["id"])


async def ask(students: House, caller: Principal, address: str) -> Any:
    async with students.calling(caller) as http:
        return await http.get(address)


async def listed(students: House, caller: Principal, **query: str) -> list[str]:
    async with students.calling(caller) as http:
        answer = await http.get("/v1/students", params=query)
    return [each["id"] for each in answer.json()["items"]]


async def call_roll(
    students: House, caller: Principal, school: str, day: date | None = None
) -> int:
    [today] = await students.rows("select current_date as day")
    address = f"/v1/schools/{school}/attendance/{day or today['day']}"
    async with students.calling(caller) as http:
        return (await http.put(address, json={"everyone_else": "Present"})).status_code


def user(source_id: str, **known: str) -> dict[str, str]:
    return USER | {"sourcedId": source_id, "username": source_id} | known


def role(source_id: str, of: str, kind: str, school: str, **known: str) -> dict[str, str]:
    return {"sourcedId": source_id, "userSourcedId": of, "roleType": "primary", "role": kind,
            "orgSourcedId": school} | known  # fmt: skip


def transfer(first: str, last: str, next: str) -> bytes:
    """A child at A from `first` until `last`, at B from `next` on; a principal at each."""
    return delta(
        orgs=[{"sourcedId": s, "name": s, "type": "school"} for s in ("a", "b")],
        users=[user("child", grades="05"), user("lead-a"), user("lead-b")],
        roles=[
            role("r1", "child", "student", "a", beginDate=first, endDate=last),
            role("r2", "child", "student", "b", beginDate=next),
            role("r3", "lead-a", "principal", "a"), role("r4", "lead-b", "principal", "b"),
        ],
    )  # fmt: skip


async def days_pass(students: House, days: int) -> None:
    """As if the roster had been imported so many days ago."""
    await students.rows(
        f"update person_role set begins_on = begins_on - {days}, ends_on = ends_on - {days}"
        " returning id"
    )
    await students.rows(f"update roster_clock set day = day - {days} returning id")


@promise("Access and privacy", "A transfer takes effect on its day, without another import.")
async def test_a_child_changes_its_school_on_the_day_that_the_roster_names(
    students: House,
) -> None:
    [row] = await students.rows("select current_date as day")
    today = row["day"]
    await keep_up(students.database)
    days = [f"{today + timedelta(days=n)}" for n in (-60, 5, 8)]
    await take(students, transfer(*days))
    child = await the_id(students, "person", "child")
    schools = {s: await the_id(students, "org", s) for s in "ab"}
    lead_a, lead_b = await educator(students, "lead-a"), await educator(students, "lead-b")

    async def seen() -> dict[str, Any]:
        await keep_up(students.database)
        told = (await ask(students, ADMIN, f"/v1/students/{child}")).json()
        return {
            "a": await listed(students, lead_a) == [child],
            "b": await listed(students, lead_b) == [child],
            "roll a": await call_roll(students, lead_a, schools["a"]) == 200,
            "roll b": await call_roll(students, lead_b, schools["b"]) == 200,
            "of a": await listed(students, ADMIN, school_id=schools["a"]) == [child],
            "of b": await listed(students, ADMIN, school_id=schools["b"]) == [child],
            "school": told["school_name"], "status": told["status"],
        }  # fmt: skip

    at_a = {"a": True, "b": False, "roll a": True, "roll b": False, "of a": True, "of b": False}
    nowhere = dict.fromkeys(at_a, False)
    at_b = {name: not there for name, there in at_a.items()}
    assert await seen() == at_a | {"school": "a", "status": "active"}
    await days_pass(students, 6)
    assert await seen() == nowhere | {"school": None, "status": "active"}
    await days_pass(students, 2)
    assert await seen() == at_b | {"school": "b", "status": "active"}
    told = [each["data"] for each in await students.events(StudentRostered)]
    assert [each["school_id"] for each in told] == [schools["a"], None, schools["b"]]

    history = (await ask(students, ADMIN, f"/v1/students/{child}")).json()["enrollments"]
    assert [(s["school_name"], s["current"]) for s in history["schools"]] == [
        ("a", False), ("b", True)
    ]  # fmt: skip


async def test_a_child_whose_last_role_is_over_has_left_without_another_import(
    students: House,
) -> None:
    [row] = await students.rows("select current_date as day")
    await keep_up(students.database)
    first, last = (f"{row['day'] + timedelta(days=n)}" for n in (-9, 3))
    of = role("r1", "child", "student", "a", beginDate=first, endDate=last)
    orgs = [{"sourcedId": "a", "name": "a", "type": "school"}]
    await take(students, delta(orgs=orgs, users=[user("child")], roles=[of]))
    await keep_up(students.database)
    assert (await students.rows("select status from student"))[0]["status"] == "active"
    await days_pass(students, 30)
    await keep_up(students.database)
    await keep_up(students.database)
    assert [r["status"] for r in await students.rows("select status from student")] == ["left"]
    told = [each["data"]["status"] for each in await students.events(StudentRostered)]
    assert told == ["active", "left"]


async def test_a_roster_of_last_year_brings_its_children_as_children_who_have_left(
    students: House,
) -> None:
    of = role("r1", "child", "student", "a", beginDate="2020-08-10", endDate="2021-06-11")
    orgs = [{"sourcedId": "a", "name": "a", "type": "school"}]
    await take(students, delta(orgs=orgs, users=[user("child")], roles=[of]))
    [row] = await students.rows("select status, school_id from student")
    assert (row["status"], row["school_id"]) == ("left", None)


async def test_a_teacher_no_longer_sees_a_child_that_has_gone_to_another_school(
    students: House,
) -> None:
    """The enrollment in the class has no end; the child's role at the class's school has one."""
    [row] = await students.rows("select current_date as day")
    yesterday, today = f"{row['day'] - timedelta(days=1)}", f"{row['day']}"
    await take(students, transfer("2020-01-01", today, today))
    year = {"sourcedId": "y", "title": "Y", "type": "schoolYear", "startDate": "2020-01-01",
            "endDate": "2050-01-01", "schoolYear": "2050"}  # fmt: skip
    lesson = {"sourcedId": "k", "title": "K", "courseSourcedId": "c", "classType": "scheduled",
              "schoolSourcedId": "a", "termSourcedIds": "y"}  # fmt: skip
    enrolled = [
        {"sourcedId": f"e-{who}", "classSourcedId": "k", "schoolSourcedId": "a",
         "userSourcedId": who, "role": kind}
        for who, kind in (("child", "student"), ("teacher", "teacher"))
    ]  # fmt: skip
    await take(
        students,
        delta(
            academicSessions=[year],
            courses=[{"sourcedId": "c", "title": "C", "orgSourcedId": "a"}], classes=[lesson],
            users=[user("teacher")], roles=[role("r5", "teacher", "teacher", "a")],
            enrollments=enrolled,
        ),
    )  # fmt: skip
    teacher = await educator(students, "teacher")
    assert len(await listed(students, teacher)) == 1
    await take(students, transfer("2020-01-01", yesterday, today))
    assert await listed(students, teacher) == []


@pytest.mark.needs("data")
async def test_the_reported_transfer_shows_the_child_to_its_present_school_alone(
    students: House,
) -> None:
    await take_folder(students, REPORTED / "transfer-dated-roles")
    child = await the_id(students, "person", "tr-child")
    told = (await ask(students, ADMIN, f"/v1/students/{child}")).json()
    assert told["school_name"] == "North High"
    dates = {s["school_name"]: (s["begins_on"], s["ends_on"], s["current"])
             for s in told["enrollments"]["schools"]}  # fmt: skip
    assert dates == {
        "Annex School": ("2026-08-10", "2026-10-09", False), "North High": ("2026-10-12", None, True)
    }  # fmt: skip
    annex, north = [await educator(students, f"tr-lead-{x}") for x in "an"]
    assert await listed(students, north) == [child]
    assert await listed(students, annex) == []
    assert (await ask(students, annex, f"/v1/students/{child}")).status_code == 404
    school = {x: await the_id(students, "org", f"tr-{x}") for x in ("annex", "north")}
    assert await call_roll(students, north, school["north"]) == 200
    assert await call_roll(students, annex, school["annex"]) == 404
    # A roll of a past day is that day's.
    assert await call_roll(students, ADMIN, school["annex"], date(2026, 9, 1)) == 200
    assert await call_roll(students, ADMIN, school["north"], date(2026, 9, 1)) == 404


@pytest.mark.needs("data")
@promise("Access and privacy", "Each school of a child at several schools has it on its roll.")
async def test_each_leader_of_a_child_at_two_schools_sees_it_and_calls_its_roll(
    students: House,
) -> None:
    await take_folder(students, REPORTED / "two-schools")
    child = await the_id(students, "person", "ts-child")
    for leader, school in (("ts-lead-n", "ts-north"), ("ts-lead-v", "ts-voc")):
        caller, school_id = await educator(students, leader), await the_id(students, "org", school)
        assert await listed(students, caller) == [child]
        assert await listed(students, caller, school_id=school_id) == [child]
        assert await call_roll(students, caller, school_id, date(2026, 9, 1)) == 200
    told = (await ask(students, ADMIN, f"/v1/students/{child}")).json()
    assert told["school_name"] == "North High"
    assert [s["current"] for s in told["enrollments"]["schools"]] == [True, True]
    assert await listed(students, await educator(students, "ts-teacher")) == [child]


async def test_a_child_entered_by_hand_is_on_the_rolls_since_its_first_day(
    students: House,
) -> None:
    [row] = await students.rows("select current_date as day")
    today = row["day"]
    await take(students, delta(orgs=[{"sourcedId": "a", "name": "a", "type": "school"}]))
    school = await the_id(students, "org", "a")
    child = {"given_name": "Ana", "family_name": "Sato", "school_id": school}
    async with students.calling(ADMIN) as http:
        late = child | {"enrolled_on": f"{today + timedelta(days=1)}"}
        refused = await http.post("/v1/students", json=late)
        assert refused.json()["code"] == "enrollment-in-future"
        made = await http.post(
            "/v1/students", json=child | {"enrolled_on": f"{today - timedelta(days=9)}"}
        )
        assert made.status_code == 201
    assert await call_roll(students, ADMIN, school, today - timedelta(days=9)) == 200
    assert await call_roll(students, ADMIN, school, today - timedelta(days=10)) == 404
    async with students.calling(ADMIN) as http:
        left = await http.patch(
            f"/v1/students/{made.json()['id']}", json={"status": "left"},
            headers={"If-Match": made.headers["etag"]},
        )  # fmt: skip
        assert left.json()["status"] == "left"
    assert await call_roll(students, ADMIN, school) == 404
