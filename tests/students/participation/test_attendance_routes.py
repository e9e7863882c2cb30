"""Daily school attendance over HTTP and by file, on a real database."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import TypeAdapter
from sqlalchemy import literal, select

from services.outcomes.observations.child_measures.rules import share
from services.students.roster.people.records import PersonRoleRow
from services.students.roster.school_calendar.rules import school_year
from shared.contracts.outcomes.quantity import Percent
from shared.contracts.partners.agreement import LegalBasis
from shared.contracts.students.access import Category
from shared.contracts.students.attendance import AttendanceCounted
from shared.persistence.queries import percent_of
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.family import an_agreement
from tests.students.people import (
    DISTRICT,
    DISTRICT_ID,
    PARTNER_ID,
    WORKER,
    a_class,
    a_leader,
    a_program,
    a_school,
    a_student,
    an_educator,
    engage,
)

TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)
YEAR = school_year(TODAY)


async def call(
    students: House, caller: Principal, place: str, day: date, **roll: Any
) -> dict[str, Any]:
    async with students.calling(caller) as http:
        return dict((await http.put(f"/v1/{place}/attendance/{day}", json=roll)).json())


async def totals(students: House, student_id: UUID) -> dict[str, Any]:
    async with students.calling(DISTRICT) as http:
        answer = await http.get("/v1/attendance", params={"student_id": str(student_id)})
    [one] = answer.json()["items"]
    return dict(one)


async def test_a_roll_call_marks_the_named_children_and_all_the_others(students: House) -> None:
    school_id = await a_school(students)
    late, ill, there = [await a_student(students, school_id=school_id) for _ in range(3)]
    marks = [
        {"student_id": str(late), "category": "Tardy"},
        {"student_id": str(ill), "category": "Excused Absence"},
    ]
    said = await call(
        students, DISTRICT, f"schools/{school_id}", YESTERDAY, marks=marks,
        everyone_else="Present",
    )  # fmt: skip

    assert said == {"held_on": YESTERDAY.isoformat(), "marked": 3, "changed": 3,
                    "partial_as_whole": 0}  # fmt: skip
    year = await totals(students, ill)
    assert (year["days_enrolled"], year["days_attended"], year["days_excused"]) == (1, 0, 1)
    assert (year["rate"], year["chronically_absent"]) == (0, False)  # of one day
    assert year["attendance_rate"] == {"value": "0.0", "unit": "percent"}
    assert (await totals(students, late))["days_attended"] == 1
    events = await students.events(AttendanceCounted)
    assert {event["data"]["student_id"] for event in events} == {str(late), str(ill), str(there)}
    of_late = next(e for e in events if e["data"]["student_id"] == str(late))
    assert of_late["aggregate_version"] == 1
    assert of_late["data"] == {
        "student_id": str(late), "school_id": str(school_id), "school_year": school_year(YESTERDAY),
        "days_enrolled": 1, "days_attended": 1, "as_of": YESTERDAY.isoformat(),
        "hundredths_attended": 100,
        "schools": [{"school_id": str(school_id), "days_enrolled": 1, "hundredths_attended": 100,
                     "as_of": YESTERDAY.isoformat()}],
    }  # fmt: skip


async def test_a_repeated_roll_call_changes_nothing_and_the_last_mark_counts(
    students: House,
) -> None:
    school_id = await a_school(students)
    child = await a_student(students, school_id=school_id)
    place = f"schools/{school_id}"
    await call(students, DISTRICT, place, YESTERDAY, everyone_else="Present")
    again = await call(students, DISTRICT, place, YESTERDAY, everyone_else="Present")
    assert again["changed"] == 0
    assert len(await students.events(AttendanceCounted)) == 1

    await call(students, DISTRICT, place, YESTERDAY, everyone_else="Unexcused Absence")
    assert (await totals(students, child))["days_attended"] == 0
    assert [e["aggregate_version"] for e in await students.events(AttendanceCounted)] == [1, 2]


async def test_roll_calls_of_many_days_at_once_are_all_counted(students: House) -> None:
    school_id = await a_school(students)
    child = await a_student(students, school_id=school_id)
    first = date(YEAR - 2, 9, 1)
    days = [first + timedelta(days=n) for n in range(10)]
    await asyncio.gather(
        *(
            call(students, DISTRICT, f"schools/{school_id}", day, everyone_else="Present")
            for day in days
        )
    )
    year = await totals(students, child)
    assert (year["days_enrolled"], year["as_of"]) == (10, days[-1].isoformat())


async def test_a_teacher_calls_the_roll_of_their_own_class_alone(students: House) -> None:
    school_id = await a_school(students)
    mine, other = [await a_student(students, school_id=school_id) for _ in range(2)]
    teacher = await an_educator(students)
    class_id = await a_class(students, school_id, teacher, mine)
    foreign = await a_class(students, school_id, await an_educator(students), other)
    mark = {"student_id": str(mine), "category": "Present"}

    said = await call(students, teacher, f"classes/{class_id}", YESTERDAY, marks=[mark])
    hidden = await call(students, teacher, f"classes/{foreign}", YESTERDAY, marks=[mark])
    absent = await call(students, teacher, f"classes/{uuid4()}", YESTERDAY, marks=[mark])
    stranger = await call(
        students, teacher, f"classes/{class_id}", YESTERDAY,
        marks=[mark, mark | {"student_id": str(other)}],
    )  # fmt: skip
    assert said["changed"] == 1
    assert hidden == absent
    assert (absent["status"], absent["code"]) == (404, "class-unknown")
    assert stranger["code"] == "roll-does-not-fit"
    assert stranger["errors"][0]["field"] == "body.marks.1.student_id"
    async with students.calling(teacher) as http:
        seen = (await http.get("/v1/attendance")).json()["items"]
        days = (await http.get(f"/v1/students/{mine}/attendance/days")).json()["items"]
    assert [item["student_id"] for item in seen] == [str(mine)]
    assert [item["category"] for item in days] == ["Present"]


async def test_a_principal_calls_the_roll_of_their_own_school(students: House) -> None:
    school_id, elsewhere = await a_school(students), await a_school(students)
    await a_student(students, school_id=school_id)
    await a_student(students, school_id=elsewhere)
    leader = await a_leader(students, school_id)
    own = await call(students, leader, f"schools/{school_id}", YESTERDAY, everyone_else="Present")
    other = await call(students, leader, f"schools/{elsewhere}", YESTERDAY, everyone_else="Tardy")
    assert own["marked"] == 1
    assert other["code"] == "school-unknown"


async def test_a_partner_calls_no_roll_of_a_school_and_sees_no_attendance(
    students: House,
) -> None:
    school_id = await a_school(students)
    child = await a_student(students, school_id=school_id)
    await call(students, DISTRICT, f"schools/{school_id}", YESTERDAY, everyone_else="Present")
    answer = await call(students, WORKER, f"schools/{school_id}", YESTERDAY, everyone_else="Tardy")
    async with students.calling(WORKER) as http:
        seen = (await http.get("/v1/attendance", params={"student_id": str(child)})).json()
        hidden = await http.get(f"/v1/students/{child}/attendance/days")
        await engage(students, child, await a_program(students))
        withheld = await http.get(f"/v1/students/{child}/attendance/days")
    assert answer["code"] == "permission-missing"
    assert seen["items"] == []
    assert (hidden.status_code, hidden.json()["code"]) == (404, "student-unknown")
    assert (withheld.status_code, withheld.json()["code"]) == (403, "category-withheld")


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ((TODAY + timedelta(days=1)).isoformat(), "date-in-future"),
        ("1989-12-31", "date-too-old"),
        ("2026-02-30", "parameter-malformed"),
    ],
)
async def test_an_impossible_day_is_refused(students: House, day: str, code: str) -> None:
    school_id = await a_school(students)
    await a_student(students, school_id=school_id)
    async with students.calling(DISTRICT) as http:
        answer = await http.put(
            f"/v1/schools/{school_id}/attendance/{day}", json={"everyone_else": "Present"}
        )
    assert answer.json()["code"] == code


HEADER = "studentSourcedId,date,category\n"


async def test_a_register_is_imported_whole_and_counts_each_school_year_once(
    students: House,
) -> None:
    ids = {name: await a_student(students, source_id=name) for name in ("s1", "s2")}
    days = [date(YEAR - 2, 5, 1) + timedelta(days=n) for n in range(100)]  # over the summer
    lines = [
        f"{name},{day},{'Present' if n % 5 or name == 's2' else 'Unexcused Absence'}\n"
        for name in ids
        for n, day in enumerate(days)
    ]
    file = (HEADER + "".join(lines)).encode()
    job = await students.import_file("attendance", file, DISTRICT)
    again = await students.import_file("attendance", file, DISTRICT)

    assert job["state"] == "done", job
    assert job["counts"] == {"days": 200, "students": 2, "changed": 200}
    assert again["counts"]["changed"] == 0
    events = [e["data"] for e in await students.events(AttendanceCounted)]
    counted = {(e["student_id"], e["school_year"]): e for e in events}
    assert len(events) == len(counted) == 4
    before, after = counted[str(ids["s1"]), YEAR - 2], counted[str(ids["s1"]), YEAR - 1]
    assert (before["days_enrolled"], before["days_attended"]) == (61, 48)
    assert (after["days_enrolled"], after["days_attended"]) == (39, 32)
    assert before["as_of"] == f"{YEAR - 2}-06-30"


@pytest.mark.parametrize(
    ("lines", "line", "field", "code"),
    [
        ("s1,2024-09-02,Present\ns9,2024-09-02,Present\n", 3, "studentSourcedId",
         "dangling-reference"),
        ("s1,2024-09-02,Present\ns1,2024-09-02,Tardy\n", 3, None, "row-double"),
        ("s1,2024-09-31,Present\n", 2, "date", "date"),
    ],
)  # fmt: skip
async def test_one_bad_line_refuses_the_whole_register(
    students: House, lines: str, line: int, field: str | None, code: str
) -> None:
    await a_student(students, source_id="s1")
    job = await students.import_file("attendance", (HEADER + lines).encode(), DISTRICT)
    [problem] = job["problems"]
    assert job["state"] == "refused"
    found = (problem["file"], problem["line"], problem["field"], problem["code"])
    assert found == ("attendance.csv", line, field, code)
    assert await students.rows("select 1 from attendance_mark") == []
    assert await students.events(AttendanceCounted) == []


async def test_a_register_finds_the_children_of_its_own_district_alone(students: House) -> None:
    await a_student(students, source_id="s1")
    other = principal(Role.DISTRICT_ADMIN, partner_id=uuid4())
    file = (HEADER + "s1,2024-09-02,Present\n").encode()
    job = await students.import_file("attendance", file, other)
    assert [problem["code"] for problem in job["problems"]] == ["dangling-reference"]
    nowhere = await students.import_file("attendance", file, principal(Role.OPERATOR))
    assert [problem["code"] for problem in nowhere["problems"]] == ["no-district"]


@promise(
    "Access and privacy",
    "The school and the district mark school attendance; permission to read it is not enough.",
)
async def test_a_partner_that_may_read_school_attendance_calls_no_roll(students: House) -> None:
    school_id = await a_school(students)
    teacher = await an_educator(students)
    child = await a_student(students, school_id=school_id)
    class_id = await a_class(students, school_id, teacher, child)
    await an_agreement(students, Category.ATTENDANCE, basis=LegalBasis.SCHOOL_OFFICIAL)
    administrator = principal(Role.PARTNER_ADMIN, partner_id=PARTNER_ID)
    for caller in (WORKER, administrator):
        for place in (f"schools/{school_id}", f"classes/{class_id}"):
            problem = await call(
                students, caller, place, YESTERDAY, marks=[], everyone_else="Unexcused Absence"
            )
            assert problem["code"] == "permission-missing"
    assert await students.rows("select * from attendance_mark") == []


async def test_a_teacher_reads_the_roll_of_the_own_class_with_the_marks_that_are_there(
    students: House,
) -> None:
    school_id = await a_school(students)
    there, unmarked, other = [await a_student(students, school_id=school_id) for _ in range(3)]
    teacher = await an_educator(students)
    class_id = await a_class(students, school_id, teacher, there, unmarked)
    foreign = await a_class(students, school_id, await an_educator(students), other)
    marks = [{"student_id": str(there), "category": "Partial", "attended": 0.5}]
    said = await call(students, teacher, f"classes/{class_id}", YESTERDAY, marks=marks)
    assert (said["changed"], said["partial_as_whole"]) == (1, 0)

    async with students.calling(teacher) as http:
        roll = (await http.get(f"/v1/classes/{class_id}/attendance/{YESTERDAY}")).json()
        hidden = await http.get(f"/v1/classes/{foreign}/attendance/{YESTERDAY}")
    assert (roll["class_id"], roll["school_id"]) == (str(class_id), str(school_id))
    assert {each["student_id"]: (each["category"], each["attended"]) for each in roll["students"]} == {
        str(there): ("Partial", 0.5), str(unmarked): (None, None),
    }  # fmt: skip
    assert (hidden.status_code, hidden.json()["code"]) == (404, "class-unknown")
    logged = await students.rows(
        "select student_id, categories from disclosure where outcome = 'released'"
    )
    assert {row["student_id"] for row in logged} == {there, unmarked}
    assert {tuple(row["categories"]) for row in logged} == {("identity", "attendance")}


@promise("Figures", "A mark that should not be there can be taken back, and no longer counts.")
async def test_a_mark_is_taken_back_and_no_longer_counts(students: House) -> None:
    school_id, elsewhere = await a_school(students), await a_school(students)
    child = await a_student(students, school_id=school_id)
    leader, stranger = await a_leader(students, school_id), await a_leader(students, elsewhere)
    for day in (YESTERDAY, YESTERDAY - timedelta(days=1)):
        await call(students, DISTRICT, f"schools/{school_id}", day, everyone_else="Tardy")
    address = f"/v1/students/{child}/attendance/days/{YESTERDAY}"
    async with students.calling(stranger) as http:
        assert (await http.delete(address)).json()["code"] == "student-unknown"
    async with students.calling(WORKER) as http:
        assert (await http.delete(address)).json()["code"] == "permission-missing"
    async with students.calling(leader) as http:
        wrong = await http.delete(address, params={"school_id": str(elsewhere)})
        gone = await http.delete(address)
        again = await http.delete(address)
    assert (wrong.status_code, wrong.json()["code"]) == (404, "mark-unknown")
    assert (gone.status_code, again.status_code) == (204, 404)
    year = await totals(students, child)
    assert (year["days_enrolled"], year["days_tardy"]) == (1, 1)
    assert year["as_of"] == (YESTERDAY - timedelta(days=1)).isoformat()
    last = (await students.events(AttendanceCounted))[-1]["data"]
    assert (last["days_enrolled"], last["schools"][0]["days_enrolled"]) == (1, 1)


@promise("Figures", "Each school of a child at two schools keeps its own mark of a day.")
async def test_people_of_one_school_change_no_mark_of_a_child_at_another(
    students: House,
) -> None:
    own, other = await a_school(students), await a_school(students)
    child = await a_student(students, school_id=own)
    at_both = PersonRoleRow(source=DISTRICT_ID, person_id=child, org_id=other, role="student")
    async with students.database.transaction() as session:
        session.add(at_both)
    teacher, leader = await an_educator(students), await a_leader(students, own)
    ours = await a_class(students, own, teacher, child)
    theirs = await a_class(students, other, await an_educator(students), child)
    address = f"/v1/students/{child}/attendance/days/{YESTERDAY}"
    await call(students, DISTRICT, f"schools/{other}", YESTERDAY, everyone_else="Present")
    for caller in (teacher, leader):
        said = [
            await call(students, caller, place, YESTERDAY, everyone_else="Unexcused Absence")
            for place in (f"schools/{other}", f"classes/{theirs}")
        ]
        assert [each["code"] for each in said] == ["school-unknown", "class-unknown"]
        async with students.calling(caller) as http:
            refused = await http.delete(address)
        assert (refused.status_code, refused.json()["code"]) == (403, "mark-not-own")
        for place in (f"schools/{own}", f"classes/{ours}"):
            said = [await call(students, caller, place, YESTERDAY, everyone_else="Tardy")]
            assert [each["marked"] for each in said] == [1]
        async with students.calling(caller) as http:
            assert (await http.delete(address)).json()["code"] == "school-ambiguous"
            gone = await http.delete(address, params={"school_id": str(own)})
        assert gone.status_code == 204
    assert (await totals(students, child))["days_attended"] == 1


async def test_the_last_mark_of_a_year_that_is_taken_back_leaves_a_year_without_days(
    students: House,
) -> None:
    school_id = await a_school(students)
    child = await a_student(students, school_id=school_id)
    await call(students, DISTRICT, f"schools/{school_id}", YESTERDAY, everyone_else="Tardy")
    async with students.calling(DISTRICT) as http:
        await http.delete(f"/v1/students/{child}/attendance/days/{YESTERDAY}")
    year = await totals(students, child)
    assert (year["days_enrolled"], year["rate"], year["schools"]) == (0, None, [])


@pytest.mark.parametrize(
    ("category", "attended", "code"),
    [
        ("Excused Absence", 1, "part-unfit"),
        ("Present", 0, "part-unfit"),
        ("Partial", 1.5, "body-malformed"),
    ],
)
async def test_a_part_of_a_day_that_does_not_fit_is_refused(
    students: House, category: str, attended: float, code: str
) -> None:
    school_id = await a_school(students)
    child = await a_student(students, school_id=school_id)
    marks = [{"student_id": str(child), "category": category, "attended": attended}]
    said = await call(students, DISTRICT, f"schools/{school_id}", YESTERDAY, marks=marks)
    assert said["code"] == code
    assert await students.rows("select * from attendance_mark") == []


async def test_partial_days_without_a_number_count_as_whole_days_and_the_answer_says_so(
    students: House,
) -> None:
    school_id = await a_school(students)
    child = await a_student(students, school_id=school_id)
    said = await call(
        students, DISTRICT, f"schools/{school_id}", YESTERDAY, everyone_else="Partial"
    )
    assert said["partial_as_whole"] == 1
    assert (await totals(students, child))["rate"] == 1


async def test_a_partial_day_that_is_sent_again_without_a_number_keeps_the_one_it_has(
    students: House,
) -> None:
    school_id = await a_school(students)
    child = await a_student(students, school_id=school_id)
    mark = {"student_id": str(child), "category": "Partial"}
    place = f"schools/{school_id}"
    await call(students, DISTRICT, place, YESTERDAY, marks=[mark | {"attended": 0.25}])
    said = await call(students, DISTRICT, place, YESTERDAY, marks=[mark])
    assert (said["changed"], said["partial_as_whole"]) == (0, 0)
    assert (await totals(students, child))["attended"] == 0.25


@pytest.mark.parametrize(
    ("part", "whole"), [(0, 7), (1, 3), (2, 3), (1, 16), (1999, 2000), (7, 7), (9, 7), (5, 0)]
)
async def test_a_rate_is_written_as_the_measures_of_outcomes_write_it(
    students: House, part: int, whole: int
) -> None:
    asked = select(percent_of(literal(part), literal(whole)).label("rate"))
    async with students.database.reading() as connection:
        written = (await connection.execute(asked)).scalar_one()
    counted = share(part, whole)
    assert written == (counted and TypeAdapter(Percent).dump_python(counted, mode="json"))
