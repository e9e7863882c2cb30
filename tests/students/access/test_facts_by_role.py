"""What the policy reads for no relation of a role is not read for it, and decides nothing: each
viewer is decided as over all facts, alone and in a list."""

from dataclasses import replace
from uuid import UUID

import pytest

from services.students.access.facts.queries import facts, facts_of_many
from services.students.access.policy.rules import decide
from services.students.access.relations.rules import Facts
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.students.access.test_recording import ADMIN, World
from tests.students.family import a_guardian, ask, yes
from tests.students.people import DISTRICT, OTHER_WORKER, WORKER, a_student


async def all_facts(students: House, viewer: Principal, student_id: UUID) -> Facts:
    """The facts that any role would get at this viewer's place, put together."""
    async with students.database.transaction() as session:
        taught, shared = [
            await facts(session, viewer.model_copy(update={"role": role}), student_id)
            for role in (Role.EDUCATOR, Role.CASE_WORKER)
        ]
        own = await facts(session, viewer, student_id)
    assert taught is not None
    assert shared is not None
    assert own is not None
    return replace(
        shared, teachers=taught.teachers, leaders=taught.leaders, emergency_id=own.emergency_id
    )


@pytest.fixture
async def world(students: House) -> World:
    """A child with a teacher, two engagements, agreements, a consent and an opt-out."""
    made = World(students)
    await made.begin()
    mother, child = made.callers["mother"], f"/v1/students/{made.ids['student_id']}"
    begun = {"student_id": made.ids["student_id"], "program_id": made.ids["program_id"]}
    for caller, address, body in (
        (mother, "/v1/engagements", begun),
        (mother, f"{child}/consents", yes()),
        (made.callers["teacher"], f"{child}/emergency-accesses",
         {"reason": "The child is missing since noon.", "hours": 2}),
    ):  # fmt: skip
        answer = await ask(students, caller, "POST", address, body)
        assert answer.is_success, answer.text
    return made


async def test_each_role_is_decided_as_over_all_facts_alone_and_in_a_list(world: World) -> None:
    students, child = world.students, UUID(world.ids["student_id"])
    other = await a_student(students)
    viewers = [
        DISTRICT, WORKER, OTHER_WORKER, ADMIN, world.callers["mother"], world.callers["teacher"],
        await a_guardian(students, other), principal(Role.OPERATOR),
        principal(Role.STUDENT, partner_id=DISTRICT.partner_id, person_id=child),
        WORKER.model_copy(update={"role": Role.PARTNER_SYSTEM}),
    ]  # fmt: skip
    decided = 0
    for viewer in viewers:
        for student_id in (child, other):
            whole = decide(viewer, await all_facts(students, viewer, student_id))
            async with students.database.transaction() as session:
                alone = await facts(session, viewer, student_id)
                listed = await facts_of_many(session, viewer, [student_id])
            assert alone is not None
            assert decide(viewer, alone) == whole, viewer.role
            assert decide(viewer, listed[student_id]) == whole, viewer.role
            decided += whole is not None
    assert decided > len(viewers) / 2


async def test_a_role_gets_none_of_the_facts_that_its_relations_do_not_need(world: World) -> None:
    students, child = world.students, UUID(world.ids["student_id"])
    async with students.database.transaction() as session:
        [district] = (await facts_of_many(session, DISTRICT, [child])).values()
        [teacher] = (await facts_of_many(session, world.callers["teacher"], [child])).values()
        [worker] = (await facts_of_many(session, WORKER, [child])).values()
    assert (district.agreements, district.consents, district.teachers) == ((), (), frozenset())
    assert (teacher.agreements, teacher.consents, teacher.engaged) == ((), (), frozenset())
    assert world.callers["teacher"].person_id in teacher.teachers
    assert worker.agreements
    assert worker.consents
    assert worker.engaged
    assert (worker.teachers, worker.leaders) == (frozenset(), frozenset())
