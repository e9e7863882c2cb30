"""One calendar says which days are school days: for rolls, registers and totals."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from services.students.participation.attendance.actions import recount
from services.students.roster.school_calendar import rules
from services.students.roster.school_calendar.rules import Calendar
from services.students.roster.schools.records import OrgRow
from shared.contracts.partners.partner import PartnerKind, PartnerRegistered, PartnerStatus
from shared.contracts.students.attendance import AttendanceCounted
from shared.contracts.students.calendar import CalendarChanged
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.exchange.test_dated_rosters import ADMIN, role, take, the_id, user
from tests.students.packages import delta
from tests.students.participation.test_attendance_at_schools import register
from tests.students.people import (
    DISTRICT,
    DISTRICT_ID,
    WORKER,
    a_leader,
    a_school,
    a_student,
    an_educator,
)

HEADER = "studentSourcedId,date,category\n"
FIRST, LAST = date(2025, 8, 20), date(2026, 6, 5)
BOUNDS = {"first_day": f"{FIRST}", "last_day": f"{LAST}"}
MONDAY = date(2025, 9, 1)


async def close(
    students: House, caller: Principal, *closed: date, school: UUID | str | None = None,
    version: int = 0, **more: Any,
) -> Any:  # fmt: skip
    query = {"school_id": str(school)} if school else {}
    body = {"closed": [f"{day}" for day in closed]} | more
    async with students.calling(caller) as http:
        return await http.put(
            "/v1/closed-days/2026", params=query, json=body, headers={"If-Match": f'"{version}"'}
        )


async def read(students: House, caller: Principal, school: UUID | None = None) -> Any:
    query = {"school_id": str(school)} if school else {}
    async with students.calling(caller) as http:
        return (await http.get("/v1/closed-days/2026", params=query)).json()


async def called(students: House, school: UUID, day: date, category: str = "Present") -> Any:
    async with students.calling(DISTRICT) as http:
        return await http.put(
            f"/v1/schools/{school}/attendance/{day}", json={"everyone_else": category}
        )


async def year_of(students: House, child: UUID | str, caller: Principal = DISTRICT) -> Any:
    async with students.calling(caller) as http:
        found = await http.get("/v1/attendance", params={"student_id": str(child)})
    [year] = found.json()["items"]
    return year


async def test_the_district_and_each_school_close_days_of_their_own(students: House) -> None:
    north, south = await a_school(students), await a_school(students)
    labor_day, conference = MONDAY, MONDAY + timedelta(days=1)
    made = await close(students, DISTRICT, labor_day, **BOUNDS)
    assert made.status_code == 200, made.text
    assert (made.json()["version"], made.headers["etag"]) == (1, '"1"')
    leader = await a_leader(students, north)
    assert (await close(students, leader, conference, school=north)).status_code == 200

    at_north, at_south = await read(students, leader, north), await read(students, leader, south)
    assert (at_north["closed"], at_north["closed_by_district"]) == (
        [f"{conference}"], [f"{labor_day}"]
    )  # fmt: skip
    assert (at_north["begins_on"], at_north["ends_on"]) == (f"{FIRST}", f"{LAST}")
    assert at_south["school_days"] - at_north["school_days"] == 1
    assert at_south["version"] == 0
    told = [event["data"] for event in await students.events(CalendarChanged)]
    assert [each["school_id"] for each in told] == [None, str(north)]


@promise("Figures", "Nobody records attendance of a day on which the calendar has no school.")
async def test_the_roll_of_a_day_off_is_refused(students: House) -> None:
    north, south = await a_school(students), await a_school(students)
    for school in (north, south):
        await a_student(students, school_id=school)
    await close(students, DISTRICT, MONDAY, **BOUNDS)
    await close(students, DISTRICT, MONDAY + timedelta(days=1), school=north)
    off = {
        MONDAY: (409, 409), MONDAY + timedelta(days=1): (409, 200),
        MONDAY - timedelta(days=1): (409, 409), FIRST - timedelta(days=1): (409, 409),
        FIRST: (200, 200), date(2024, 9, 1): (200, 200),
    }  # fmt: skip
    for day, answers in off.items():
        said = [await called(students, school, day) for school in (north, south)]
        assert tuple(each.status_code for each in said) == answers, day
        assert {each.json()["code"] for each in said if each.status_code == 409} <= {"day-off"}


async def test_a_register_with_a_day_off_is_refused_by_its_line(students: House) -> None:
    school = await a_school(students)
    await a_student(students, source_id="s1", school_id=school)
    await close(students, DISTRICT, MONDAY, **BOUNDS)
    file = f"{HEADER}s1,2025-08-29,Present\ns1,2025-08-30,Present\ns1,{MONDAY},Present\n"
    job = await register(students, file.encode(), DISTRICT)
    assert [(p["line"], p["field"], p["code"]) for p in job["problems"]] == [
        (3, "date", "day-off"), (4, "date", "day-off")
    ]  # fmt: skip


async def test_academic_sessions_of_the_roster_bound_the_year(students: House) -> None:
    """Terms alone do not: the next may still come."""
    roster = delta(
        orgs=[{"sourcedId": "a", "name": "a", "type": "school"}],
        academicSessions=[
            {"sourcedId": "y", "title": "Y", "type": "schoolYear", "startDate": f"{FIRST}",
             "endDate": f"{LAST}", "schoolYear": "2026"},
            {"sourcedId": "t", "title": "T", "type": "term", "startDate": "2024-08-20",
             "endDate": "2025-01-05", "schoolYear": "2025"},
        ],
        users=[user("child")], roles=[role("r1", "child", "student", "a")],
    )  # fmt: skip
    await take(students, roster)
    codes = []
    for day in ("2025-08-19", "2025-08-20", "2025-08-23", "2025-03-01"):
        job = await register(students, f"{HEADER}child,{day},Present\n".encode())
        codes.append([problem["code"] for problem in job["problems"]])
    assert codes == [["day-off"], [], ["day-off"], []]


async def test_marks_of_a_day_that_is_closed_afterwards_do_not_count(students: House) -> None:
    school = await a_school(students)
    child = await a_student(students, school_id=school)
    for number in range(3):
        await called(students, school, MONDAY + timedelta(days=number), "Unexcused Absence")
    assert (await year_of(students, child))["days_enrolled"] == 3
    made = await close(students, DISTRICT, MONDAY, **BOUNDS)
    [told] = await students.events(CalendarChanged)
    await students.hear(CalendarChanged(**told["data"]))
    assert await recount(students.database) == 1
    year = await year_of(students, child)
    assert (year["days_enrolled"], year["as_of"]) == (2, f"{MONDAY + timedelta(days=2)}")

    await close(students, DISTRICT, version=made.json()["version"], **BOUNDS)
    await students.hear(CalendarChanged(**(await students.events(CalendarChanged))[-1]["data"]))
    assert await recount(students.database) == 1
    assert (await year_of(students, child))["days_enrolled"] == 3
    assert len(await students.events(AttendanceCounted)) == 5


async def test_a_roster_that_moves_the_year_has_its_attendance_counted_again(
    students: House,
) -> None:
    def roster(last: str) -> bytes:
        year = {"sourcedId": "y", "title": "Y", "type": "schoolYear", "startDate": f"{FIRST}",
                "endDate": last, "schoolYear": "2026"}  # fmt: skip
        return delta(
            orgs=[{"sourcedId": "a", "name": "a", "type": "school"}], academicSessions=[year],
            users=[user("child")], roles=[role("r1", "child", "student", "a")],
        )  # fmt: skip

    await take(students, roster("2026-06-05"))
    file = f"{HEADER}child,2026-06-03,Present\nchild,2026-06-05,Present\n"
    await register(students, file.encode())
    await take(students, roster("2026-06-04"))
    await recount(students.database)
    child = await the_id(students, "person", "child")
    assert (await year_of(students, child, ADMIN))["days_enrolled"] == 1


@pytest.mark.parametrize(
    ("closed", "more", "code"),
    [
        ([date(2026, 7, 1)], BOUNDS, "day-outside-year"),
        ([], {"first_day": "2026-06-05", "last_day": "2025-08-20"}, "last-day-first"),
        ([], {}, "school-year-unknown"),
        ([], {"first_day": "2025-08-20"}, "school-year-unknown"),
    ],
)
async def test_an_impossible_calendar_is_refused_and_changes_nothing(
    students: House, closed: list[date], more: dict[str, Any], code: str
) -> None:
    await a_school(students)
    answer = await close(students, DISTRICT, *closed, **more)
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert await students.rows("select 1 from school_calendar") == []


async def test_only_the_district_and_the_schools_leader_change_a_calendar(
    students: House,
) -> None:
    school, elsewhere = await a_school(students), await a_school(students)
    await close(students, DISTRICT, **BOUNDS)
    said = [
        await close(students, await an_educator(students), school=school),
        await close(students, await a_leader(students, elsewhere), school=school),
        await close(students, await a_leader(students, school), version=1, **BOUNDS),
        await close(students, principal(Role.DISTRICT_ADMIN, partner_id=uuid4()), school=school),
        await close(students, WORKER, school=school),
    ]
    assert [(a.status_code, a.json()["code"]) for a in said] == [
        (403, "calendar-not-own")] * 4 + [(403, "permission-missing")]  # fmt: skip
    stale = await close(students, DISTRICT, **BOUNDS)
    assert (stale.status_code, stale.json()["code"]) == (412, "version-stale")
    unknown = await close(students, DISTRICT, school=uuid4())
    assert (unknown.status_code, unknown.json()["code"]) == (404, "school-unknown")


async def test_a_leader_under_a_membership_of_the_school_closes_its_days(
    students: House,
) -> None:
    school = await a_school(students)
    below, beside = [
        PartnerRegistered(
            partner_id=uuid4(), name="North", kind=PartnerKind.SCHOOL,
            status=PartnerStatus.ACTIVE, parent_id=parent,
        )
        for parent in (DISTRICT_ID, uuid4())
    ]  # fmt: skip
    await students.hear(below, beside)
    known = {"person_id": (await a_leader(students, school)).person_id}
    leader = principal(Role.EDUCATOR, partner_id=below.partner_id, **known)
    stranger = principal(Role.EDUCATOR, partner_id=beside.partner_id, **known)
    await close(students, DISTRICT, MONDAY, **BOUNDS)

    refused = await close(students, stranger, school=school)
    assert (refused.status_code, refused.json()["code"]) == (403, "calendar-not-own")
    closed = await close(students, leader, MONDAY + timedelta(days=1), school=school)
    assert closed.json()["closed_by_district"] == [f"{MONDAY}"]
    assert (await read(students, leader))["closed"] == [f"{MONDAY}"]
    assert (await close(students, leader)).json()["code"] == "calendar-not-own"


async def test_an_organization_above_schools_has_no_calendar_of_a_school(
    students: House,
) -> None:
    above = OrgRow(source=DISTRICT_ID, source_id="d", name="District", type="district")
    async with students.database.transaction() as session:
        session.add(above)
    answer = await close(students, DISTRICT, school=above.id, **BOUNDS)
    assert (answer.status_code, answer.json()["code"]) == (404, "school-unknown")


@given(
    st.dates(date(2025, 7, 1), date(2026, 6, 30)), st.dates(FIRST, LAST), st.dates(FIRST, LAST),
    st.lists(st.dates(FIRST, LAST), max_size=5),
)  # fmt: skip
def test_there_is_school_from_monday_to_friday_between_the_bounds_but_on_closed_days(
    day: date, one: date, other: date, closed: list[date]
) -> None:
    first, last = min(one, other), max(one, other)
    calendar = Calendar(first, last, closed)
    expected = first <= day <= last and day.isoweekday() <= 5 and day not in closed
    assert (calendar.why_off(day) is None) is expected
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert calendar.school_days() == sum(calendar.why_off(each) is None for each in days)


async def test_the_condition_in_statements_is_the_same_rule(students: House) -> None:
    calendar = Calendar(FIRST, LAST, [MONDAY, date(2025, 12, 25)])
    condition = rules.IS_SCHOOL_DAY.format(day="d.day")
    sql = f"""
        select d.day, {condition} as held
        from (select cast(:first as date) as first_day, cast(:last as date) as last_day,
              cast(:closed as date[]) as closed) c,
          (select generate_series(date '2025-07-01', date '2026-06-30', '1 day')::date as day) d
    """
    async with students.database.reading() as reader:
        rows = await reader.execute(
            text(sql), {"first": FIRST, "last": LAST, "closed": list(calendar.closed)}
        )
        days = [date(2025, 7, 1) + timedelta(days=n) for n in range(365)]
        expected = {day: calendar.why_off(day) is None for day in days}
        assert {row.day: row.held for row in rows} == expected
