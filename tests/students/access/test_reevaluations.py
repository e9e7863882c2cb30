"""A family's decision is re-evaluated for partners' streams, once."""

from uuid import UUID

from services.students.access.reevaluations.rules import Rank
from shared.contracts.base import Event
from shared.contracts.students.consent import ConsentChanged
from tests.houses import House
from tests.students.family import a_guardian, no, say, take_back, yes
from tests.students.people import a_partner, a_student
from tests.students.streams import decide_all, listen


async def asked(students: House, child: UUID) -> int:
    found = await students.rows(
        "select count(*) as n from review where student_id = :child and rank = :rank",
        child=child, rank=int(Rank.ONE_CHILD),
    )  # fmt: skip
    return int(found[0]["n"])


async def come_around(students: House) -> None:
    """The service hears all that it announced of consents."""
    for event in await students.events(ConsentChanged):
        told: Event = ConsentChanged.model_validate(event["data"])
        await students.hear(told, aggregate_id=event["aggregate_id"])


async def test_a_familys_decision_is_re_evaluated_once_and_before_its_event_is_heard(
    students: House,
) -> None:
    await a_partner(students)
    await listen(students)
    child = await a_student(students)
    mother = await a_guardian(students, child)

    granted = await say(students, mother, child, yes())
    assert await asked(students, child) == 1
    await come_around(students)
    assert await asked(students, child) == 1

    await decide_all(students.database)
    assert await asked(students, child) == 0
    await take_back(students, mother, child, granted)
    assert await asked(students, child) == 1
    await say(students, mother, child, no())
    assert await asked(students, child) == 2
    await come_around(students)
    assert await asked(students, child) == 2


async def test_a_refused_decision_is_not_re_evaluated(students: House) -> None:
    await a_partner(students)
    await listen(students)
    child = await a_student(students)
    mother = await a_guardian(students, child)
    await say(students, mother, child, yes(begins_on="2026-03-02", ends_on="2026-03-01"), 409)
    assert await asked(students, child) == 0
