"""Emergency access: for a day, announced, logged and reviewed."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.students.access.emergency_access import rules
from shared.contracts.students.emergency import (
    EmergencyAccessEnded,
    EmergencyAccessOpened,
    EmergencyAccessReviewed,
)
from shared.core.refusals import Conflict, Forbidden
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.family import a_guardian, ask, seen, themselves
from tests.students.people import (
    DISTRICT,
    DISTRICT_ID,
    OTHER_WORKER,
    a_partner,
    a_program,
    a_student,
    engage,
)

REASON = "The child did not come home and nobody answers the telephone."
OPENS = {"identity", "contacts", "enrollment"}
ANOTHER = principal(Role.DISTRICT_ADMIN, partner_id=DISTRICT_ID)
FAR = principal(Role.DISTRICT_ADMIN, partner_id=uuid4())


async def opened(
    students: House, caller: Principal, child: UUID, status: int = 201, **known: Any
) -> dict[str, Any]:
    body = {"reason": REASON, "hours": 4} | known
    answer = await ask(students, caller, "POST", f"/v1/students/{child}/emergency-accesses", body)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def listed(students: House, caller: Principal, **asked: str) -> list[dict[str, Any]]:
    answer = await ask(students, caller, "GET", "/v1/emergency-accesses", params=asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def act(
    students: House, caller: Principal, access: dict[str, Any], step: str, status: int = 201,
    body: Any = None,
) -> dict[str, Any]:  # fmt: skip
    address = f"/v1/emergency-accesses/{access['id']}/{step}"
    answer = await ask(students, caller, "POST", address, body)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


@promise(
    "Access and privacy",
    "Emergency access discloses the parts of a child's record that protect it, to one account.",
)
async def test_emergency_access_opens_the_protective_parts_to_this_account_alone_and_is_logged(
    students: House,
) -> None:
    child = await a_student(students)
    access = await opened(students, OTHER_WORKER, child)
    assert access["open"] is True
    assert await seen(students, child, OTHER_WORKER) == OPENS
    colleague = principal(Role.CASE_WORKER, partner_id=OTHER_WORKER.partner_id)
    assert await seen(students, child, colleague) == set()
    first = (await students.rows("select * from disclosure order by position"))[0]
    assert (first["basis"], str(first["emergency_id"])) == ("emergency", access["id"])
    assert set(first["categories"]) == OPENS
    [event] = await students.events(EmergencyAccessOpened)
    assert event["data"]["student_id"] == str(child)
    assert REASON not in str(event)


async def test_a_request_for_an_absent_child_is_logged_too(students: House) -> None:
    nobody = uuid4()
    problem = await opened(students, OTHER_WORKER, nobody, 404)
    assert problem["code"] == "student-unknown"
    [row] = await students.rows("select * from disclosure")
    assert (row["student_id"], row["outcome"]) == (nobody, "refused")
    assert set(row["categories"]) == OPENS


@promise("Access and privacy", "Emergency access lasts a day at most.")
@pytest.mark.parametrize(
    "wrong", [{"reason": "Because."}, {"hours": 0}, {"hours": 25}, {"reason": None}]
)
async def test_emergency_access_needs_a_reason_and_ends_within_a_day(
    students: House, wrong: dict[str, Any]
) -> None:
    await opened(students, OTHER_WORKER, await a_student(students), 422, **wrong)


@promise("Access and privacy", "Emergency access lasts a day at most.")
async def test_emergency_access_ends_by_itself(students: House) -> None:
    child = await a_student(students)
    access = await opened(students, OTHER_WORKER, child)
    async with students.database.reading() as connection:
        await connection.exec_driver_sql("update emergency_access set ends_at = now()")
    assert await seen(students, child, OTHER_WORKER) == set()
    [told] = await listed(students, OTHER_WORKER)
    assert (told["id"], told["open"]) == (access["id"], False)


async def test_only_its_holder_and_the_district_end_an_emergency_access_early(
    students: House,
) -> None:
    child = await a_student(students)
    for caller in (OTHER_WORKER, ANOTHER):
        access = await opened(students, OTHER_WORKER, child)
        await act(students, FAR, access, "ending", 404)
        ended = await act(students, caller, access, "ending")
        assert ended["open"] is False
        assert await act(students, caller, access, "ending") == ended
        assert await seen(students, child, OTHER_WORKER) == set()
    assert len(await students.events(EmergencyAccessEnded)) == 2


@promise(
    "Access and privacy",
    "Another administrator of the child's district reviews each emergency access.",
)
async def test_another_administrator_of_the_childs_district_reviews_an_emergency_access_once(
    students: House,
) -> None:
    child = await a_student(students)
    finding = {"justified": True, "finding": "The police had asked for the address."}
    access = await opened(students, DISTRICT, child)
    own = await act(students, DISTRICT, access, "review", 403, finding)
    assert own["code"] == "own-emergency"
    await act(students, FAR, access, "review", 404, finding)
    reviewed = await act(students, ANOTHER, access, "review", 201, finding)
    assert (reviewed["justified"], reviewed["reviewed_by"]) == (True, str(ANOTHER.account_id))
    again = await act(students, ANOTHER, access, "review", 409, finding)
    assert again["code"] == "emergency-reviewed"
    far = await opened(students, FAR, child)
    await act(students, FAR, far, "review", 404, finding)
    [event] = await students.events(EmergencyAccessReviewed)
    assert event["data"]["justified"] is True


async def test_an_unjustified_emergency_access_ends_at_once(students: House) -> None:
    child = await a_student(students)
    access = await opened(students, OTHER_WORKER, child)
    finding = {"justified": False, "finding": "There was no threat to anybody."}
    assert (await act(students, DISTRICT, access, "review", 201, finding))["open"] is False
    assert await seen(students, child, OTHER_WORKER) == set()


@promise("Access and privacy", "The district and the family know of each emergency access.")
async def test_district_family_and_holder_see_an_emergency_access_and_the_family_not_its_reason(
    students: House,
) -> None:
    child = await a_student(students)
    mother, held = (
        await a_guardian(students, child),
        await a_guardian(students, child, restricted=True),
    )
    access = await opened(students, OTHER_WORKER, child)
    for caller in (DISTRICT, OTHER_WORKER):
        [told] = await listed(students, caller)
        assert (told["id"], told["reason"]) == (access["id"], REASON)
    for caller in (mother, themselves(child)):
        [told] = await listed(students, caller)
        assert (told["id"], told["reason"], told["finding"]) == (access["id"], None, None)
    for caller in (held, FAR, principal(Role.CASE_WORKER, partner_id=OTHER_WORKER.partner_id)):
        assert await listed(students, caller) == []
        address = f"/v1/emergency-accesses/{access['id']}"
        assert (await ask(students, caller, "GET", address)).status_code == 404


async def test_the_family_reads_the_name_of_the_organization_that_opened_an_emergency_access(
    students: House,
) -> None:
    await a_partner(students, "Night Shelter", OTHER_WORKER.partner_id)
    child = await a_student(students)
    mother = await a_guardian(students, child)
    access = await opened(students, OTHER_WORKER, child)
    [told] = await listed(students, mother)
    assert (access["partner_name"], told["partner_name"]) == ("Night Shelter", "Night Shelter")


async def test_an_access_without_a_review_for_three_days_comes_first(students: House) -> None:
    child = await a_student(students)
    late, reviewed, new = [await opened(students, OTHER_WORKER, child) for _ in range(3)]
    finding = {"justified": True, "finding": "The police had asked for the address."}
    await act(students, DISTRICT, reviewed, "review", 201, finding)
    async with students.database.reading() as connection:
        await connection.exec_driver_sql(
            "update emergency_access set begins_at = begins_at - interval '73 hours' "
            f"where id in ('{late['id']}', '{reviewed['id']}')"
        )
    told = await listed(students, DISTRICT)
    assert [each["id"] for each in told] == [late["id"], new["id"], reviewed["id"]]
    assert [each["overdue"] for each in told] == [True, False, False]


async def test_emergency_accesses_are_found_by_whether_they_are_open_and_reviewed(
    students: House,
) -> None:
    child = await a_student(students)
    ended, reviewed, new = [await opened(students, OTHER_WORKER, child) for _ in range(3)]
    await act(students, OTHER_WORKER, ended, "ending")
    finding = {"justified": True, "finding": "The police had asked for the address."}
    await act(students, DISTRICT, reviewed, "review", 201, finding)

    async def found(caller: Principal = DISTRICT, **asked: str) -> set[str]:
        return {each["id"] for each in await listed(students, caller, **asked)}

    assert await found(open="true") == {reviewed["id"], new["id"]}
    assert await found(open="false") == {ended["id"]}
    assert await found(reviewed="true") == {reviewed["id"]}
    assert await found(reviewed="false") == {ended["id"], new["id"]}
    assert await found(open="true", reviewed="false") == {new["id"]}
    assert await found(student_id=str(child), open="true", reviewed="true") == {reviewed["id"]}
    assert await found(FAR, open="true") == set()


async def test_families_and_systems_open_no_emergency_access(students: House) -> None:
    child = await a_student(students)
    for caller in (
        await a_guardian(students, child),
        themselves(child),
        principal(Role.PARTNER_SYSTEM, partner_id=uuid4()),
        principal(Role.BACKBONE),
    ):
        await opened(students, caller, child, 403)


def test_emergency_access_has_limits_of_time_number_and_reviewer() -> None:
    begin = datetime(2026, 3, 1, 12, tzinfo=UTC)
    end = rules.ends_at(begin, 24)
    assert end - begin == timedelta(days=1)
    assert rules.ended_early(end, end - timedelta(microseconds=1))
    assert not rules.ended_early(end, end)
    rules.ensure_few(rules.MOST_OPEN - 1)
    with pytest.raises(Conflict):
        rules.ensure_few(rules.MOST_OPEN)
    with pytest.raises(Forbidden):
        rules.ensure_reviewer(DISTRICT.account_id, DISTRICT.account_id)


@promise("Access and privacy", "Emergency access makes nobody part of a program.")
async def test_emergency_access_makes_nobody_part_of_a_program(students: House) -> None:
    """Else a partner would keep after the day what it was let see for it."""
    child = await a_student(students)
    program = await a_program(students, partner_id=OTHER_WORKER.partner_id)
    await opened(students, OTHER_WORKER, child)
    for stage in ("applied", "active"):
        problem = await engage(students, child, program, OTHER_WORKER, stage=stage)
        assert problem["code"] == "student-unknown"
    async with students.database.reading() as connection:
        await connection.exec_driver_sql("update emergency_access set ends_at = now()")
    assert await seen(students, child, OTHER_WORKER) == set()


@promise(
    "Access and privacy",
    "Emergency access discloses nothing under another membership of the same account.",
)
async def test_emergency_access_opens_nothing_under_another_membership_of_the_same_account(
    students: House,
) -> None:
    child = await a_student(students)
    parent = await a_guardian(students)
    worker = OTHER_WORKER.model_copy(update={"account_id": parent.account_id})
    elsewhere = worker.model_copy(update={"partner_id": uuid4()})
    await opened(students, worker, child)
    for caller in (parent, elsewhere):
        assert await seen(students, child, caller) == set()
        found = await ask(students, caller, "GET", "/v1/students")
        assert found.json()["items"] == []
    assert await seen(students, child, worker) == OPENS
