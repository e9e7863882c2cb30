"""The worker of an engagement is on the staff of the program's partner, now."""

import os
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from shared.contracts.partners.membership import MembershipEnded
from shared.persistence.migrations import upgrade
from shared.security.principal import Role
from tests.databases import create, drop
from tests.houses import House
from tests.promised import promise
from tests.servers import Servers
from tests.students.people import (
    OTHER_WORKER,
    PARTNER_ID,
    WORKER,
    a_program,
    a_student,
    a_worker,
    engage,
)

REFUSED = (422, "worker-unknown", ["body.worker_id"])


async def planned(students: House, made: dict[str, Any], **body: Any) -> dict[str, Any]:
    """The engagement with the new plan, or the problem."""
    address = f"/v1/engagements/{made['id']}"
    async with students.calling(WORKER) as http:
        tag = {"If-Match": (await http.get(address)).headers["etag"]}
        return dict((await http.put(f"{address}/plan", json=body, headers=tag)).json())


def refusal(problem: dict[str, Any]) -> tuple[int, str, list[str]]:
    return problem["status"], problem["code"], [each["field"] for each in problem["errors"]]


@promise(
    "Access and privacy",
    "A case worker is somebody on the staff of the program's partner, with a membership in force.",
)
async def test_only_somebody_on_the_staff_of_the_programs_partner_becomes_the_worker(
    students: House,
) -> None:
    program_id = await a_program(students)
    own, admin, teacher, elsewhere = [uuid4() for _ in range(4)]
    await a_worker(students, own)
    await a_worker(students, admin, role=Role.PARTNER_ADMIN)
    await a_worker(students, teacher, role=Role.EDUCATOR)
    await a_worker(students, elsewhere, OTHER_WORKER.partner_id or uuid4())
    taken = []
    for account_id in (own, admin):
        made = await engage(
            students, await a_student(students), program_id, worker_id=str(account_id)
        )
        taken.append(made["worker_id"])
    refused = [
        await engage(students, await a_student(students), program_id, worker_id=str(account_id))
        for account_id in (teacher, elsewhere, uuid4())
    ]
    again = await planned(students, made, worker_id=str(elsewhere))
    assert taken == [str(own), str(admin)]
    assert [refusal(each) for each in (*refused, again)] == [REFUSED] * 4


@promise("Access and privacy", "An account of another partner and no account are refused alike.")
async def test_an_account_of_another_partner_and_no_account_are_refused_alike(
    students: House,
) -> None:
    program_id, student_id = await a_program(students), await a_student(students)
    elsewhere, left = uuid4(), uuid4()
    await a_worker(students, elsewhere, OTHER_WORKER.partner_id or uuid4())
    await students.hear(ended(await a_worker(students, left)))
    answers = [
        await engage(students, student_id, program_id, worker_id=str(account_id))
        for account_id in (elsewhere, left, uuid4())
    ]
    assert answers[0] == answers[1] == answers[2]


def ended(granted: Any) -> MembershipEnded:
    return MembershipEnded(**granted.model_dump())


async def test_a_worker_who_leaves_stays_in_the_engagement_and_gets_no_other_one(
    students: House,
) -> None:
    program_id, account_id = await a_program(students), uuid4()
    granted = await a_worker(students, account_id)
    student_id = await a_student(students)
    made = await engage(students, student_id, program_id, worker_id=str(account_id))
    await students.hear(ended(granted))
    async with students.calling(WORKER) as http:
        kept = (await http.get(f"/v1/engagements/{made['id']}")).json()
    replanned = await planned(
        students, made, worker_id=str(account_id), weeks=10, minutes_per_week=60
    )
    without = await planned(students, made)
    back = await planned(students, made, worker_id=str(account_id))
    another = await engage(
        students, await a_student(students), program_id, worker_id=str(account_id)
    )
    assert kept["worker_id"] == replanned["worker_id"] == str(account_id)
    assert replanned["weeks"] == 10
    assert without["worker_id"] is None
    assert refusal(back) == refusal(another) == REFUSED


async def test_a_worker_with_two_memberships_stays_on_the_staff_until_both_have_ended(
    students: House,
) -> None:
    program_id, account_id = await a_program(students), uuid4()
    first = await a_worker(students, account_id)
    second = await a_worker(students, account_id, role=Role.PARTNER_ADMIN)
    found = []
    for granted in (first, second):
        await students.hear(ended(granted))
        made = await engage(
            students, await a_student(students), program_id, worker_id=str(account_id)
        )
        found.append(made.get("worker_id"))
    assert found == [str(account_id), None]


async def test_a_membership_that_is_announced_again_is_kept_once(students: House) -> None:
    granted = await a_worker(students, uuid4(), PARTNER_ID)
    await students.hear(granted)
    rows = await students.rows("select membership_id, partner_id, account_id from partner_worker")
    assert rows == [granted.model_dump(include={"membership_id", "partner_id", "account_id"})]


@pytest.fixture
async def earlier(running: Servers) -> AsyncIterator[str]:
    """The address of a database of students, as the release before left it."""
    name = f"test_workers_{os.getpid()}"
    url = await create(running.database_url, name)
    await upgrade(url, "students", "0014")
    yield url
    await drop(running.database_url, name)


@pytest.mark.parametrize("before", [True, False])
async def test_an_upgrade_asks_for_the_memberships_that_were_announced_before(
    earlier: str, *, before: bool
) -> None:
    engine = create_async_engine(earlier)
    if before:
        async with engine.begin() as connection:
            await connection.execute(
                text("insert into heard values ('partners', gen_random_uuid(), 1)")
            )
    await upgrade(earlier, "students")
    async with engine.begin() as connection:
        found = (await connection.execute(text("select * from outbox"))).mappings().all()
    await engine.dispose()
    asked = [(row["type"], row["aggregate_version"]) for row in found]
    assert asked == [("students.workers.asked.v1", 1)] * before
    for row in found:
        assert UUID(str(row["aggregate_id"]))
