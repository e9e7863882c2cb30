"""The brake on a register that holds exceptions alone: a school is recognized once somebody says so."""

from pathlib import Path
from typing import Any
from uuid import UUID

from shared.imports.routes import carry_out_next
from shared.security.principal import Principal
from tests.houses import House
from tests.promised import promise
from tests.students.participation.test_attendance_at_schools import register
from tests.students.participation.test_school_calendar import (
    BOUNDS,
    FIRST,
    HEADER,
    called,
    close,
    read,
    year_of,
)
from tests.students.people import DISTRICT, a_school, a_student

TWO_LINES = f"{HEADER}s1,2025-08-21,Tardy\ns1,2025-09-15,Unexcused Absence\n".encode()


async def decided(students: House, job: Any, word: str, caller: Principal) -> Any:
    """The job after somebody confirmed or rejected it."""
    async with students.calling(caller) as http:
        answer = await http.post(f"/v1/imports/{job['id']}/{word}")
        assert answer.is_success, answer.text
        while await carry_out_next(students.database, {k.name: k for k in students.imports}):
            pass
        return (await http.get(f"/v1/imports/{job['id']}")).json()


async def recognized(students: House, file: bytes | Path, caller: Principal = DISTRICT) -> Any:
    """The first register of exceptions of a school, confirmed."""
    job = await register(students, file, caller)
    assert job["state"] == "needs_confirmation", job
    return await decided(students, job, "confirmation", caller)


async def two_schools(students: House) -> list[UUID]:
    """A calendar, and two schools: s0 to s7 are at the first, t0 to t2 at the second."""
    schools = [await a_school(students), await a_school(students)]
    for school, letter, number in zip(schools, "st", (8, 3), strict=True):
        for n in range(number):
            await a_student(students, source_id=f"{letter}{n}", school_id=school)
    await close(students, DISTRICT, **BOUNDS)
    return schools


@promise(
    "Imports",
    "An import that would be the first to complete a school's register of exceptions waits for a "
    "confirmation, and says how many days of how many children it would fill in.",
)
async def test_two_absences_of_one_child_complete_nobodys_year_unasked(students: House) -> None:
    school, _ = await two_schools(students)
    before = await students.contents()
    job = await register(students, TWO_LINES, DISTRICT)
    assert job["state"] == "needs_confirmation"
    assert await students.contents() == before

    filled = 8 * (await read(students, DISTRICT))["school_days"] - 2
    [effect] = job["effects"]
    assert (effect["noun"], effect["added"], effect["filled"]) == ("days", filled + 2, filled)
    [part] = effect["parts"]
    assert (part["id"], part["name"]) == (str(school), "North")
    assert (part["of_children"], part["filled"], part["to_confirm"]) == (8, filled, True)

    done = await decided(students, job, "confirmation", DISTRICT)
    assert (done["state"], done["counts"]["filled"]) == ("done", filled)
    [marks] = await students.rows("select count(*) from attendance_mark")
    assert marks["count"] == filled + 2


@promise(
    "Imports",
    "An import that would be the first to complete a school's register of exceptions waits for a "
    "confirmation, and says how many days of how many children it would fill in.",
)
async def test_a_school_that_is_recognized_is_not_asked_again_and_another_is(
    students: House,
) -> None:
    school, other = await two_schools(students)
    await recognized(students, TWO_LINES)
    late = await a_student(students, source_id="s8", school_id=school)
    night = f"{HEADER}s2,2025-10-01,Excused Absence\n".encode()
    job = await register(students, night, DISTRICT)
    days = (await read(students, DISTRICT))["school_days"]
    assert (job["state"], job["counts"]["filled"]) == ("done", days)
    [part] = job["effects"][0]["parts"]
    assert (part["filled"], part["of_children"], part["to_confirm"]) == (days, 1, False)
    assert (await year_of(students, late))["days_attended"] == days

    both = night + b"t0,2025-08-25,Tardy\nt0,2025-10-06,Excused Absence\n"
    job = await register(students, both, DISTRICT)
    assert job["state"] == "needs_confirmation"
    [part] = job["effects"][0]["parts"]
    assert (part["id"], part["filled"]) == (str(other), 3 * days - 2)


