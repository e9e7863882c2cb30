"""Engagements over HTTP, on a real database."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from shared.contracts.students.dosage import DosageCounted
from shared.contracts.students.engagement import EngagementChanged
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.people import (
    DISTRICT,
    DISTRICT_ID,
    OTHER_WORKER,
    PARTNER_ID,
    WORKER,
    a_partner,
    a_program,
    a_student,
    a_worker,
    engage,
    move,
    stages,
)

YESTERDAY = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
TOMORROW = (datetime.now(UTC).date() + timedelta(days=1)).isoformat()


async def test_an_engagement_is_read_with_names_and_announced_with_ids_alone(
    students: House,
) -> None:
    await a_partner(students)
    program_id = await a_program(students, name="Homework Club")
    student_id = await a_student(students)
    made = await engage(students, student_id, program_id, on=YESTERDAY)

    assert (made["stage"], made["version"], made["position"]) == ("applied", 1, None)
    assert (made["program_name"], made["partner_name"]) == ("Homework Club", "Riverside Tutors")
    [event] = await students.events(EngagementChanged)
    assert event["aggregate_version"] == 1
    assert event["data"] == {
        "engagement_id": made["id"], "student_id": str(student_id),
        "program_id": str(program_id), "partner_id": str(PARTNER_ID), "stage": "applied",
        "previous_stage": None, "planned_minutes": None, "changed_on": YESTERDAY,
    }  # fmt: skip


async def test_an_engagement_goes_through_its_stages_and_keeps_its_history(
    students: House,
) -> None:
    made = await engage(students, await a_student(students), await a_program(students))
    for stage, reason in [("enrolled", None), ("active", None), ("withdrawn", "moved away")]:
        moved = await move(students, made, stage, reason=reason)
        assert moved["stage"] == stage, moved
    async with students.calling(WORKER) as http:
        history = (await http.get(f"/v1/engagements/{made['id']}/steps")).json()["items"]

    assert [(s["number"], s["stage"]) for s in history] == [
        (1, "applied"), (2, "enrolled"), (3, "active"), (4, "withdrawn"),
    ]  # fmt: skip
    assert history[-1]["previous_stage"] == "active"
    assert history[-1]["reason"] == "moved away"
    assert history[-1]["account_id"] == str(DISTRICT.account_id)
    events = await students.events(EngagementChanged)
    assert [event["aggregate_version"] for event in events] == [1, 2, 3, 4]


@promise(
    "Access and privacy",
    "From the day on which the rights move to the student, the student applies and withdraws; "
    "before that day the parents do.",
)
async def test_a_student_applies_and_withdraws_from_the_day_of_coming_of_age(
    students: House,
) -> None:
    today = datetime.now(UTC).date()
    program_id = await a_program(students)
    grown = await a_student(students, birth_date=date(today.year - 20, 5, 5))
    young = await a_student(students, birth_date=date(today.year - 16, 5, 5))

    made = await engage(students, grown, program_id, of_themselves(grown))
    assert made["stage"] == "applied", made
    gone = await move(students, made, "withdrawn", of_themselves(grown), reason="no time")
    assert gone["stage"] == "withdrawn", gone

    refused = await engage(students, young, program_id, of_themselves(young))
    assert refused["code"] == "student-not-eligible"
    of_district = await engage(students, young, program_id)
    refused = await move(
        students, of_district, "withdrawn", of_themselves(young), reason="no time"
    )
    assert refused["code"] == "student-not-eligible"
    hidden = await engage(students, young, program_id, of_themselves(grown))
    assert hidden["code"] == "student-unknown"


def of_themselves(student_id: UUID) -> Principal:
    return principal(Role.STUDENT, partner_id=DISTRICT_ID, person_id=student_id)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"stage": "completed"}, "stage-not-next"),
        ({"stage": "denied"}, "reason-missing"),
        ({"stage": "enrolled", "on": TOMORROW}, "date-in-future"),
        ({"stage": "enrolled", "on": "2001-01-01"}, "date-before-last-step"),
        ({"stage": "waitlisted"}, "place-free"),
    ],
)
async def test_a_refused_step_changes_and_announces_nothing(
    students: House, change: dict[str, str], code: str
) -> None:
    made = await engage(students, await a_student(students), await a_program(students))
    answer = await move(students, made, **change)

    assert (answer["status"], answer["code"]) == (409, code)
    assert await stages(students) == {made["id"]: "applied"}
    assert len(await students.events(EngagementChanged)) == 1


async def test_a_step_names_the_version_that_it_changes(students: House) -> None:
    made = await engage(students, await a_student(students), await a_program(students))
    address = f"/v1/engagements/{made['id']}/steps"
    async with students.calling(DISTRICT) as http:
        without = await http.post(address, json={"stage": "enrolled"})
        stale = await http.post(address, json={"stage": "enrolled"}, headers={"If-Match": '"9"'})
    assert [without.status_code, stale.status_code] == [428, 412]


async def test_a_program_that_partners_has_not_announced_is_unknown(students: House) -> None:
    answer = await engage(students, await a_student(students), uuid4())
    assert (answer["status"], answer["code"]) == (404, "program-unknown")


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ({"status": "inactive"}, "program-not-active"),
        ({"ends_on": "2020-06-30"}, "program-ended"),
        ({"minimum_age": 90}, "too-young"),
        ({"grades": ["12"]}, "grade-not-served"),
    ],
)
async def test_a_program_refuses_a_child_that_it_is_not_for(
    students: House, program: dict[str, object], code: str
) -> None:
    program_id = await a_program(students, **program)
    answer = await engage(students, await a_student(students, grade="03"), program_id)
    assert (answer["status"], answer["code"]) == (409, code)


async def test_a_student_has_one_live_engagement_with_a_program(students: House) -> None:
    student_id, program_id = await a_student(students), await a_program(students)
    first = await engage(students, student_id, program_id)
    second = await engage(students, student_id, program_id)
    await move(students, first, "withdrawn", reason="changed their mind")
    third = await engage(students, student_id, program_id)

    assert (second["status"], second["code"]) == (409, "already-engaged")
    assert third["stage"] == "applied"


async def test_a_full_program_has_a_waiting_list_and_a_freed_place_goes_to_the_first_in_line(
    students: House,
) -> None:
    program_id = await a_program(students, capacity=1)
    inside, *line = [
        await engage(students, await a_student(students), program_id, stage="enrolled")
        for _ in range(4)
    ]
    assert inside["stage"] == "enrolled"
    assert [(e["stage"], e["position"]) for e in line] == [
        ("waitlisted", 1), ("waitlisted", 2), ("waitlisted", 3),
    ]  # fmt: skip

    await move(students, line[0], "withdrawn", reason="found another")
    await move(students, inside, "completed")

    now = await stages(students)
    assert now[line[1]["id"]] == "enrolled"
    assert now[line[2]["id"]] == "waitlisted"
    promoted = (await students.events(EngagementChanged))[-1]["data"]
    assert (promoted["engagement_id"], promoted["stage"]) == (line[1]["id"], "enrolled")
    async with students.calling(WORKER) as http:
        history = (await http.get(f"/v1/engagements/{line[1]['id']}/steps")).json()["items"]
        behind = (await http.get(f"/v1/engagements/{line[2]['id']}")).json()
    assert (history[-1]["reason"], history[-1]["account_id"]) == ("place-free", None)
    assert behind["position"] == 1


async def test_a_waiting_child_is_not_moved_on_by_hand(students: House) -> None:
    program_id = await a_program(students, capacity=0)
    waiting = await engage(students, await a_student(students), program_id, stage="active")
    answer = await move(students, waiting, "enrolled")
    assert (answer["status"], answer["code"]) == (409, "waits-in-line")


async def test_twelve_requests_at_once_never_take_more_places_than_there_are(
    students: House,
) -> None:
    program_id = await a_program(students, capacity=5)
    children = [await a_student(students) for _ in range(12)]
    made = await asyncio.gather(
        *(engage(students, child, program_id, stage="enrolled") for child in children)
    )
    assert sorted(e["stage"] for e in made) == ["enrolled"] * 5 + ["waitlisted"] * 7
    positions = [e["position"] for e in made if e["position"]]
    assert sorted(positions) == [1, 2, 3, 4, 5, 6, 7]


async def test_places_given_up_and_requested_at_once_are_each_given_once(
    students: House,
) -> None:
    program_id = await a_program(students, capacity=4)
    inside = [
        await engage(students, await a_student(students), program_id, stage="active")
        for _ in range(4)
    ]
    children = [await a_student(students) for _ in range(8)]
    await asyncio.gather(
        *(move(students, e, "completed") for e in inside),
        *(engage(students, child, program_id, stage="enrolled") for child in children),
    )
    now = list((await stages(students)).values())
    assert {stage: now.count(stage) for stage in set(now)} == {
        "completed": 4, "enrolled": 4, "waitlisted": 4,
    }  # fmt: skip


async def test_a_child_engaged_by_two_requests_at_once_is_engaged_once(students: House) -> None:
    program_id, child = await a_program(students), await a_student(students)
    made = await asyncio.gather(*(engage(students, child, program_id) for _ in range(4)))
    assert sorted(e.get("code", "made") for e in made) == ["already-engaged"] * 3 + ["made"]


async def test_a_partner_sees_its_own_engagements_and_others_as_absent_ones(
    students: House,
) -> None:
    made = await engage(students, await a_student(students), await a_program(students))
    async with students.calling(OTHER_WORKER) as http:
        hidden = await http.get(f"/v1/engagements/{made['id']}")
        absent = await http.get(f"/v1/engagements/{uuid4()}")
        listed = await http.get("/v1/engagements")
    async with students.calling(WORKER) as http:
        own = await http.get("/v1/engagements")

    assert (hidden.status_code, hidden.json()) == (404, absent.json())
    assert listed.json()["items"] == []
    assert [item["id"] for item in own.json()["items"]] == [made["id"]]


async def test_a_partner_cannot_reach_a_child_by_engaging_it(students: House) -> None:
    program_id = await a_program(students)
    hidden = await engage(students, await a_student(students), program_id, WORKER)
    absent = await engage(students, uuid4(), program_id, WORKER)
    assert (hidden["status"], hidden["code"]) == (404, "student-unknown")
    assert hidden == absent


async def test_engagements_are_found_by_partner_among_those_that_the_caller_may_see(
    students: House,
) -> None:
    other = OTHER_WORKER.partner_id
    child = await a_student(students)
    mine = await engage(students, child, await a_program(students))
    theirs = await engage(students, child, await a_program(students, partner_id=other))

    async def found(caller: Principal, partner_id: object) -> list[str]:
        async with students.calling(caller) as http:
            asked = {"partner_id": str(partner_id)}
            answer = await http.get("/v1/engagements", params=asked)
        return [each["id"] for each in answer.json()["items"]]

    assert await found(DISTRICT, PARTNER_ID) == [mine["id"]]
    assert await found(DISTRICT, other) == [theirs["id"]]
    assert await found(WORKER, other) == []


async def test_a_partner_cannot_run_another_partners_program(students: House) -> None:
    made = await engage(students, await a_student(students), await a_program(students))
    await a_program(students, partner_id=OTHER_WORKER.partner_id)
    answer = await move(students, made, "enrolled", OTHER_WORKER)
    assert (answer["status"], answer["code"]) == (404, "engagement-unknown")


@pytest.mark.parametrize("role", [Role.ANALYST, Role.BACKBONE, Role.OPERATOR])
async def test_a_role_that_works_with_no_child_engages_none(students: House, role: Role) -> None:
    answer = await engage(students, uuid4(), uuid4(), principal(role))
    assert (answer["status"], answer["code"]) == (403, "permission-missing")


async def test_a_plan_is_whole_and_counts_as_planned_minutes(students: House) -> None:
    made = await engage(
        students, await a_student(students), await a_program(students), stage="active"
    )
    address, tag = f"/v1/engagements/{made['id']}/plan", {"If-Match": '"1"'}
    worker = str(WORKER.account_id)
    await a_worker(students, WORKER.account_id)
    async with students.calling(WORKER) as http:
        half = await http.put(address, json={"weeks": 10}, headers=tag)
        whole = await http.put(
            address,
            json={"weeks": 10, "minutes_per_week": 60, "worker_id": worker},
            headers=tag,
        )
        mine = await http.get("/v1/engagements", params={"worker_id": worker})
        dosage = await http.get(f"/v1/dosage/{made['id']}")

    assert (half.status_code, half.json()["code"]) == (409, "plan-incomplete")
    assert (whole.status_code, whole.json()["version"]) == (200, 2)
    assert [item["id"] for item in mine.json()["items"]] == [made["id"]]
    assert (dosage.json()["planned_minutes"], dosage.json()["share"]) == (600, 0)
    assert dosage.json()["delivered_share"] == {"value": "0.0", "unit": "percent"}
    events = await students.events(EngagementChanged)
    assert events[-1]["data"]["planned_minutes"] == 600
    assert events[-1]["data"]["previous_stage"] == events[-1]["data"]["stage"] == "active"
    assert [e["aggregate_version"] for e in await students.events(DosageCounted)] == [1, 2]


@pytest.mark.parametrize(
    "body",
    [
        {"reason": "a\x00b"},
        {"weeks": 10**30, "minutes_per_week": 1},
        {"stage": "promoted"},
        {"on": "2026-02-30"},
        {"on": "1066-10-14"},
        {"weeks": -1, "minutes_per_week": 5},
        {"nickname": "x"},
    ],
)
async def test_a_body_that_makes_no_sense_is_malformed(
    students: House, body: dict[str, object]
) -> None:
    answer = await engage(students, uuid4(), uuid4(), **body)
    assert (answer["status"], answer["code"]) == (422, "body-malformed")
