"""A family's request to amend: asked, decided, heard, and the statement that goes with the record."""

from typing import Any
from uuid import UUID

import pytest

from services.students.participation.attendance.records import AttendanceTotalRow
from shared.contracts.students.amendment import AmendmentChanged
from shared.security.principal import Principal
from tests.houses import House
from tests.promised import promise
from tests.students.families import BORN_20_YEARS_AGO, a_guardian, the_student
from tests.students.people import (
    DISTRICT,
    WORKER,
    a_class,
    a_program,
    a_school,
    a_student,
    an_educator,
    engage,
)
from tests.students.streams import TODAY

WRONG = {"category": "attendance", "what": "Absent on 3 March.", "why": "She was in class."}
DECLINE = {"amended": False, "reason": "The register is signed."}
STATEMENT = {"text": "Our daughter was in class on 3 March."}


async def ask(students: House, child: UUID, caller: Principal, **other: str) -> dict[str, Any]:
    async with students.calling(caller) as http:
        asked = await http.post(f"/v1/students/{child}/amendments", json=WRONG | other)
    return dict(asked.json())


async def step(
    students: House, amendment: dict[str, Any], caller: Principal, verb: str, **body: Any
) -> dict[str, Any]:
    """The amendment after it, or the problem. On top of the newest version."""
    address = f"/v1/students/{amendment['student_id']}/amendments/{amendment['id']}"
    [row] = await students.rows("select version from amendment where id = :id", id=amendment["id"])
    method = "PUT" if verb == "statement" else "POST"
    async with students.calling(caller) as http:
        answer = await http.request(
            method, f"{address}/{verb}", json=body,
            headers={"If-Match": f'"{row["version"]}"'},
        )  # fmt: skip
    return dict(answer.json())


async def statements(students: House, child: UUID, caller: Principal) -> list[str]:
    async with students.calling(caller) as http:
        alone = (await http.get(f"/v1/students/{child}")).json()
        whole = (await http.get(f"/internal/students/{child}/picture")).json()["student"]
    assert alone["statements"] == whole["statements"]
    return [each["text"] for each in alone["statements"]]


@promise(
    "Access and privacy",
    "A family's statement on a declined amendment goes with every later disclosure of that part.",
)
async def test_a_declined_amendment_leaves_a_statement_with_every_later_disclosure(
    students: House,
) -> None:
    school_id = await a_school(students)
    child = await a_student(students, school_id=school_id)
    teacher, guardian = await an_educator(students), await a_guardian(students, child)
    await a_class(students, school_id, teacher, child)
    await engage(students, child, await a_program(students), stage="active")

    asked = await ask(students, child, guardian)
    declined = await step(students, asked, DISTRICT, "decision", **DECLINE)
    heard = await step(
        students, asked, DISTRICT, "hearing", held_on="2026-03-20", amended=False,
        finding="The register stands.",
    )  # fmt: skip
    stated = await step(students, asked, guardian, "statement", **STATEMENT)

    assert [asked["status"], declined["status"]] == ["asked", "declined"]
    assert (heard["hearing_finding"], heard["status"]) == ("The register stands.", "declined")
    assert stated["statement"] == STATEMENT["text"]
    for viewer in (guardian, teacher, DISTRICT):
        assert await statements(students, child, viewer) == [STATEMENT["text"]]
    # To whom attendance is not told, nor is what the family says of it.
    assert await statements(students, child, WORKER) == []


async def a_statement(students: House, child: UUID, guardian: Principal, **other: str) -> None:
    asked = await ask(students, child, guardian, **other)
    await step(students, asked, DISTRICT, "decision", **DECLINE)
    await step(students, asked, guardian, "statement", **STATEMENT)


@promise(
    "Access and privacy",
    "A family's statement on a declined amendment goes with every later disclosure of that part.",
)
async def test_each_answer_that_discloses_the_part_links_to_the_statement(
    students: House,
) -> None:
    child, other = await a_student(students), await a_student(students)
    guardian = await a_guardian(students, child)
    async with students.database.transaction() as session:
        for each in (child, other):
            session.add(
                AttendanceTotalRow(
                    student_id=each, school_year=2026, days_enrolled=1, days_attended=1,
                    days_excused=0, days_tardy=0, as_of=TODAY,
                )
            )  # fmt: skip
    paths = (
        f"/v1/students/{child}/attendance/days", f"/v1/students/{other}/attendance/days",
        f"/v1/students/{child}/contacts", "/v1/attendance",
    )  # fmt: skip
    assert await links(students, *paths) == ["", "", "", ""]
    await a_statement(students, child, guardian)
    stated = f'</v1/students/{child}>; rel="describedby"'
    assert await links(students, *paths) == [stated, "", "", stated]
    pages = await links(students, "/v1/attendance?limit=1")
    assert 'rel="next"' in pages[0]


