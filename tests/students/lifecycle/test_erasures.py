"""A child is erased: by the district, or because the period of its data is over."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from services.students.lifecycle.removals.actions import BY_CONSENT, BY_ENGAGEMENT, KEPT, REMOVED
from services.students.lifecycle.retention import rules
from services.students.lifecycle.retention.actions import enforce
from shared.contracts.outcomes.erasure import ChildErased as ErasedInOutcomes
from shared.contracts.partners.erasure import ChildErased as ErasedInPartners
from shared.contracts.resources.erasure import ChildErased as ErasedInResources
from shared.contracts.students.erasure import DataClass, ErasureCertified, StudentErased
from shared.persistence.migrations import tables_of
from shared.security.principal import Principal
from tests.houses import House
from tests.promised import promise
from tests.students.families import a_guardian
from tests.students.lifecycle.test_exports import a_full_child
from tests.students.people import (
    DISTRICT,
    WORKER,
    a_program,
    a_school,
    a_student,
    engage,
    stages,
)

KINDS = (ErasedInPartners, ErasedInResources, ErasedInOutcomes)
DAYS = dict.fromkeys(DataClass, 100)
NOW = datetime.now(UTC)


async def erase(
    students: House, child: UUID, ground: str = "request-granted", caller: Principal = DISTRICT
) -> dict[str, Any]:
    async with students.calling(caller) as http:
        answer = await http.post(f"/v1/students/{child}/erasure", json={"ground": ground})
    return dict(answer.json())


async def certificate(students: House, erasure_id: str) -> dict[str, Any]:
    async with students.calling(DISTRICT) as http:
        return dict((await http.get(f"/v1/erasures/{erasure_id}")).json())


async def everything(students: House) -> str:
    """Every row of every table, as text."""
    told = []
    for table in tables_of("students").tables:
        told += [str(row) for row in await students.rows(f'select t::text from "{table}" t')]
    return "\n".join(told)


async def decide_amendments(students: House) -> None:
    async with students.database.transaction() as session:
        await session.execute(text("update amendment set status = 'amended'"))


async def set_status(students: House, status: str) -> None:
    async with students.database.transaction() as session:
        await session.execute(text("update student set status = :status"), {"status": status})


@promise("Access and privacy", "Nothing but the number of an erased child is left in any table.")
async def test_nothing_of_an_erased_child_is_left_in_any_table(students: House) -> None:
    school_id = await a_school(students)
    child, _ = await a_full_child(students, "canary", school_id)
    other, _ = await a_full_child(students, "other", school_id)
    await decide_amendments(students)
    before = await everything(students)
    answer = await erase(students, child)
    after = await everything(students)

    assert before.count("canary-") > 10
    # The program has its name and the session its place: both are of the program.
    said = [line for line in after.splitlines() if "canary" in line]
    assert not [line for line in said if "canary-pl" not in line and "canary-pr" not in line], said
    assert before.count("other-") == after.count("other-")
    # What remains of the child is its number: in the certificate, its event, and who had what.
    tables = {
        table
        for table in tables_of("students").tables
        if await students.rows(
            f'select 1 from "{table}" t where t::text like :id', id=f"%{child}%"
        )
    }
    assert tables == {"disclosure", "erasure", "outbox"}
    assert answer["disclosures_kept"] > 0
    assert await students.rows("select 1 from student where id = :id", id=other)


async def test_the_events_about_the_child_leave_and_their_subjects_are_purged(
    students: House,
) -> None:
    child = await a_student(students)
    engagement = await engage(students, child, await a_program(students), stage="active")
    await erase(students, child)
    [told] = [each for each in await students.events() if str(child) in str(each["data"])]
    assert told["type"] == StudentErased.type
    assert set(told["purges"]) >= {
        f"students.engagement.changed.v1.{engagement['id']}",
    }


async def test_erasures_are_found_by_whether_they_are_certified(students: House) -> None:
    first, second = [await erase(students, await a_student(students)) for _ in range(2)]
    for kind in KINDS:
        event = kind(erasure_id=UUID(first["id"]), student_id=uuid4(), rows=0)
        await students.hear(event, aggregate_id=uuid4())
    found = {}
    async with students.calling(DISTRICT) as http:
        for status in ("open", "certified"):
            answer = await http.get("/v1/erasures", params={"status": status})
            found[status] = [each["id"] for each in answer.json()["items"]]
    assert found == {"open": [second["id"]], "certified": [first["id"]]}


async def test_the_certificate_is_whole_when_every_service_has_confirmed(students: House) -> None:
    child = await a_student(students)
    erasure = await erase(students, child)
    open_ = {"open"}
    for kind in KINDS:
        open_.add((await certificate(students, erasure["id"]))["status"])
        event = kind(erasure_id=UUID(erasure["id"]), student_id=child, rows=3)
        await students.hear(event, aggregate_id=uuid4())
    done = await certificate(students, erasure["id"])

    assert open_ == {"open"}
    assert done["status"] == "certified" and done["certified_at"]
    assert {each["service"] for each in done["confirmations"]} == {
        "students", "partners", "resources", "outcomes",
    }  # fmt: skip
    assert len(await students.events(ErasureCertified)) == 1


@pytest.mark.parametrize(
    ("ground", "status", "code"),
    [
        ("left", "active", "student-not-left"),
        ("left", "left", None),
        ("request-granted", "active", None),
        ("retention-ended", "left", "retention-ends-by-itself"),
    ],
)
async def test_a_child_is_erased_when_the_law_allows_it(
    students: House, ground: str, status: str, code: str | None
) -> None:
    child = await a_student(students)
    await set_status(students, status)
    assert (await erase(students, child, ground)).get("code") == code


async def test_nothing_is_erased_while_the_family_waits_for_a_decision(students: House) -> None:
    child, _ = await a_full_child(students, "asked", await a_school(students))
    assert (await erase(students, child))["code"] == "amendment-open"


async def test_other_roles_neither_erase_nor_read_certificates(students: House) -> None:
    child = await a_student(students)
    erasure = await erase(students, child)
    foreign = DISTRICT.model_copy(update={"partner_id": uuid4(), "account_id": uuid4()})
    assert (await erase(students, await a_student(students), caller=foreign))["code"] == (
        "student-unknown"
    )
    assert (await erase(students, child, caller=WORKER))["code"] == "permission-missing"
    async with students.calling(foreign) as http:
        hidden = await http.get(f"/v1/erasures/{erasure['id']}")
        assert (hidden.status_code, (await http.get("/v1/erasures")).json()["items"]) == (404, [])


async def test_a_contact_shared_with_another_child_stays_and_the_place_goes_to_the_next_child(
    students: House,
) -> None:
    child, sister = await a_student(students), await a_student(students)
    both, one = await a_guardian(students, child, sister), await a_guardian(students, child)
    program = await a_program(students, capacity=1)
    await engage(students, child, program, stage="active")
    waiting = await engage(students, sister, program)
    async with students.calling(DISTRICT) as http:
        await http.post(
            f"/v1/engagements/{waiting['id']}/steps", json={"stage": "waitlisted"},
            headers={"If-Match": '"1"'},
        )  # fmt: skip
    await erase(students, child)
    people = {row["id"] for row in await students.rows("select id from person")}
    assert both.person_id in people and one.person_id not in people
    assert list((await stages(students)).values()) == ["enrolled"]


@promise(
    "Access and privacy",
    "Every table about a child is erased, or kept for a written reason.",
)
async def test_every_table_about_a_child_is_erased_or_kept_for_a_reason() -> None:
    tables = tables_of("students").tables
    removed = {table.__tablename__ for group in REMOVED.values() for table, _ in group}
    about = {
        name
        for name, table in tables.items()
        if "student_id" in table.c
        or {*table.c.keys()} & {BY_ENGAGEMENT, BY_CONSENT}
        or any(
            key.column.table.name in {"student", "person"}
            for column in table.c
            for key in column.foreign_keys
        )
    }
    assert about - removed - set(KEPT) == set()
    assert set(REMOVED) | {DataClass.ASSIGNMENTS, DataClass.MEASURES} == set(DataClass)


@promise(
    "Access and privacy",
    "Each class of data leaves at the end of its time; none is kept for ever.",
)
@given(
    st.dictionaries(st.sampled_from(DataClass), st.integers(0, 5_000), min_size=1),
    st.integers(0, 5_000),
)
def test_each_class_of_data_leaves_at_the_end_of_its_period_and_with_the_roster_all_data(
    known: dict[DataClass, int], days_ago: int
) -> None:
    days, today = dict.fromkeys(DataClass, 3_000) | known, date(2026, 1, 1)
    ended = set(rules.ended(today - timedelta(days_ago), days, today))
    if days[DataClass.ROSTER] <= days_ago:
        assert ended == set(DataClass)
    else:
        assert ended == {kind for kind in DataClass if days[kind] <= days_ago}


@promise(
    "Access and privacy",
    "Each class of data leaves at the end of its time; none is kept for ever.",
)
async def test_data_whose_period_is_over_leaves_by_itself_class_by_class(students: House) -> None:
    school_id = await a_school(students)
    gone, _ = await a_full_child(students, "gone", school_id)
    stays, _ = await a_full_child(students, "stays", school_id)
    await decide_amendments(students)
    async with students.calling(DISTRICT) as http:
        tag = (await http.get(f"/v1/students/{gone}")).headers["etag"]
        await http.patch(
            f"/v1/students/{gone}", json={"status": "left"}, headers={"If-Match": tag}
        )
    days = DAYS | {DataClass.ATTENDANCE: 10, DataClass.NOTES: 10}

    after = [
        await enforce(students.database, days, NOW + timedelta(later))
        for later in (0, 9, 10, 11, 100)
    ]

    assert after == [0, 0, 1, 0, 1]
    told = [set(each["data"]["classes"]) for each in await students.events(StudentErased)]
    assert told == [set(DataClass)]  # the first one was about the child too
    children = {row["id"] for row in await students.rows("select id from student")}
    assert children == {stays}
    assert await students.rows("select 1 from attendance_mark where student_id = :id", id=stays)


async def test_a_child_that_comes_back_is_not_erased(students: House) -> None:
    child = await a_student(students)
    await set_status(students, "left")
    await enforce(students.database, DAYS, NOW)
    await set_status(students, "active")
    assert await enforce(students.database, DAYS, NOW + timedelta(101)) == 0
    assert await students.rows("select 1 from student where id = :id", id=child)
