"""The changes of engagements when partners and their programs change."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.contracts.partners.partner import PartnerChanged, PartnerKind, PartnerStatus
from shared.contracts.partners.partnership import MemberLeft
from shared.contracts.partners.program import ProgramChanged, ProgramClosed
from shared.contracts.students.engagement import EngagementChanged
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.people import (
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


async def test_an_enrolled_child_stays_enrolled_when_the_program_loses_places(
    students: House,
) -> None:
    program_id = await a_program(students, capacity=3)
    ids = await line_of(students, program_id, 4)
    await students.hear(changed(program_id, capacity=1))
    async with students.calling(DISTRICT) as http:
        first = (await http.get(f"/v1/engagements/{ids[0]}")).json()
    await move(students, first, "completed")

    now = await stages(students)
    assert [now[id] for id in ids] == ["completed", "enrolled", "enrolled", "waitlisted"]


async def test_nobody_is_promoted_into_a_program_that_admits_nobody(students: House) -> None:
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
async def test_a_partner_that_is_in_no_partnership_any_more_gives_up_its_engagements(
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


async def test_the_newest_event_about_a_partner_or_a_program_counts(students: House) -> None:
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


async def seen_by(students: House, caller: Principal) -> tuple[dict[str, Any], dict[str, Any]]:
    """The partner's places by program, and its reach."""
    async with students.calling(caller) as http:
        listed = (await http.get("/v1/places", params={"partner_id": str(PARTNER_ID)})).json()
        reach = (await http.get(f"/internal/partners/{PARTNER_ID}/reach")).json()
    places = {item["program_id"]: item for item in listed["items"]}
    assert {item["program_id"]: item for item in reach["programs"]} == places
    return places, reach


@promise(
    "Access and privacy",
    "A count of fewer than ten children, and any number that would give it away, is reported to "
    "nobody outside the partner and the children's own district.",
)
@pytest.mark.parametrize(
    "outsider",
    [
        principal(Role.PUBLIC),
        principal(Role.BACKBONE),
        principal(Role.CASE_WORKER, partner_id=uuid4()),
        principal(Role.GUARDIAN, partner_id=PARTNER_ID),
    ],
    ids=lambda caller: caller.role,
)
async def test_small_counts_of_children_are_withheld_outside_the_partner(
    students: House, outsider: Principal
) -> None:
    full = await a_program(students, capacity=2)
    await line_of(students, full, 3)
    small, unlimited = await a_program(students, capacity=9), await a_program(students)
    roomy, closed = [
        await a_program(students, **known)
        for known in ({"capacity": 10}, {"capacity": 9, "status": "inactive"})
    ]
    await line_of(students, small, 1)
    await line_of(students, roomy, 5)

    places, reach = await seen_by(students, outsider)

    for item in places.values():
        assert (item["taken"], item["waiting"], item["free"]) == (None, None, None)
    stands = [places[str(id)]["open"] for id in (full, small, roomy, unlimited, closed)]
    assert stands == [None, None, True, True, False]
    assert reach["children_reached"] is None


@pytest.mark.parametrize("insider", [WORKER, DISTRICT], ids=["the partner", "the district"])
async def test_the_partner_and_the_district_count_every_child(
    students: House, insider: Principal
) -> None:
    full = await a_program(students, capacity=2)
    await line_of(students, full, 3)

    places, reach = await seen_by(students, insider)

    item = places[str(full)]
    assert (item["taken"], item["waiting"], item["free"], item["open"]) == (2, 1, 0, False)
    assert reach["children_reached"] == 2


async def test_a_district_gets_no_small_count_that_includes_another_districts_child(
    students: House,
) -> None:
    neighbor_id = uuid4()
    full, own = await a_program(students, capacity=2), await a_program(students, capacity=2)
    await line_of(students, own, 1)
    neighbor = principal(Role.DISTRICT_ADMIN, partner_id=neighbor_id)
    theirs = await a_student(students, source=neighbor_id)
    await engage(students, theirs, full, neighbor, stage="enrolled")
    await line_of(students, full, 1)

    places, reach = await seen_by(students, DISTRICT)

    shown = [places[str(id)] for id in (full, own)]
    assert [(item["taken"], item["open"]) for item in shown] == [(None, None), (1, True)]
    assert reach["children_reached"] is None


async def test_many_children_are_counted_for_everybody(students: House) -> None:
    program_id = await a_program(students, capacity=12)
    await line_of(students, program_id, 10)

    places, reach = await seen_by(students, principal(Role.PUBLIC))

    item = places[str(program_id)]
    assert (item["taken"], item["waiting"], item["free"], item["open"]) == (10, None, 2, True)
    assert reach["children_reached"] == 10


async def test_places_are_given_for_the_requested_programs_alone(students: House) -> None:
    program_id, _ = await a_program(students), await a_program(students)
    async with students.calling(WORKER) as http:
        asked = await http.get("/internal/places", params={"program_id": str(program_id)})
    assert [item["program_id"] for item in asked.json()] == [str(program_id)]


async def test_a_promotion_is_dated_today(students: House) -> None:
    program_id = await a_program(students, capacity=0)
    [id] = await line_of(students, program_id, 1)
    await students.hear(changed(program_id, capacity=1))
    async with students.calling(WORKER) as http:
        now = (await http.get(f"/v1/engagements/{id}")).json()
    assert date.fromisoformat(now["started_on"]) == TODAY
