"""What engagements do when partners and their programs change."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from shared.contracts.partners.partner import PartnerChanged, PartnerKind, PartnerStatus
from shared.contracts.partners.partnership import MemberLeft
from shared.contracts.partners.program import ProgramChanged, ProgramClosed
from shared.contracts.students.engagement import EngagementChanged
from shared.principal import Role
from tests.houses import House, principal
from tests.students.support import (
    DISTRICT,
    PARTNER_ID,
    WORKER,
    a_partner,
    a_program,
    a_student,
    engage,
    move,
    opened,
    stages,
)

TODAY = datetime.now(UTC).date()


def changed(program_id: UUID, **known: object) -> ProgramChanged:
    return ProgramChanged(**opened(program_id, **known).model_dump())


async def line_of(students: House, program_id: UUID, count: int) -> list[str]:
    """Ids of that many engagements that asked for a place, in the order in which they asked."""
    made = [
        await engage(students, await a_student(students), program_id, stage="enrolled")
        for _ in range(count)
    ]
    return [engagement["id"] for engagement in made]


async def test_places_added_go_to_the_first_in_line(students: House) -> None:
    program_id = await a_program(students, capacity=1)
    ids = await line_of(students, program_id, 5)
    await students.hear(changed(program_id, capacity=3))

    now = await stages(students)
    assert [now[id] for id in ids] == ["enrolled"] * 3 + ["waitlisted"] * 2
    await students.hear(changed(program_id, capacity=None))
    assert set((await stages(students)).values()) == {"enrolled"}
    promoted = [e["data"]["engagement_id"] for e in await students.events(EngagementChanged)][5:]
    assert promoted == ids[1:]


async def test_who_is_in_stays_in_when_places_are_taken_away(students: House) -> None:
    program_id = await a_program(students, capacity=3)
    ids = await line_of(students, program_id, 4)
    await students.hear(changed(program_id, capacity=1))
    async with students.calling(DISTRICT) as http:
        first = (await http.get(f"/v1/engagements/{ids[0]}")).json()
    await move(students, first, "completed")

    now = await stages(students)
    assert [now[id] for id in ids] == ["completed", "enrolled", "enrolled", "waitlisted"]


async def test_nobody_is_promoted_into_a_program_that_takes_nobody(students: House) -> None:
    program_id = await a_program(students, capacity=1)
    ids = await line_of(students, program_id, 2)
    await students.hear(changed(program_id, capacity=9, status="temporarily closed"))
    assert (await stages(students))[ids[1]] == "waitlisted"
    await students.hear(changed(program_id, capacity=9))
    assert (await stages(students))[ids[1]] == "enrolled"


async def test_a_program_that_closes_withdraws_its_live_engagements(students: House) -> None:
    program_id = await a_program(students, capacity=2)
    ids = await line_of(students, program_id, 4)
    async with students.calling(DISTRICT) as http:
        first = (await http.get(f"/v1/engagements/{ids[0]}")).json()
    await move(students, first, "completed")
    other = await line_of(students, await a_program(students), 1)
    await students.hear(
        ProgramClosed(program_id=program_id, partner_id=PARTNER_ID, closed_on=TODAY)
    )

    now = await stages(students)
    assert [now[id] for id in ids] == ["completed", "withdrawn", "withdrawn", "withdrawn"]
    assert now[other[0]] == "enrolled"
    async with students.calling(DISTRICT) as http:
        last = (await http.get(f"/v1/engagements/{ids[3]}/steps")).json()["items"][-1]
        again = await http.post(
            "/v1/engagements",
            json={"student_id": first["student_id"], "program_id": str(program_id)},
        )
    assert (last["reason"], last["changed_on"]) == ("program-closed", TODAY.isoformat())
    assert again.json()["code"] == "program-not-active"


@pytest.mark.parametrize(("remaining", "stage"), [(0, "withdrawn"), (1, "enrolled")])
async def test_a_partner_in_no_partnership_any_more_gives_up_its_engagements(
    students: House, remaining: int, stage: str
) -> None:
    [id] = await line_of(students, await a_program(students), 1)
    foreign = await a_program(students, partner_id=uuid4())
    [kept] = await line_of(students, foreign, 1)
    await students.hear(
        MemberLeft(
            partnership_id=uuid4(), partner_id=PARTNER_ID, roles=[], left_on=TODAY,
            remaining_partnerships=remaining,
        )
    )  # fmt: skip
    now = await stages(students)
    assert (now[id], now[kept]) == (stage, "enrolled")


async def test_the_last_word_on_a_partner_and_a_program_counts(students: House) -> None:
    await a_partner(students, "Old Name")
    await students.hear(
        PartnerChanged(
            partner_id=PARTNER_ID, name="New Name", kind=PartnerKind.LIBRARY,
            status=PartnerStatus.ACTIVE,
        )
    )  # fmt: skip
    program_id = await a_program(students, name="Before")
    await students.hear(changed(program_id, name="Between"), changed(program_id, name="After"))
    made = await engage(students, await a_student(students), program_id)
    assert (made["program_name"], made["partner_name"]) == ("After", "New Name")


async def test_places_are_counted_for_everybody_and_children_only_for_the_own_partner(
    students: House,
) -> None:
    program_id = await a_program(students, capacity=2)
    await line_of(students, program_id, 3)
    unlimited = await a_program(students)
    outsider = principal(Role.BACKBONE)
    async with students.calling(outsider) as http:
        listed = (await http.get("/v1/places", params={"partner_id": str(PARTNER_ID)})).json()
        reach = (await http.get(f"/internal/partners/{PARTNER_ID}/reach")).json()
        asked = await http.get("/internal/places", params={"program_id": str(unlimited)})
    async with students.calling(WORKER) as http:
        own = (await http.get(f"/internal/partners/{PARTNER_ID}/reach")).json()

    by_id = {item["program_id"]: item for item in listed["items"]}
    full = by_id[str(program_id)]
    assert (full["taken"], full["waiting"], full["free"]) == (2, 1, 0)
    assert by_id[str(unlimited)]["free"] is None
    assert (reach["children_reached"], own["children_reached"]) == (None, 2)
    assert len(reach["programs"]) == 2
    assert [item["program_id"] for item in asked.json()] == [str(unlimited)]


async def test_promotions_are_dated_today(students: House) -> None:
    program_id = await a_program(students, capacity=0)
    [id] = await line_of(students, program_id, 1)
    await students.hear(changed(program_id, capacity=1))
    async with students.calling(WORKER) as http:
        now = (await http.get(f"/v1/engagements/{id}")).json()
    assert date.fromisoformat(now["started_on"]) == TODAY
