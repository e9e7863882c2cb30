"""The brake on a roster: an export that went wrong ends nobody unasked."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from shared.contracts.students.roster import RosterImported
from shared.contracts.students.student import StudentRostered
from shared.security.principal import Role
from tests.bench.oneroster_generator import package
from tests.houses import House, principal
from tests.promised import promise
from tests.students.lifecycle.test_erasures import erase
from tests.students.packages import delta, package_of, zip_of_folder

ADMIN = principal(Role.DISTRICT_ADMIN, partner_id=uuid4())
FIRST = package(60)


def of(job: dict[str, Any], noun: str) -> dict[str, Any]:
    [effect] = [effect for effect in job["effects"] if effect["noun"] == noun]
    return dict(effect)


def four(job: dict[str, Any], noun: str) -> Sequence[int]:
    effect = of(job, noun)
    return [effect[name] for name in ("added", "changed", "ended", "known")]


async def take(
    students: House, content: bytes, state: str = "done", *, preview: bool = False
) -> dict[str, Any]:
    job = await students.import_file("oneroster", content, ADMIN, preview=preview)
    assert job["state"] == state, job
    return job


async def decide(students: House, job: dict[str, Any], word: str) -> None:
    async with students.calling(ADMIN) as http:
        answer = await http.post(f"/v1/imports/{job['id']}/{word}")
        assert answer.is_success, answer.text


async def active(students: House) -> int:
    return len(await students.rows("select id from student where status = 'active'"))


@pytest.fixture
def empty_export(real_data: Path) -> bytes:
    return zip_of_folder(real_data / "reported/empty-bulk-roster")


@promise(
    "Imports",
    "An import that would end more than a tenth waits for a confirmation, and says what would end.",
)
async def test_an_export_without_rows_ends_nobody_and_says_what_it_would_end(
    students: House, empty_export: bytes
) -> None:
    await take(students, FIRST)
    before = await students.contents()
    job = await take(students, empty_export, "needs_confirmation")
    assert await students.contents() == before

    children = of(job, "children")
    assert (children["ended"], children["known"], children["to_confirm"]) == (60, 60, True)
    schools = await students.rows(
        "select o.id, o.name, count(*) as number from student s join org o on o.id = s.school_id"
        " group by o.id, o.name order by o.name"
    )
    assert [(part["id"], part["name"], part["ended"]) for part in children["parts"]] == [
        (str(row["id"]), row["name"], row["number"]) for row in schools
    ]
    for noun in ("contacts", "demographics", "staff", "classes", "enrollments"):
        assert of(job, noun)["ended"] == of(job, noun)["known"] > 0, noun


async def test_whoever_may_import_carries_the_mistaken_file_out_or_drops_it(
    students: House, empty_export: bytes
) -> None:
    await take(students, FIRST)
    rejected = await take(students, empty_export, "needs_confirmation")
    await decide(students, rejected, "rejection")
    assert await active(students) == 60

    job = await take(students, empty_export, "needs_confirmation")
    await decide(students, job, "confirmation")
    await take(students, delta(orgs=[]))  # lets the waiting one go first
    assert await active(students) == 0

    back = await take(students, FIRST)
    assert four(back, "children") == [60, 0, 0, 0]
    assert await active(students) == 60


async def test_an_erasure_by_the_district_drops_its_waiting_file(
    students: House, empty_export: bytes
) -> None:
    await take(students, FIRST)
    user = {"enabledUser": "true", "username": "u", "givenName": "A", "familyName": "B"}
    await take(students, delta(users=[user | {"sourcedId": "student-3", "status": "tobedeleted"}]))
    job = await take(students, empty_export, "needs_confirmation")
    [child] = await students.rows("select id from student where status = 'left'")
    await erase(students, child["id"], "left", ADMIN)
    async with students.calling(ADMIN) as http:
        dropped = (await http.get(f"/v1/imports/{job['id']}")).json()
    assert [problem["code"] for problem in dropped["problems"]] == ["file-erased"]
    assert await students.rows("select id from import_job where file is not null") == []


@promise("Imports", "A preview says what an import would do, and changes nothing.")
async def test_a_preview_of_a_roster_tells_never_stops_and_leaves_every_table_equal(
    students: House, empty_export: bytes
) -> None:
    empty_before = await students.contents()
    first = await take(students, FIRST, preview=True)
    assert four(first, "children") == [60, 0, 0, 0]
    assert await students.contents() == empty_before

    await take(students, FIRST)
    announced = len(await students.events())
    before = await students.contents()
    told = await take(students, empty_export, preview=True)
    assert of(told, "children")["to_confirm"] and of(told, "children")["ended"] == 60
    again = await take(students, FIRST, preview=True)
    assert {tuple(four(again, effect["noun"])[:3]) for effect in again["effects"]} == {(0, 0, 0)}
    assert await students.contents() == before
    assert len(await students.events()) == announced


async def test_one_school_that_an_export_left_out_is_enough_to_stop(students: House) -> None:
    orgs = [{"sourcedId": "d", "name": "D", "type": "district"}]
    orgs += [{"sourcedId": s, "name": s, "type": "school", "parentSourcedId": "d"}
             for s in ("large", "small")]  # fmt: skip

    def users(large: int, small: int) -> list[dict[str, str]]:
        user = {"enabledUser": "true", "username": "u", "givenName": "A", "familyName": "B",
                "role": "student"}  # fmt: skip
        return [user | {"sourcedId": f"{school}-{n}", "orgSourcedIds": school}
                for school, count in (("large", large), ("small", small)) for n in range(count)]  # fmt: skip

    async def bulk(large: int, small: int, state: str) -> dict[str, Any]:
        content = package_of("1.1", "bulk", orgs=orgs, users=users(large, small))
        return await take(students, content, state)

    await bulk(100, 6, "done")
    stopped = of(await bulk(100, 1, "needs_confirmation"), "children")
    assert [(part["name"], part["ended"], part["known"]) for part in stopped["parts"]] == [
        ("small", 5, 6)
    ]
    await bulk(91, 6, "done")  # nine of a hundred
    await bulk(91, 2, "done")  # four are never too many
    await bulk(86, 2, "done")
    await bulk(77, 2, "needs_confirmation")


async def test_a_delta_that_ends_a_whole_school_is_stopped_too(students: House) -> None:
    await take(students, FIRST)
    user = {"enabledUser": "true", "username": "u", "givenName": "A", "familyName": "B"}
    gone = [user | {"sourcedId": f"student-{n}", "status": "tobedeleted"} for n in range(20)]
    job = await take(students, delta(users=gone), "needs_confirmation")
    assert of(job, "children")["ended"] == 20


async def test_an_export_that_lost_its_guardians_or_its_classes_is_stopped_too(
    students: House,
) -> None:
    await take(students, FIRST)
    for file in ("classes", "enrollments", "demographics"):
        await take(students, package_of("1.2", "bulk", **{file: []}), "needs_confirmation")
    assert len(await students.events(RosterImported)) == 1
    assert len(await students.events(StudentRostered)) == 60


async def test_the_effects_of_a_roster_count_what_was_added_and_changed(students: House) -> None:
    await take(students, FIRST)
    user = {"enabledUser": "true", "username": "u", "givenName": "A", "familyName": "B"}
    role = {"sourcedId": "r-new", "userSourcedId": "new", "roleType": "primary",
            "role": "student", "orgSourcedId": "school-0"}  # fmt: skip
    users = [user | {"sourcedId": "student-3"}, user | {"sourcedId": "new"}]
    job = await take(students, delta(users=users, roles=[role]))
    assert four(job, "children") == [1, 1, 0, 60]
    assert four(job, "classes")[:3] == [0, 0, 0]
