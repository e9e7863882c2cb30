"""Several districts on one platform: in a partner's programs each acts for its own children."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.contracts.partners.partner import PartnerKind, PartnerRegistered, PartnerStatus
from shared.security.principal import Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.people import (
    DISTRICT,
    OTHER_WORKER,
    WORKER,
    a_program,
    a_student,
    engage,
)

YESTERDAY = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
NEIGHBOR_ID = uuid4()
NEIGHBOR = principal(Role.DISTRICT_ADMIN, partner_id=NEIGHBOR_ID)
HELD = {"held_on": YESTERDAY, "minutes": 60}


async def engaged(students: House, program_id: UUID, source: UUID | None = None) -> dict[str, Any]:
    child = await a_student(students, **({"source": source} if source else {}))
    by = NEIGHBOR if source else DISTRICT
    made = await engage(students, child, program_id, by, stage="active", on=YESTERDAY)
    assert made["stage"] == "active", made
    return made


async def a_session(students: House, program_id: UUID) -> dict[str, Any]:
    async with students.calling(WORKER) as http:
        made = await http.post("/v1/sessions", json={"program_id": str(program_id)} | HELD)
    assert made.status_code == 201, made.text
    return dict(made.json())


async def a_school(students: House) -> UUID:
    school = PartnerRegistered(
        partner_id=uuid4(), name="South", kind=PartnerKind.SCHOOL, status=PartnerStatus.ACTIVE,
        parent_id=NEIGHBOR_ID,
    )  # fmt: skip
    await students.hear(school)
    return school.partner_id


def mark(engagement: dict[str, Any] | UUID) -> dict[str, Any]:
    id = engagement if isinstance(engagement, UUID) else engagement["id"]
    return {"engagement_id": str(id), "category": "Present"}


@promise(
    "Access and privacy",
    "Of several districts on one platform, each reads and marks only its own children in a "
    "partner's program.",
)
async def test_a_district_reads_and_marks_only_its_own_children_on_a_roll(
    students: House,
) -> None:
    program_id = await a_program(students)
    ours, theirs = [await engaged(students, program_id, of) for of in (None, NEIGHBOR_ID)]
    session = await a_session(students, program_id)
    address = f"/v1/sessions/{session['id']}/attendance"
    async with students.calling(DISTRICT) as http:
        listed = await http.get(address)
        hidden = await http.put(address, json={"marks": [mark(ours), mark(theirs)]})
        absent = await http.put(address, json={"marks": [mark(ours), mark(unknown := uuid4())]})
        nothing = await students.rows("select * from session_mark")
        taken = await http.put(address, json={"marks": [mark(ours)]})
    async with students.calling(WORKER) as http:
        whole = await http.get(address)

    assert listed.status_code == 200, listed.text
    assert [item["engagement_id"] for item in listed.json()["items"]] == [ours["id"]]
    assert (hidden.status_code, hidden.json()["code"]) == (409, "roll-does-not-fit")
    assert hidden.text.replace(theirs["id"], str(unknown)) == absent.text
    assert nothing == []
    assert taken.status_code == 204, taken.text
    came = {item["engagement_id"]: item["category"] for item in whole.json()["items"]}
    assert came == {ours["id"]: "Present", theirs["id"]: None}


@promise(
    "Access and privacy",
    "In a program without any of its children, a district is like any other partner.",
)
async def test_a_district_without_a_child_in_a_program_is_treated_as_any_other_partner(
    students: House,
) -> None:
    program_id = await a_program(students)
    theirs = await engaged(students, program_id, NEIGHBOR_ID)
    session = await a_session(students, program_id)
    at = f"/v1/sessions/{session['id']}"
    changed = HELD | {"status": "canceled"}
    asked = [
        ("POST", "/v1/sessions", {"program_id": str(program_id)} | HELD),
        ("PUT", at, changed),
        ("PUT", f"{at}/attendance", {"marks": [mark(theirs)]}),
        ("GET", f"{at}/attendance", None),
    ]
    answers = {}
    for caller in (DISTRICT, OTHER_WORKER, NEIGHBOR):
        async with students.calling(caller) as http:
            answers[caller.account_id] = [
                await http.request(method, path, json=body, headers={"If-Match": '"1"'})
                for method, path, body in asked
            ]
    told = [
        [(each.status_code, each.text) for each in answers[caller.account_id]]
        for caller in (DISTRICT, OTHER_WORKER)
    ]
    assert told[0] == told[1]
    assert [status for status, _ in told[0]] == [403, 403, 403, 404]
    assert [each.status_code for each in answers[NEIGHBOR.account_id]] == [201, 200, 409, 200]


@pytest.mark.parametrize("kind", ["its own", "its school's"])
async def test_a_district_runs_its_own_programs_before_any_child_takes_part(
    students: House, kind: str
) -> None:
    runs = NEIGHBOR_ID if kind == "its own" else await a_school(students)
    program_id = await a_program(students, partner_id=runs)
    async with students.calling(NEIGHBOR) as http:
        made = await http.post("/v1/sessions", json={"program_id": str(program_id)} | HELD)
    assert made.status_code == 201, made.text
