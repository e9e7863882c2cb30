"""The caseload: the children on it, and their order."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.students.participation.attendance.records import AttendanceTotalRow
from services.students.participation.dosage.records import DosageRow
from services.students.roster.contacts.records import StudentContactRow
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.access.test_emergency_routes import opened
from tests.students.people import (
    DISTRICT,
    DISTRICT_ID,
    OTHER_WORKER,
    WORKER,
    a_class,
    a_leader,
    a_program,
    a_school,
    a_student,
    a_worker,
    an_educator,
    engage,
    move,
)

TODAY = datetime.now(UTC).date()


async def caseload(students: House, caller: Principal, **asked: Any) -> list[dict[str, Any]]:
    async with students.calling(caller) as http:
        answer = await http.get("/internal/caseload", params=asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def ids(students: House, caller: Principal, **asked: Any) -> set[str]:
    return {item["id"] for item in await caseload(students, caller, **asked)}


async def attended(students: House, student_id: UUID, enrolled: int, days: int) -> None:
    async with students.database.transaction() as session:
        session.add(
            AttendanceTotalRow(
                student_id=student_id, school_year=2026, days_enrolled=enrolled,
                days_attended=days, days_excused=0, days_tardy=0, as_of=TODAY,
            )
        )  # fmt: skip


async def delivered(students: House, engagement: dict[str, Any], planned: int, came: int) -> None:
    async with students.database.transaction() as session:
        session.add(
            DosageRow(
                engagement_id=UUID(engagement["id"]), planned_minutes=planned,
                delivered_minutes=came, sessions_planned=1, sessions_attended=1, as_of=TODAY,
            )
        )  # fmt: skip


async def test_a_teachers_caseload_adds_only_the_child_that_an_emergency_access_opened(
    students: House,
) -> None:
    school_id = await a_school(students)
    pupil, rescued, _ = [await a_student(students, school_id=school_id) for _ in range(3)]
    teacher = await an_educator(students)
    await a_class(students, school_id, teacher, pupil)
    assert await ids(students, teacher) == {str(pupil)}
    await opened(students, teacher, rescued)
    assert await ids(students, teacher) == {str(pupil), str(rescued)}


async def test_everybody_finds_only_the_children_that_they_work_with(students: House) -> None:
    school_id = await a_school(students)
    pupil, schoolmate, served = [
        await a_student(students, school_id=school_id if n < 2 else None) for n in range(3)
    ]
    teacher = await an_educator(students)
    await a_class(students, school_id, teacher, pupil)
    await engage(students, served, await a_program(students), stage="active")
    guardian = principal(
        Role.GUARDIAN, partner_id=DISTRICT_ID, person_id=(await an_educator(students)).person_id
    )
    async with students.database.transaction() as session:
        session.add(
            StudentContactRow(
                student_id=served, contact_id=guardian.person_id, relation="parent",
                legal_guardian="yes",
            )
        )  # fmt: skip

    assert await ids(students, teacher) == {str(pupil)}
    assert await ids(students, await a_leader(students, school_id)) == {
        str(pupil), str(schoolmate),
    }  # fmt: skip
    assert await ids(students, WORKER) == {str(served)}
    assert await ids(students, guardian) == {str(served)}
    assert await ids(students, OTHER_WORKER) == set()
    assert len(await ids(students, DISTRICT)) == 3
    assert await ids(students, principal(Role.DISTRICT_ADMIN, partner_id=uuid4())) == set()


async def test_the_filter_mine_keeps_the_children_whose_case_worker_is_the_caller(
    students: House,
) -> None:
    program_id = await a_program(students)
    mine, other = [await a_student(students) for _ in range(2)]
    for child, account_id in ((mine, WORKER.account_id), (other, uuid4())):
        await a_worker(students, account_id)
        await engage(students, child, program_id, worker_id=str(account_id))
    assert await ids(students, WORKER) == {str(mine), str(other)}
    assert await ids(students, WORKER, mine=True) == {str(mine)}


async def test_a_child_leaves_the_caseload_when_its_engagement_ends(students: House) -> None:
    made = await engage(students, await a_student(students), await a_program(students))
    assert await ids(students, WORKER) == {made["student_id"]}
    await move(students, made, "denied", reason="not from here")
    assert await ids(students, WORKER) == set()


@pytest.mark.parametrize(
    ("days", "minutes", "stage", "need"),
    [
        (None, None, None, 30),
        ((100, 100), None, None, 30),
        ((100, 90), None, None, 55),
        ((100, 80), None, None, 80),
        ((100, 10), None, None, 80),
        (None, (100, 40), "active", 18),
        (None, (100, 140), "active", 0),
        (None, None, "applied", 50),
        ((100, 80), (100, 0), "active", 80),
    ],
)
async def test_need_is_the_sum_of_days_missed_minutes_unmet_and_waiting(
    students: House,
    days: tuple[int, int] | None,
    minutes: tuple[int, int] | None,
    stage: str | None,
    need: int,
) -> None:
    child = await a_student(students)
    if days is not None:
        await attended(students, child, *days)
    if stage is not None:
        made = await engage(students, child, await a_program(students), stage="applied")
        if stage == "active":
            await students.rows("update engagement set stage = 'active' returning id")
        if minutes is not None:
            await delivered(students, made, *minutes)
    [item] = await caseload(students, DISTRICT)
    assert item["need"] == need


async def test_a_child_on_the_caseload_is_shown_with_the_parts_of_its_need(
    students: House,
) -> None:
    needy, well = [await a_student(students) for _ in range(2)]
    await attended(students, needy, 180, 153)
    await attended(students, well, 180, 180)
    made = await engage(students, needy, await a_program(students), stage="applied")
    await students.rows("update engagement set stage = 'active' returning id")
    await delivered(students, made, 1200, 960)
    await engage(students, needy, await a_program(students), stage="applied")
    told = {item["id"]: item["because"] for item in await caseload(students, DISTRICT)}
    assert told == {
        str(well): ["Takes part in no program."],
        str(needy): [
            "Missed 27 of 180 school days in 2025-2026.",
            "Received 960 of 1200 planned minutes.",
            "Waits for 1 program.",
        ],
    }


async def test_the_reasons_of_a_need_have_codes_in_the_order_of_the_words(
    students: House,
) -> None:
    child = await a_student(students)
    await attended(students, child, 180, 153)
    await engage(students, child, await a_program(students), stage="applied")
    [item] = await caseload(students, DISTRICT)
    assert item["because_codes"] == ["days-missed", "no-support", "waiting"]
    assert item["because"] == [
        "Missed 27 of 180 school days in 2025-2026.", "Takes part in no program.",
        "Waits for 1 program.",
    ]  # fmt: skip


@promise(
    "Figures",
    "Of two children alike, the one that has no support comes before one that is served.",
)
async def test_need_puts_a_child_that_has_nothing_before_one_that_is_served(
    students: House,
) -> None:
    served, barely, nothing = [await a_student(students) for _ in range(3)]
    for child in (served, barely, nothing):
        await attended(students, child, 100, 90)
    for child, came in ((served, 60), (barely, 0)):
        made = await engage(students, child, await a_program(students), stage="applied")
        await students.rows(
            "update engagement set stage = 'active' where id = :id returning id", id=made["id"]
        )
        await delivered(students, made, 100, came)
    order = [item["id"] for item in await caseload(students, DISTRICT, order="need")]
    assert order == [str(nothing), str(barely), str(served)]


async def test_the_last_full_year_counts_until_the_new_one_has_enough_days(
    students: House,
) -> None:
    child = await a_student(students)
    await attended(students, child, 180, 153)
    async with students.database.transaction() as session:
        session.add(
            AttendanceTotalRow(
                student_id=child, school_year=2027, days_enrolled=2, days_attended=0,
                days_excused=0, days_tardy=0, as_of=TODAY,
            )
        )  # fmt: skip
    [item] = await caseload(students, DISTRICT)
    assert (item["school_year"], item["days_enrolled"], item["days_attended"]) == (2027, 2, 0)
    assert (item["full_school_year"], item["full_days_enrolled"]) == (2026, 180)
    assert item["because"][0] == "Missed 27 of 180 school days in 2025-2026."
    assert item["need"] == 30 + 38
    await students.rows(
        "update attendance_total set days_enrolled = 10, days_attended = 10"
        " where school_year = 2027 returning id"
    )
    [item] = await caseload(students, DISTRICT)
    assert (item["full_school_year"], item["days_missed"], item["need"]) == (None, 0, 30)


async def test_a_partner_does_not_learn_of_absences_from_the_need(students: House) -> None:
    child = await a_student(students)
    await attended(students, child, 100, 50)
    await engage(students, child, await a_program(students), stage="active")
    [item] = await caseload(students, WORKER)
    assert (item["need"], item["days_enrolled"], item["days_attended"]) == (0, None, None)
    assert (item["school_year"], item["because"]) == (None, [])


async def test_the_caseload_is_ordered_by_need_across_its_pages_or_by_name(
    students: House,
) -> None:
    for number in range(7):
        child = await a_student(students, given_name=f"N{number}", search_name=f"x n{number}")
        await attended(students, child, 100, 100 - (number * 3) % 7)
    async with students.calling(DISTRICT) as http:
        needs, address = [], "/v1/caseload?order=need&limit=3"
        while address:
            answer = await http.get(address)
            needs += [item["need"] for item in answer.json()["items"]]
            address = answer.headers.get("link", "").split(";")[0].strip("<>")
    named = [item["given_name"] for item in await caseload(students, DISTRICT, order="name")]

    assert len(needs) == 7
    assert needs == sorted(needs, reverse=True)
    assert named == sorted(named)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.BACKBONE, Role.OPERATOR])
async def test_a_role_that_works_with_no_child_has_no_caseload(
    students: House, role: Role
) -> None:
    async with students.calling(principal(role, partner_id=DISTRICT_ID)) as http:
        answer = await http.get("/v1/caseload")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission-missing")