async def test_each_school_year_is_asked_for_anew(students: House) -> None:
    await two_schools(students)
    await recognized(students, TWO_LINES)
    bounds = {"first_day": "2024-08-20", "last_day": "2025-06-05", "closed": []}
    async with students.calling(DISTRICT) as http:
        await http.put("/v1/closed-days/2025", json=bounds, headers={"If-Match": '"0"'})
    before = TWO_LINES.replace(b"2025-08-21", b"2024-08-21").replace(b"2025-09-15", b"2024-09-16")
    assert (await recognized(students, before))["state"] == "done"


async def test_a_rejected_register_leaves_its_school_unrecognized(students: House) -> None:
    await two_schools(students)
    job = await register(students, TWO_LINES, DISTRICT)
    assert (await decided(students, job, "rejection", DISTRICT))["state"] == "refused"
    assert await students.rows("select 1 from exceptions_register") == []
    assert await students.rows("select 1 from attendance_mark") == []
    assert (await register(students, TWO_LINES, DISTRICT))["state"] == "needs_confirmation"


async def test_a_confirmed_register_that_would_fill_in_more_by_now_asks_again(
    students: House,
) -> None:
    school, _ = await two_schools(students)
    job = await register(students, TWO_LINES, DISTRICT)
    await a_student(students, source_id="s8", school_id=school)
    again = await decided(students, job, "confirmation", DISTRICT)
    assert again["state"] == "needs_confirmation"
    assert again["effects"][0]["parts"][0]["of_children"] == 9
    assert (await decided(students, again, "confirmation", DISTRICT))["state"] == "done"


@promise("Imports", "A preview says what an import would do, and changes nothing.")
async def test_a_preview_of_a_register_of_exceptions_says_that_it_would_wait(
    students: House,
) -> None:
    await two_schools(students)
    before = await students.contents()
    shown = await students.import_file("attendance", TWO_LINES, DISTRICT, preview=True)
    assert await students.contents() == before
    job = await register(students, TWO_LINES, DISTRICT)
    assert (shown["state"], job["state"]) == ("done", "needs_confirmation")
    assert shown["effects"] == job["effects"] and shown["effects"][0]["to_confirm"]


@promise("Imports", "The job says each deviation of a file that the platform accepts.")
async def test_a_first_night_of_absences_alone_says_that_its_days_do_not_count_yet(
    students: House,
) -> None:
    """The file has no shape of a register of exceptions: nothing yet tells it from a correction."""
    await two_schools(students)
    first = f"{HEADER}t0,2025-08-21,Tardy\ns1,2025-08-21,Excused Absence\ns2,2025-08-21,Tardy\n"
    job = await register(students, first.encode(), DISTRICT)
    assert job["state"] == "done"
    assert [(each["line"], each["code"]) for each in job["remarks"]] == [
        (2, "exceptions-so-far"), (3, "exceptions-so-far")
    ]  # fmt: skip
    [child] = await students.rows("select id from person where source_id = 's1'")
    assert (await year_of(students, child["id"]))["days_enrolled"] == 1

    job = await recognized(students, TWO_LINES.replace(b"08-21,Tardy", b"08-21,Excused Absence"))
    assert [each["code"] for each in job["remarks"]] == ["exceptions-only"]
    days = (await read(students, DISTRICT))["school_days"]
    assert (await year_of(students, child["id"]))["days_enrolled"] == days


async def test_absences_of_a_day_on_which_the_others_have_marks_need_no_remark(
    students: House,
) -> None:
    school, _ = await two_schools(students)
    await called(students, school, FIRST)
    fix = f"{HEADER}s1,{FIRST},Excused Absence\ns2,{FIRST},Excused Absence\n"
    job = await register(students, fix.encode(), DISTRICT)
    assert (job["state"], job["remark_count"]) == ("done", 0)
