"""A child's whole record: everything of it, nothing of anybody else, and logged."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from shared.security.principal import Principal
from tests.houses import House
from tests.promised import promise
from tests.students.families import BORN_20_YEARS_AGO, a_guardian, the_student
from tests.students.people import (
    DISTRICT,
    WORKER,
    a_class,
    a_leader,
    a_program,
    a_school,
    a_student,
    an_educator,
    engage,
)

TODAY = datetime.now(UTC).date()


async def export(students: House, child: UUID, caller: Principal) -> dict[str, Any]:
    async with students.calling(caller) as http:
        return dict((await http.get(f"/internal/students/{child}/export")).json())


async def a_full_child(students: House, mark: str, school_id: UUID) -> tuple[UUID, Principal]:
    """A child all of whose texts contain `mark`, and its guardian."""
    child = await a_student(
        students, school_id=school_id, given_name=f"{mark}-given", family_name=f"{mark}-family",
        search_name=f"{mark}-family {mark}-given", identifier=f"{mark}-number", grade="03",
    )  # fmt: skip
    guardian = await a_guardian(
        students, child, given_name=f"{mark}-guardian", phone=f"{mark}-555-0100",
        email=f"{mark}@example.org",
    )  # fmt: skip
    program = await a_program(students, name=f"{mark}-program")
    engagement = await engage(students, child, program, stage="active", reason=f"{mark}-reason")
    async with students.calling(WORKER) as http:
        held = (
            await http.post(
                "/v1/sessions",
                json={"program_id": str(program), "held_on": str(TODAY), "minutes": 45,
                      "place": f"{mark}-place"},
            )
        ).json()  # fmt: skip
        await http.put(
            f"/v1/sessions/{held['id']}/attendance",
            json={"marks": [{"engagement_id": engagement["id"], "category": "Present"}]},
        )
        for audience in ("team", "author"):
            await http.post(
                f"/v1/students/{child}/notes",
                json={"audience": audience, "text": f"{mark}-{audience}-note"},
            )
    async with students.calling(guardian) as http:
        await http.post(
            f"/v1/students/{child}/amendments",
            json={"category": "attendance", "what": f"{mark}-what", "why": f"{mark}-why"},
        )
    async with students.calling(DISTRICT) as http:
        marks = [{"student_id": str(child), "category": "Tardy"}]
        await http.put(f"/v1/schools/{school_id}/attendance/{TODAY}", json={"marks": marks})
    return child, guardian


@promise(
    "Access and privacy",
    "The export of a child's record is whole and holds nothing of another child.",
)
async def test_the_record_is_whole_and_holds_nothing_of_another_child(students: House) -> None:
    school_id = await a_school(students)
    amara, guardian = await a_full_child(students, "amara", school_id)
    other, stranger = await a_full_child(students, "other", school_id)
    told = await export(students, amara, guardian)
    text = json.dumps(told)

    for part in (
        "attendance_days", "engagement_steps", "session_marks", "disclosures", "amendments",
        "notes",
    ):  # fmt: skip
        assert told[part], part
    for said in (
        "given", "family", "guardian", "555-0100", "program", "reason", "place", "team-note",
        "what", "why",
    ):  # fmt: skip
        assert f"amara-{said}" in text, said
    assert told["picture"]["withheld"] == {}
    assert "author-note" not in text

    others = await students.rows(
        "select s.id::text from student s where s.id = :id"
        " union select id::text from engagement where student_id = :id"
        " union select id::text from note where student_id = :id"
        " union select id::text from amendment where student_id = :id",
        id=other,
    )
    assert len(others) == 5
    assert not [row["id"] for row in others if row["id"] in text]
    assert str(stranger.person_id) not in text
    assert "other-" not in text and "other@" not in text


async def test_an_export_is_one_row_of_the_disclosure_log_and_lists_itself(
    students: House,
) -> None:
    child = await a_student(students)
    guardian = await a_guardian(students, child)
    told = await export(students, child, guardian)
    [row] = await students.rows(
        "select channel, basis, cardinality(categories) as parts from disclosure"
    )
    assert row == {"channel": "export", "basis": "parent", "parts": 11}
    assert [line["channel"] for line in told["disclosures"]] == ["export"]


async def test_a_caller_who_is_refused_the_record_or_its_amendments_stands_in_the_log(
    students: House,
) -> None:
    child = await a_student(students)
    minor = the_student(child)
    assert (await export(students, child, minor))["code"] == "rights-with-guardians"
    async with students.calling(minor) as http:
        asked = {"category": "attendance", "what": "A day is wrong.", "why": "I was there."}
        answer = await http.post(f"/v1/students/{child}/amendments", json=asked)
    assert answer.json()["code"] == "rights-with-guardians"
    rows = await students.rows("select student_id, account_id, outcome from disclosure")
    assert [tuple(row.values()) for row in rows] == [(child, minor.account_id, "refused")] * 2


@pytest.mark.parametrize("eligible", [False, True])
async def test_the_record_goes_to_the_person_who_holds_the_rights(
    students: House, eligible: bool
) -> None:
    school_id = await a_school(students)
    born = {"birth_date": BORN_20_YEARS_AGO} if eligible else {}
    child = await a_student(students, school_id=school_id, **born)
    guardian, teacher = await a_guardian(students, child), await an_educator(students)
    await a_class(students, school_id, teacher, child)
    leader = await a_leader(students, school_id)
    answers = {
        name: (await export(students, child, caller)).get("code", "told")
        for name, caller in {
            "district": DISTRICT, "guardian": guardian, "student": the_student(child),
            "leader": leader, "teacher": teacher, "worker": WORKER,
        }.items()
    }  # fmt: skip
    missing = dict.fromkeys(("leader", "teacher", "worker"), "permission-missing")
    if eligible:
        assert answers == missing | {
            "district": "told", "guardian": "student-unknown", "student": "told",
        }  # fmt: skip
    else:
        assert answers == missing | {
            "district": "told", "guardian": "told", "student": "rights-with-guardians",
        }  # fmt: skip
