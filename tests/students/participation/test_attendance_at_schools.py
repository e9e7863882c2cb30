"""A day belongs to the school at which it was spent: marks, totals, registers and figures by school."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.students.participation.attendance.actions import recount
from shared.contracts.outcomes.measure import MeasureChanged, MeasureKind
from shared.contracts.students.attendance import AttendanceCounted
from shared.security.principal import Principal
from tests.houses import House
from tests.needs import DATA
from tests.outcomes.builders import TEACHER, define, definition
from tests.promised import promise
from tests.students.exchange.test_dated_rosters import (
    ADMIN,
    educator,
    role,
    take,
    take_folder,
    the_id,
    user,
)
from tests.students.packages import delta
from tests.students.people import DISTRICT, a_school, a_student

MOVE = DATA / "reported" / "attendance-after-transfer"
HEADER = "studentSourcedId,date,category\n"
DAY = date(2025, 9, 2)


async def register(students: House, file: bytes | Path, caller: Principal = ADMIN) -> Any:
    content = file if isinstance(file, bytes) else file.read_bytes()
    return await students.import_file("attendance", content, caller)


async def at_schools(
    students: House, student_id: str | UUID
) -> dict[UUID | None, tuple[int, int]]:
    """The child's days and those attended, by school."""
    async with students.calling(ADMIN) as http:
        found = await http.get("/v1/attendance", params={"student_id": str(student_id)})
    [year] = found.json()["items"]
    return {
        UUID(each["school_id"]) if each["school_id"] else None:
        (each["days_enrolled"], each["hundredths_attended"] // 100)
        for each in year["schools"]
    }  # fmt: skip


async def hear_all(students: House, outcomes: House) -> None:
    events = await students.events(AttendanceCounted)
    await outcomes.hear(*(AttendanceCounted(**event["data"]) for event in events))


def lines(child: str, first: date, days: int, category: str, *more: str) -> str:
    dates = (first + timedelta(days=n) for n in range(days))
    return "".join(",".join((child, f"{day}", category, *more)) + "\n" for day in dates)


@pytest.mark.needs("data")
@promise(
    "Figures",
    "A day of attendance counts for the school at which it was spent, and a child's year for the "
    "child wherever it was.",
)
async def test_a_school_answers_for_the_days_on_which_the_child_was_there(
    students: House, outcomes: House
) -> None:
    await take_folder(students, MOVE / "1-roster-at-maple")
    assert (await register(students, MOVE / "2-register-at-maple.csv"))["state"] == "done"
    await take_folder(students, MOVE / "3-roster-at-birch")
    assert (await register(students, MOVE / "4-register-at-birch.csv"))["state"] == "done"

    maple, birch = [UUID(await the_id(students, "org", f"at-{x}")) for x in ("maple", "birch")]
    child = await the_id(students, "person", "at-07")
    async with students.calling(ADMIN) as http:
        found = await http.get("/v1/attendance", params={"student_id": child})
    [year] = found.json()["items"]
    assert (year["days_enrolled"], year["days_attended"]) == (178, 96)
    assert (round(year["rate"], 3), year["chronically_absent"]) == (0.539, True)
    assert await at_schools(students, child) == {maple: (82, 0), birch: (96, 96)}

    await hear_all(students, outcomes)
    sums = await outcomes.rows("""
        select place, students, judged, chronically_absent, days_enrolled::int as enrolled,
          hundredths_attended::int / 100 as attended from attendance_sum where students > 0""")
    assert {s["place"]: tuple(s.values())[1:] for s in sums} == {
        "all": (12, 12, 12, 12 * 178, 12 * 96), str(maple): (12, 12, 12, 984, 0),
        str(birch): (12, 12, 0, 1152, 1152),
    }  # fmt: skip
    made = await define(
        outcomes, key="attendance_rate", derivation="attendance_rate", definition=definition()
    )
    async with outcomes.calling(TEACHER) as http:
        told = await http.get("/v1/observations", params={"indicator_id": made["id"]})
    cells = {t["place"]["key"]: t["groups"][0]["cell"] for t in told.json()["items"]}
    assert cells["all"]["value"]["value"] == "53.9"
    assert (cells[str(maple)]["bound"], cells[str(birch)]["bound"]) == ("<5 %", ">95 %")


@pytest.mark.needs("data")
async def test_days_before_a_move_that_nobody_dates_have_no_school(students: House) -> None:
    await take_folder(students, MOVE / "1-roster-at-maple")
    await take_folder(students, MOVE / "3-roster-at-birch")
    job = await register(students, MOVE / "late-whole-year-one-child.csv")
    assert job["state"] == "done", job
    child = await the_id(students, "person", "at-01")
    assert await at_schools(students, child) == {None: (178, 126)}


@pytest.mark.needs("data")
async def test_a_register_may_name_the_school_of_each_day(students: House) -> None:
    await take_folder(students, MOVE / "1-roster-at-maple")
    await take_folder(students, MOVE / "3-roster-at-birch")
    told = (MOVE / "late-whole-year-one-child.csv").read_text().splitlines()
    named = [f"{told[0]},schoolSourcedId"] + [
        f"{line},{'at-maple' if line.split(',')[1] < '2025-12-12' else 'at-birch'}"
        for line in told[1:]
    ]
    job = await register(students, "\n".join(named).encode())
    assert job["state"] == "done", job
    maple, birch = [UUID(await the_id(students, "org", f"at-{x}")) for x in ("maple", "birch")]
    child = await the_id(students, "person", "at-01")
    assert await at_schools(students, child) == {maple: (82, 37), birch: (96, 89)}


async def test_the_dates_of_the_roster_say_at_which_school_a_day_was_spent(
    students: House,
) -> None:
    roster = delta(
        orgs=[{"sourcedId": s, "name": s, "type": "school"} for s in ("a", "b")],
        users=[user("child", grades="05")],
        roles=[
            role("r1", "child", "student", "a", beginDate="2025-08-20", endDate="2025-10-09"),
            role("r2", "child", "student", "b", beginDate="2025-10-12"),
        ],
    )
    await take(students, roster)
    days = ("2025-08-19", "2025-10-09", "2025-10-10", "2025-10-12")
    file = HEADER + "".join(f"child,{day},Present\n" for day in days)
    assert (await register(students, file.encode()))["state"] == "done"
    a, b = [UUID(await the_id(students, "org", s)) for s in "ab"]
    child = await the_id(students, "person", "child")
    assert await at_schools(students, child) == {a: (1, 1), b: (1, 1), None: (2, 2)}


async def test_a_correction_keeps_the_school_of_the_day(students: House) -> None:
    first, second = await a_school(students), await a_school(students)
    child = await a_student(students, source_id="s1", school_id=first)
    file = (HEADER + lines("s1", DAY, 3, "Present")).encode()
    await register(students, file, DISTRICT)
    await students.rows("update person_role set org_id = :school returning id", school=second)
    corrected = file.replace(b"Present", b"Unexcused Absence")
    assert (await register(students, corrected, DISTRICT))["counts"]["changed"] == 3
    assert await schools_of(students, child) == [first] * 3


async def schools_of(students: House, child: UUID) -> list[Any]:
    async with students.calling(DISTRICT) as http:
        days = (await http.get(f"/v1/students/{child}/attendance/days")).json()["items"]
    return [each["school_id"] and UUID(each["school_id"]) for each in days]


@pytest.mark.needs("data")
@promise("Figures", "Each school of a child at two schools keeps its own mark of a day.")
async def test_each_school_of_a_child_keeps_its_own_mark_of_a_day(students: House) -> None:
    await take_folder(students, DATA / "reported" / "two-schools")
    child = await the_id(students, "person", "ts-child")
    schools = [await the_id(students, "org", f"ts-{x}") for x in ("north", "voc")]
    day = date(2026, 9, 1)
    for leader, school, category in zip(
        ("ts-lead-n", "ts-lead-v"), schools, ("Present", "Unexcused Absence"), strict=True
    ):
        async with students.calling(await educator(students, leader)) as http:
            answer = await http.put(
                f"/v1/schools/{school}/attendance/{day}", json={"everyone_else": category}
            )
        assert answer.status_code == 200, answer.text
    north, voc = map(UUID, schools)
    assert await at_schools(students, child) == {north: (1, 1), voc: (1, 0)}
    async with students.calling(ADMIN) as http:
        [year] = (await http.get("/v1/attendance")).json()["items"]
    assert (year["days_enrolled"], year["rate"]) == (1, 0.5)

    job = await register(students, f"{HEADER}ts-child,{day},Tardy\n".encode())
    assert [p["code"] for p in job["problems"]] == ["school-ambiguous"]
    named = f"{HEADER.strip()},schoolSourcedId\nts-child,{day},Tardy,ts-voc\n"
    assert (await register(students, named.encode()))["counts"]["changed"] == 1
    assert await at_schools(students, child) == {north: (1, 1), voc: (1, 1)}


async def test_a_mark_of_a_school_takes_the_place_of_one_without_a_school(
    students: House,
) -> None:
    school = await a_school(students)
    child = await a_student(students, source_id="s1")
    await register(students, (HEADER + lines("s1", DAY, 1, "Present")).encode(), DISTRICT)
    assert await schools_of(students, child) == [None]
    roles = "insert into person_role (id, source, person_id, org_id, role, is_primary, status)"
    await students.rows(
        f"{roles} select gen_random_uuid(), source, id, :school, 'student', true, 'active'"
        " from person returning id", school=school,
    )  # fmt: skip
    await register(students, (HEADER + lines("s1", DAY, 1, "Tardy")).encode(), DISTRICT)
    assert await schools_of(students, child) == [school]


@pytest.mark.parametrize(("line", "field"), [("s1,2025-09-02,Present,nowhere", "schoolSourcedId")])
async def test_a_register_that_names_an_unknown_school_is_refused(
    students: House, line: str, field: str
) -> None:
    await a_student(students, source_id="s1")
    file = f"{HEADER.strip()},schoolSourcedId\n{line}\n"
    [problem] = (await register(students, file.encode(), DISTRICT))["problems"]
    assert (problem["field"], problem["code"]) == (field, "dangling-reference")


async def test_the_release_before_may_run_beside_this_one_and_nothing_is_lost(
    students: House,
) -> None:
    """Its statements, as it sends them: it knows one mark a child and day."""
    a, b = await a_school(students), await a_school(students)
    child = await a_student(students, school_id=a, source_id="s1")
    before = """
        insert into attendance_day as d (student_id, held_on, category, school_id)
        values (:child, :day, :category, :school)
        on conflict (student_id, held_on) do update
          set category = excluded.category, school_id = excluded.school_id
          where d.category <> excluded.category returning student_id
    """
    await students.rows(before, child=child, day=DAY, category="Present", school=a)
    await students.rows(before, child=child, day=DAY, category="Unexcused Absence", school=b)
    await students.rows(
        "insert into attendance_total (id, version, created_at, updated_at, student_id,"
        " school_year, school_id, days_enrolled, days_attended, days_excused, days_tardy, as_of)"
        " values (:id, 1, now(), now(), :child, 2026, :b, 1, 0, 0, 0, :day) returning id",
        id=uuid4(), child=child, b=b, day=DAY,
    )  # fmt: skip
    assert await recount(students.database) == 1
    assert await recount(students.database) == 0
    assert await at_schools_of(students, child) == {a: (1, 1), b: (1, 0)}
    [event] = await students.events(AttendanceCounted)
    assert len(event["data"]["schools"]) == 2

    file = (HEADER + lines("s1", DAY + timedelta(days=1), 2, "Tardy")).encode()
    await register(students, file, DISTRICT)
    seen = await students.rows(
        "select held_on, category, school_id from attendance_day order by 1"
    )
    assert [(row["category"], row["school_id"]) for row in seen] == [
        ("Unexcused Absence", b), ("Tardy", a), ("Tardy", a)
    ]  # fmt: skip
    await students.rows("delete from attendance_day returning student_id")
    assert await students.rows("select 1 from attendance_mark") == []


async def test_a_year_of_which_outcomes_lacks_the_schools_is_announced_again(
    students: House,
) -> None:
    school = await a_school(students)
    child = await a_student(students, source_id="s1", school_id=school)
    await register(students, (HEADER + lines("s1", DAY, 2, "Present")).encode(), DISTRICT)
    asked = MeasureChanged(
        student_id=child, measure=MeasureKind.ATTENDANCE_RATE, school_year=2026, numerator=2,
        denominator=2, holds=None, divided=False,
    )  # fmt: skip
    await students.hear(asked, asked.model_copy(update={"divided": True}))
    assert await recount(students.database) == 1
    first, again = await students.events(AttendanceCounted)
    assert (again["aggregate_version"], again["data"]) == (2, first["data"])


async def at_schools_of(students: House, child: UUID) -> dict[UUID | None, tuple[int, int]]:
    [row] = await students.rows(
        "select schools from attendance_total where student_id = :id", id=child
    )
    return {
        UUID(each["school_id"]): (each["days_enrolled"], each["hundredths_attended"] // 100)
        for each in row["schools"]
    }
