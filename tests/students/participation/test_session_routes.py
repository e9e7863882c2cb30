"""Sessions, their rolls and the dosage that follows, on a real database."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.contracts.students.access import Category
from shared.contracts.students.dosage import DosageCounted
from shared.contracts.students.session import (
    SessionAttendanceTaken,
    SessionChanged,
    SessionPlanned,
)
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.family import a_guardian, an_agreement, say, yes
from tests.students.people import (
    DISTRICT,
    OTHER_WORKER,
    WORKER,
    a_partner,
    a_program,
    a_student,
    engage,
    move,
)

TODAY = datetime.now(UTC).date()


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


async def a_session(
    students: House, program_id: UUID, held_on: str, minutes: int = 60
) -> dict[str, Any]:
    body = {"program_id": str(program_id), "held_on": held_on, "minutes": minutes}
    async with students.calling(WORKER) as http:
        made = await http.post("/v1/sessions", json=body)
    assert made.status_code == 201, made.text
    return dict(made.json())


async def test_a_session_gives_the_name_of_its_program(students: House) -> None:
    program_id = await a_program(students, name="Saturday Tutoring")
    session = await a_session(students, program_id, ago(1))
    async with students.calling(WORKER) as http:
        [listed] = (await http.get("/v1/sessions")).json()["items"]
    assert session["program_name"] == listed["program_name"] == "Saturday Tutoring"


@pytest.mark.parametrize("time", ["16:00", "16:00:30"])
async def test_a_time_of_day_is_answered_as_it_was_written(students: House, time: str) -> None:
    program_id = await a_program(students)
    body = {"program_id": str(program_id), "held_on": ago(1), "minutes": 60, "starts_at": time}
    async with students.calling(WORKER) as http:
        made = await http.post("/v1/sessions", json=body)
        [listed] = (await http.get("/v1/sessions")).json()["items"]
    assert made.json()["starts_at"] == listed["starts_at"] == time


async def call(students: House, session: dict[str, Any], *marks: dict[str, Any]) -> Any:
    async with students.calling(WORKER) as http:
        return await http.put(
            f"/v1/sessions/{session['id']}/attendance", json={"marks": list(marks)}
        )


async def dosage(students: House, engagement: dict[str, Any]) -> tuple[int, int, int, int]:
    async with students.calling(WORKER) as http:
        now = (await http.get(f"/v1/dosage/{engagement['id']}")).json()
    names = ("planned_minutes", "delivered_minutes", "sessions_planned", "sessions_attended")
    planned, delivered, sessions, attended = (now[name] for name in names)
    return planned, delivered, sessions, attended


async def an_engagement(students: House, program_id: UUID, on: str) -> dict[str, Any]:
    made = await engage(students, await a_student(students), program_id, stage="active", on=on)
    assert made["stage"] == "active", made
    return made


async def test_a_planned_session_that_is_held_changes_the_dosage(students: House) -> None:
    program_id = await a_program(students)
    child = await an_engagement(students, program_id, ago(30))
    first = await a_session(students, program_id, ago(7), 45)
    await a_session(students, program_id, ago(1), 45)
    answer = await call(
        students,
        first,
        {"engagement_id": child["id"], "category": "Partial", "minutes_attended": 30},
    )

    assert answer.status_code == 204, answer.text
    assert await dosage(students, child) == (90, 30, 2, 1)
    events = await students.events(DosageCounted)
    assert [e["aggregate_version"] for e in events] == [1, 2, 3, 4]
    assert events[-1]["data"] == {
        "engagement_id": child["id"], "student_id": child["student_id"],
        "program_id": str(program_id), "partner_id": child["partner_id"], "planned_minutes": 90,
        "delivered_minutes": 30, "sessions_planned": 2, "sessions_attended": 1,
        "as_of": TODAY.isoformat(),
    }  # fmt: skip
    assert len(await students.events(SessionPlanned)) == 2
    [taken] = await students.events(SessionAttendanceTaken)
    assert (taken["data"]["marked"], taken["data"]["attended"]) == (1, 1)


async def test_a_repeated_roll_changes_and_announces_nothing(students: House) -> None:
    program_id = await a_program(students)
    child = await an_engagement(students, program_id, ago(30))
    session = await a_session(students, program_id, ago(7))
    mark = {"engagement_id": child["id"], "category": "Tardy"}
    await call(students, session, mark)
    before = await students.events()
    again = await call(students, session, mark)
    assert again.status_code == 204
    assert await students.events() == before

    await call(students, session, mark | {"category": "Excused Absence"})
    assert await dosage(students, child) == (60, 0, 1, 0)


async def test_two_rolls_at_once_are_both_counted(students: House) -> None:
    program_id = await a_program(students)
    child = await an_engagement(students, program_id, ago(30))
    held = [await a_session(students, program_id, ago(days)) for days in range(1, 7)]
    mark = {"engagement_id": child["id"], "category": "Present"}
    answers = await asyncio.gather(*(call(students, session, mark) for session in held))
    assert {answer.status_code for answer in answers} == {204}
    assert await dosage(students, child) == (360, 360, 6, 6)


async def test_a_canceled_session_counts_neither_as_planned_nor_as_delivered(
    students: House,
) -> None:
    program_id = await a_program(students)
    child = await an_engagement(students, program_id, ago(30))
    session = await a_session(students, program_id, ago(7))
    await call(students, session, {"engagement_id": child["id"], "category": "Present"})
    async with students.calling(WORKER) as http:
        now = await http.get(f"/v1/sessions/{session['id']}")
        canceled = await http.put(
            f"/v1/sessions/{session['id']}",
            json={"held_on": ago(7), "minutes": 60, "status": "canceled"},
            headers={"If-Match": now.headers["etag"]},
        )
    assert canceled.json()["status"] == "canceled", canceled.text
    assert await dosage(students, child) == (0, 0, 0, 0)
    assert len(await students.events(SessionChanged)) == 1
    refused = await call(students, session, {"engagement_id": child["id"], "category": "Present"})
    assert (refused.status_code, refused.json()["code"]) == (409, "session-canceled")


async def test_only_sessions_within_the_engagement_count(students: House) -> None:
    program_id = await a_program(students)
    child = await an_engagement(students, program_id, ago(10))
    for days in (11, 10, 5, 4):
        await a_session(students, program_id, ago(days))
    assert await dosage(students, child) == (180, 0, 3, 0)
    await move(students, child, "completed", on=ago(0))
    assert await dosage(students, child) == (180, 0, 3, 0)
    await a_session(students, program_id, (TODAY + timedelta(days=1)).isoformat())
    assert await dosage(students, child) == (180, 0, 3, 0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"held_on": ago(6), "minutes": 60, "status": "complete"}, "session-held"),
        ({"held_on": ago(7), "minutes": 61, "status": "complete"}, "session-held"),
        ({"held_on": ago(7), "minutes": 60, "status": "pending"}, "session-status"),
    ],
)
async def test_a_held_session_stays_as_it_was_held(
    students: House, change: dict[str, object], code: str
) -> None:
    program_id = await a_program(students)
    child = await an_engagement(students, program_id, ago(30))
    session = await a_session(students, program_id, ago(7))
    await call(students, session, {"engagement_id": child["id"], "category": "Present"})
    async with students.calling(WORKER) as http:
        answer = await http.put(
            f"/v1/sessions/{session['id']}", json=change, headers={"If-Match": '"2"'}
        )
    assert (answer.status_code, answer.json()["code"]) == (409, code)


async def test_marks_that_do_not_fit_are_each_named_and_no_mark_is_kept(students: House) -> None:
    program_id = await a_program(students)
    child = await an_engagement(students, program_id, ago(30))
    late = await an_engagement(students, program_id, ago(3))
    session = await a_session(students, program_id, ago(7))
    answer = await call(
        students,
        session,
        {"engagement_id": child["id"], "category": "Present"},
        {"engagement_id": child["id"], "category": "Present"},
        {"engagement_id": late["id"], "category": "Present"},
        {"engagement_id": str(uuid4()), "category": "Present"},
    )
    assert answer.status_code == 409
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [
        ("body.marks.1.engagement_id", "named-twice"),
        ("body.marks.2.engagement_id", "not-on-roll"),
        ("body.marks.3.engagement_id", "not-on-roll"),
    ]
    assert await dosage(students, child) == (60, 0, 1, 0)


async def test_only_the_program_of_a_session_reads_and_writes_its_roll(students: House) -> None:
    program_id = await a_program(students)
    child = await an_engagement(students, program_id, ago(30))
    session = await a_session(students, program_id, ago(7))
    address = f"/v1/sessions/{session['id']}/attendance"
    body = {"marks": [{"engagement_id": child["id"], "category": "Present"}]}
    async with students.calling(WORKER) as http:
        own = await http.get(address)
    async with students.calling(OTHER_WORKER) as http:
        hidden = await http.get(address)
        absent = await http.get(f"/v1/sessions/{uuid4()}/attendance")
        foreign = await http.put(address, json=body)
    async with students.calling(principal(Role.GUARDIAN)) as http:
        refused = await http.get(address)

    assert [item["engagement_id"] for item in own.json()["items"]] == [child["id"]]
    assert own.json()["items"][0]["category"] is None
    assert (hidden.status_code, hidden.json()) == (404, absent.json())
    assert (foreign.status_code, foreign.json()["code"]) == (403, "program-of-another")
    assert refused.status_code == 403


async def roll(
    students: House, session: dict[str, Any], caller: Principal = WORKER
) -> list[tuple[str | None, str | None, str | None]]:
    """The names on it."""
    async with students.calling(caller) as http:
        answer = await http.get(f"/v1/sessions/{session['id']}/attendance")
    assert answer.status_code == 200, answer.text
    named = ("given_name", "family_name", "preferred_given_name")
    return [tuple(item[name] for name in named) for item in answer.json()["items"]]  # type: ignore[misc]


async def released(students: House, caller: Principal = WORKER) -> list[tuple[str, set[str]]]:
    """Each row of the log: on which basis, which parts."""
    rows = await students.rows(
        "select basis, categories from disclosure where account_id = :id and outcome = 'released'"
        " and channel = 'list' order by position",
        id=caller.account_id,
    )  # fmt: skip
    return [(row["basis"], set(row["categories"])) for row in rows]


@promise(
    "Access and privacy",
    "A program's roll calls by name only the children whom the policy lets the caller name, and "
    "the log says which.",
)
async def test_a_roll_calls_each_child_by_name_and_the_log_says_so(students: House) -> None:
    program_id = await a_program(students)
    child = await a_student(students, given_name="Aminata", preferred_given_name="Ami")
    await engage(students, child, program_id, stage="active", on=ago(30))
    session = await a_session(students, program_id, ago(7))
    assert await roll(students, session) == [("Aminata", "Diallo", "Ami")]
    assert await released(students) == [("own_record", {"identity", "dosage"})]


@promise(
    "Access and privacy",
    "A program's roll calls by name only the children whom the policy lets the caller name, and "
    "the log says which.",
)
async def test_a_child_that_is_no_longer_engaged_stays_on_the_roll_without_a_name(
    students: House,
) -> None:
    program_id = await a_program(students)
    child = await an_engagement(students, program_id, ago(30))
    await move(students, child, "completed", on=ago(0))
    session = await a_session(students, program_id, ago(7))
    assert await roll(students, session) == [(None, None, None)]
    assert await released(students) == [("own_record", {"dosage"})]


async def test_an_agreement_discloses_the_name_of_a_child_that_is_no_longer_engaged(
    students: House,
) -> None:
    await a_partner(students)
    program_id = await a_program(students)
    child = await an_engagement(students, program_id, ago(30))
    await move(students, child, "completed", on=ago(0))
    session = await a_session(students, program_id, ago(7))
    await an_agreement(students, Category.IDENTITY)
    mother = await a_guardian(students, UUID(child["student_id"]))
    await say(students, mother, UUID(child["student_id"]), yes())
    assert await roll(students, session) == [("Amara", "Diallo", None)]
    assert sorted(await released(students)) == [
        ("consent", {"identity"}), ("own_record", {"dosage"}),
    ]  # fmt: skip


async def test_a_district_reads_the_names_of_its_children_on_a_partners_roll(
    students: House,
) -> None:
    program_id = await a_program(students)
    await an_engagement(students, program_id, ago(30))
    session = await a_session(students, program_id, ago(7))
    assert await roll(students, session, DISTRICT) == [("Amara", "Diallo", None)]
    assert ("keeper", {"identity", "dosage"}) in await released(students, DISTRICT)


async def test_sessions_are_listed_by_date(students: House) -> None:
    program_id = await a_program(students)
    for days in (1, 9, 5):
        await a_session(students, program_id, ago(days))
    async with students.calling(WORKER) as http:
        listed = await http.get("/v1/sessions", params={"program_id": str(program_id)})
        some = await http.get("/v1/sessions", params={"from": ago(6), "to": ago(2)})
    assert [item["held_on"] for item in listed.json()["items"]] == [ago(9), ago(5), ago(1)]
    assert [item["held_on"] for item in some.json()["items"]] == [ago(5)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts_at": "10:00:00+02:00"},
        {"starts_at": "25:00"},
        {"held_on": "9999-12-31"},
        {"minutes": 10**40},
        {"place": "a\x00b"},
        {"partner_id": str(uuid4())},
    ],
)
async def test_a_session_that_makes_no_sense_is_malformed(
    students: House, wrong: dict[str, object]
) -> None:
    program_id = await a_program(students)
    body = {"program_id": str(program_id), "held_on": ago(0), "minutes": 60} | wrong
    async with students.calling(WORKER) as http:
        answer = await http.post("/v1/sessions", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "body-malformed")
    assert await students.events(SessionPlanned) == []
