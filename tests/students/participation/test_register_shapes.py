"""Registers of another shape: parts of days, and exceptions alone."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from services.students.roster.people.records import PersonRoleRow, PersonRow
from tests.houses import House
from tests.needs import DATA
from tests.promised import promise
from tests.students.exchange.test_dated_rosters import ADMIN, take_folder, the_id
from tests.students.exchange.test_register_brake import TWO_LINES, decided, recognized
from tests.students.participation.test_attendance_at_schools import register
from tests.students.participation.test_school_calendar import (
    BOUNDS,
    FIRST,
    HEADER,
    LAST,
    MONDAY,
    called,
    close,
    read,
    year_of,
)
from tests.students.people import DISTRICT, DISTRICT_ID, a_school, a_student

SHAPES = DATA / "reported" / "register-shapes"


@pytest.mark.needs("data")
@promise(
    "Figures",
    "A register that holds exceptions alone is completed by the calendar, or refused with that reason.",
)
async def test_a_register_of_exceptions_without_a_calendar_is_refused_with_that_reason(
    students: House,
) -> None:
    await take_folder(students, SHAPES / "roster")
    job = await register(students, SHAPES / "exceptions-only.csv")
    assert job["state"] == "refused"
    [problem] = job["problems"]
    assert (problem["line"], problem["code"]) == (2, "attendance-missing")
    assert await students.rows("select 1 from attendance_mark") == []


@pytest.mark.needs("data")
@promise(
    "Figures",
    "A register that holds exceptions alone is completed by the calendar, or refused with that reason.",
)
@pytest.mark.parametrize("exceptions_first", [True, False])
async def test_a_register_of_exceptions_is_completed_by_the_calendar(
    students: House, exceptions_first: bool
) -> None:
    await take_folder(students, SHAPES / "roster")
    await close(students, ADMIN, date(2025, 11, 28), **BOUNDS)
    days = (await read(students, ADMIN))["school_days"]
    files = ["exceptions-only.csv", "half-days.csv"]
    jobs = {}
    for file in files if exceptions_first else files[::-1]:
        # Half days are told on two days that the calendar of this test has closed.
        content = (SHAPES / file).read_text().replace("rs-half,2025-11-28,In Attendance\n", "")
        take = register if file == "half-days.csv" else recognized
        jobs[file] = await take(students, content.encode(), ADMIN)
        assert jobs[file]["state"] == "done", jobs[file]["problems"]
    assert [r["code"] for r in jobs[files[0]]["remarks"]] == ["exceptions-only"]
    year = await year_of(students, await the_id(students, "person", "rs-exc"), ADMIN)
    assert (year["days_enrolled"], year["days_attended"]) == (days, days - 2)
    assert (year["days_excused"], year["days_tardy"], year["chronically_absent"]) == (1, 1, False)
    hanna = await year_of(students, await the_id(students, "person", "rs-half"), ADMIN)
    assert hanna["days_enrolled"] == days

    again = await register(students, SHAPES / "exceptions-only.csv")
    assert (again["counts"]["changed"], again["counts"].get("filled")) == (0, None)


async def test_a_new_day_of_a_register_of_exceptions_is_completed_for_the_whole_school(
    students: House,
) -> None:
    """The year is over, so that the first file completes its whole; a later line corrects a day."""
    school = await a_school(students)
    children = [await a_student(students, source_id=f"s{n}", school_id=school) for n in range(5)]
    await close(students, DISTRICT, **BOUNDS)
    first = f"{HEADER}s0,2025-08-21,Tardy\ns0,2025-09-15,Unexcused Absence\n"
    await recognized(students, first.encode())
    night = f"{HEADER}s1,2025-09-16,Excused Absence\n"
    job = await register(students, night.encode(), DISTRICT)
    assert job["counts"] == {"days": 1, "students": 1, "changed": 1}
    years = [await year_of(students, child) for child in children]
    days = (await read(students, DISTRICT))["school_days"]
    assert {year["days_enrolled"] for year in years} == {days}
    assert [year["days_attended"] for year in years] == [days - 1, days - 1, days, days, days]


async def test_corrections_of_a_full_register_complete_nothing(students: House) -> None:
    school = await a_school(students)
    for name in ("s1", "s2"):
        await a_student(students, source_id=name, school_id=school)
    await close(students, DISTRICT, **BOUNDS)
    days = [MONDAY + timedelta(days=n) for n in (0, 1, 2, 3, 4)]
    full = HEADER + "".join(f"{s},{day},Present\n" for s in ("s1", "s2") for day in days)
    await register(students, full.encode(), DISTRICT)
    fix = f"{HEADER}s1,{days[0]},Excused Absence\ns1,{days[3]},Excused Absence\n"
    job = await register(students, fix.encode(), DISTRICT)
    assert job["counts"] == {"days": 2, "students": 1, "changed": 2}


async def test_a_new_child_that_is_absent_before_and_after_a_holiday_makes_no_register_of_exceptions(
    students: House,
) -> None:
    school = await a_school(students)
    for name in ("s1", "s2", "new"):
        await a_student(students, source_id=name, school_id=school)
    for day in ("2025-12-19", "2026-01-05"):
        there = f"s1,{day},Present\ns2,{day},Present\n"
        file = f"{HEADER}{there}new,{day},Unexcused Absence\n"
        job = await register(students, file.encode(), DISTRICT)
        assert (job["state"], job["counts"]["days"]) == ("done", 3), job["problems"]


async def test_a_roll_that_is_called_while_a_register_is_completed_keeps_its_marks(
    students: House,
) -> None:
    school = await a_school(students)
    _, child = [await a_student(students, source_id=s, school_id=school) for s in ("s1", "s2")]
    await close(students, DISTRICT, **BOUNDS)
    await called(students, school, FIRST)
    waiting = await register(students, TWO_LINES, DISTRICT)
    async with students.database.transaction() as session:
        await session.execute(text("select id from attendance_total for update"))
        importing = asyncio.create_task(decided(students, waiting, "confirmation", DISTRICT))
        while not await students.rows(
            "select 1 from pg_stat_activity where wait_event_type = 'Lock'"
            " and datname = current_database()"
        ):
            await asyncio.sleep(0.05)
        mark = {"child": child, "day": MONDAY, "school": school}
        await session.execute(
            text("insert into attendance_mark (student_id, held_on, school_id, category)"
                 " values (:child, :day, :school, 'Unexcused Absence')"), mark,
        )  # fmt: skip
    job = await importing
    assert job["state"] == "done", job["problems"]
    year = await year_of(students, child)
    assert year["days_enrolled"] - year["days_attended"] == 1


async def test_a_person_of_whom_no_record_was_made_is_not_completed(students: House) -> None:
    """A user whose role had ended before the first roster came is no child of the platform."""
    school = await a_school(students)
    child = await a_student(students, source_id="s1", school_id=school)
    await close(students, DISTRICT, **BOUNDS)
    gone = PersonRow(
        source=DISTRICT_ID, source_id="s2", given_name="Ana", family_name="Sato",
        search_name="sato ana",
    )  # fmt: skip
    async with students.database.transaction() as session:
        session.add(gone)
        await session.flush()
        session.add(
            PersonRoleRow(
                source=DISTRICT_ID, person_id=gone.id, org_id=school, role="student",
                status="ended", begins_on=FIRST, ends_on=LAST,
            )
        )  # fmt: skip
    job = await recognized(students, TWO_LINES)
    assert job["state"] == "done", job["problems"]
    assert (await year_of(students, child))["days_enrolled"] == (
        await read(students, DISTRICT)
    )["school_days"]  # fmt: skip


async def test_a_child_is_completed_only_for_the_days_on_which_the_roster_has_it_at_the_school(
    students: House,
) -> None:
    school = await a_school(students)
    early, late = [await a_student(students, source_id=s, school_id=school) for s in ("s1", "s2")]
    await students.rows(
        "update person_role set begins_on = '2026-05-25' where person_id = :id returning id",
        id=late,
    )
    await close(students, DISTRICT, **BOUNDS)
    await recognized(students, TWO_LINES)
    days = (await read(students, DISTRICT))["school_days"]
    assert (await year_of(students, early))["days_enrolled"] == days
    assert (await year_of(students, late))["days_enrolled"] == 10


@pytest.mark.needs("data")
async def test_a_register_of_absences_alone_is_taken_where_every_day_has_its_line(
    students: House,
) -> None:
    move = DATA / "reported" / "attendance-after-transfer"
    await take_folder(students, move / "1-roster-at-maple")
    assert (await register(students, move / "2-register-at-maple.csv"))["state"] == "done"


@pytest.mark.needs("data")
@promise("Figures", "A part of a day counts as that part, where it is known.")
async def test_partial_days_count_as_the_part_that_was_attended(students: House) -> None:
    await take_folder(students, SHAPES / "roster")
    whole = await register(students, SHAPES / "half-days.csv")
    hanna = await the_id(students, "person", "rs-half")
    assert {remark["code"] for remark in whole["remarks"]} == {"partial-whole"}
    assert whole["remark_count"] == 20
    assert (await year_of(students, hanna, ADMIN))["attended"] == 100

    lines = (SHAPES / "half-days.csv").read_text().splitlines()
    told = [f"{lines[0]},attended"] + [
        f"{line},{'0.5' if 'Partial' in line else ''}" for line in lines[1:]
    ]
    job = await register(students, "\n".join(told).encode())
    assert (job["state"], job["remark_count"], job["counts"]["changed"]) == ("done", 0, 20)
    year = await year_of(students, hanna, ADMIN)
    assert (year["days_enrolled"], year["days_attended"], year["rate"]) == (100, 90, 0.9)
    assert year["chronically_absent"] is True
    # The same line without the part keeps it.
    again = await register(students, SHAPES / "half-days.csv")
    assert (again["counts"]["changed"], again["remark_count"]) == (0, 0)
