"""The start of a partner's system: the children it may know of, and the position to read on from."""

from typing import Any
from uuid import uuid4

import pytest

from shared.contracts.students.access import Category
from shared.events.bus import PARTNERS, connected
from shared.events.partner_outbox import TO_PARTNERS
from shared.events.relay import relay_for_ever
from shared.security.principal import Role
from tests.houses import House, principal
from tests.promised import promise
from tests.shared.conftest import until
from tests.shared.events.test_relay import running
from tests.students.lifecycle.test_amendments import a_statement
from tests.students.people import DISTRICT_ID, PARTNER_ID, WORKER
from tests.students.sharing.test_sharing import measure
from tests.students.streams import (
    a_family,
    agree,
    attend,
    consent,
    listen,
    stop_listening,
    told,
    withdraw,
)

SYSTEM = principal(Role.PARTNER_SYSTEM, partner_id=PARTNER_ID)
PATH = f"/v1/sharing/{PARTNER_ID}/snapshot"


async def snapshot(students: House, caller: Any = SYSTEM, **asked: Any) -> dict[str, Any]:
    async with students.calling(caller) as http:
        return dict((await http.get(PATH, params=asked)).json())


@pytest.fixture
async def children(students: House) -> list[str]:
    """Three of whom the partner was told, and one more."""
    await listen(students)
    await agree(students)
    ids = []
    for _ in range(3):
        child, guardian = await a_family(students)
        await consent(students, child, guardian)
        await attend(students, child)
        ids.append(str(child))
    await a_family(students)
    await told(students)
    return sorted(ids)


@promise(
    "Access and privacy",
    "A family's statement on a declined amendment goes with every later disclosure of that part.",
)
async def test_events_and_snapshot_link_to_the_familys_statement(students: House) -> None:
    """Of the part it is about, to whom that part is open (34 CFR 99.21(c)); the words are read
    under the link."""
    await listen(students)
    await agree(students, Category.ATTENDANCE, Category.MEASURES)
    child, person = await a_family(students)
    await consent(students, child, person, Category.ATTENDANCE, Category.MEASURES)
    await attend(students, child)
    assert [event["statement"] for event in await told(students)] == [False]
    guardian = principal(Role.GUARDIAN, partner_id=DISTRICT_ID, person_id=person)
    await a_statement(students, child, guardian)
    await attend(students, child, days=2)
    await measure(students, child)
    assert [(event["category"], event["statement"]) for event in await told(students)] == [
        ("attendance", False), ("attendance", True), ("measures", False),
    ]  # fmt: skip
    [item] = (await snapshot(students))["items"]
    assert item["statements"] == ["attendance"]


async def test_a_snapshot_lists_the_children_that_the_partner_may_know_of_by_pages(
    students: House, children: list[str]
) -> None:
    first = await snapshot(students, limit=2)
    second = await snapshot(students, limit=2, cursor=first["next"])
    items = [*first["items"], *second["items"]]
    assert [item["student_id"] for item in items] == children
    assert second["next"] is None
    assert all(item["categories"] == ["attendance"] for item in items)


async def test_each_child_of_a_snapshot_is_logged_as_a_release(
    students: House, children: list[str]
) -> None:
    await snapshot(students)
    rows = await students.rows(
        "select student_id, categories, basis from disclosure where channel = 'export'"
    )
    assert sorted(str(row["student_id"]) for row in rows) == children
    assert {(*row["categories"], row["basis"]) for row in rows} == {("attendance", "consent")}


async def test_a_snapshot_leaves_out_a_child_whose_consent_was_just_taken_back(
    students: House, children: list[str]
) -> None:
    child, guardian = await a_family(students)
    word = await consent(students, child, guardian)
    await told(students)
    assert len((await snapshot(students))["items"]) == 4
    await withdraw(students, word)  # and the stream has not heard of it yet
    assert [item["student_id"] for item in (await snapshot(students))["items"]] == children


@promise("Access and privacy", "A partner that reads on from a snapshot misses nothing.")
async def test_a_partner_that_reads_on_from_a_snapshot_misses_nothing(
    students: House, children: list[str]
) -> None:
    settings = students.app.state.settings
    waiting = "select count(*) as n from partner_outbox where published_at is null"

    async def published() -> bool:
        return bool((await students.rows(waiting))[0]["n"] == 0)

    async with running(relay_for_ever(settings, students.database, TO_PARTNERS)):
        await until(published)
        taken = await snapshot(students)
        bus = await connected(settings, "test", PARTNERS)
        state = await bus.state()
        await bus.close()
        child, guardian = await a_family(students)
        await consent(students, child, guardian)
        await attend(students, child)
        await told(students)
        await until(published)
    assert taken["stream_incarnation"] == state.incarnation
    rows = await students.rows("select student_id, stream_seq from partner_outbox")
    later = {str(row["student_id"]) for row in rows if row["stream_seq"] > taken["stream_seq"]}
    assert later == {str(child)}


async def test_only_the_partners_own_listening_system_gets_a_snapshot(
    students: House, children: list[str]
) -> None:
    foreign = await snapshot(students, principal(Role.PARTNER_SYSTEM, partner_id=uuid4()))
    assert foreign["code"] == "stream-unknown"
    assert (await snapshot(students, WORKER))["code"] == "permission-missing"
    await stop_listening(students)
    assert (await snapshot(students))["code"] == "stream-unknown"