async def links(students: House, *paths: str) -> list[str]:
    async with students.calling(DISTRICT) as http:
        return [(await http.get(path)).headers.get("link", "") for path in paths]


async def test_a_statement_changes_the_version_of_the_child(students: House) -> None:
    child = await a_student(students)
    guardian = await a_guardian(students, child)
    asked = await ask(students, child, guardian)
    await step(students, asked, DISTRICT, "decision", **DECLINE)
    async with students.calling(guardian) as http:
        before = (await http.get(f"/v1/students/{child}")).headers["etag"]
        await step(students, asked, guardian, "statement", **STATEMENT)
        after = (await http.get(f"/v1/students/{child}")).headers["etag"]
    assert before != after


async def test_a_part_that_a_hearing_amends_carries_no_statement_any_more(students: House) -> None:
    child = await a_student(students)
    guardian = await a_guardian(students, child)
    asked = await ask(students, child, guardian)
    await step(students, asked, DISTRICT, "decision", **DECLINE)
    await step(students, asked, guardian, "statement", **STATEMENT)
    await step(
        students, asked, DISTRICT, "hearing", held_on="2026-03-20", amended=True, finding="So."
    )
    assert await statements(students, child, guardian) == []


async def test_an_amendment_is_not_declined_without_a_reason_or_decided_twice(
    students: House,
) -> None:
    child = await a_student(students)
    guardian = await a_guardian(students, child)
    asked = await ask(students, child, guardian)
    silent = await step(students, asked, DISTRICT, "decision", amended=False)
    early = await step(students, asked, guardian, "statement", **STATEMENT)
    await step(students, asked, DISTRICT, "decision", amended=True)
    again = await step(students, asked, DISTRICT, "decision", **DECLINE)
    late = await step(students, asked, guardian, "statement", **STATEMENT)
    assert [each["code"] for each in (silent, early, again, late)] == [
        "reason-missing", "amendment-not-declined", "amendment-decided", "amendment-not-declined",
    ]  # fmt: skip


@pytest.mark.parametrize("eligible", [False, True])
async def test_the_rights_are_the_guardians_until_18_and_then_the_students_own(
    students: House, eligible: bool
) -> None:
    child = await a_student(students, **({"birth_date": BORN_20_YEARS_AGO} if eligible else {}))
    guardian = await a_guardian(students, child)
    by_guardian = await ask(students, child, guardian)
    by_student = await ask(students, child, the_student(child))
    if eligible:
        assert by_guardian["code"] == "student-unknown"
        assert by_student["asked_by"] == str(child)
    else:
        assert by_guardian["asked_by"] == str(guardian.person_id)
        assert by_student["code"] == "rights-with-guardians"


async def test_amendments_are_visible_to_the_family_and_its_district_alone(
    students: House,
) -> None:
    child = await a_student(students)
    guardian, other = await a_guardian(students, child), await a_guardian(students)
    await engage(students, child, await a_program(students), stage="active")
    asked = await ask(students, child, guardian)
    address = f"/v1/students/{child}/amendments"
    codes = {}
    for name, caller in {"worker": WORKER, "other": other, "district": DISTRICT}.items():
        async with students.calling(caller) as http:
            answer = (await http.get(f"{address}/{asked['id']}")).json()
            codes[name] = answer.get("code") or answer["status"]
    assert codes == {
        "worker": "permission-missing", "other": "student-unknown", "district": "asked",
    }  # fmt: skip


async def test_every_step_of_an_amendment_is_announced_with_ids_only(students: House) -> None:
    child = await a_student(students)
    guardian = await a_guardian(students, child)
    asked = await ask(students, child, guardian)
    await step(students, asked, DISTRICT, "decision", **DECLINE)
    await step(students, asked, guardian, "statement", **STATEMENT)
    told = await students.events(AmendmentChanged)
    assert [each["data"]["has_statement"] for each in told] == [False, False, True]
    assert [each["aggregate_version"] for each in told] == [1, 2, 3]
    assert "class" not in str(told)
