"""The measures of many children in one answer, of each what its caller's grant opens."""

from typing import Any
from uuid import UUID, uuid4

from shared.security.grants import Category, Grant
from shared.security.principal import Principal, Role
from tests.houses import House, grant_for, principal
from tests.outcomes.builders import TEACHER
from tests.outcomes.observations.test_child_measures import attended, dosed, rostered
from tests.promised import promise
from tests.together import against, question, told

PATH = "/internal/measures"
WORKER = principal(Role.CASE_WORKER, partner_id=uuid4())


def grant(viewer: Principal, child: UUID, *of: Category) -> Grant:
    categories = frozenset(of or Category)
    return Grant(student_id=child, viewer=viewer.account_id, categories=categories)


async def alone(outcomes: House, viewer: Principal, child: UUID) -> Any:
    headers = {"Grant": grant_for(viewer, child)}
    async with outcomes.calling(viewer) as http:
        return (await http.get(f"/internal/students/{child}/measures", headers=headers)).json()


async def test_each_child_is_answered_as_it_would_be_alone(outcomes: House) -> None:
    child, other, none = uuid4(), uuid4(), uuid4()
    await outcomes.hear(
        rostered(child), rostered(other), attended(child, 80), attended(child, 95, year=2024),
        attended(other, 100), dosed(uuid4(), child, 550), dosed(uuid4(), child, 100),
    )  # fmt: skip
    asked = [(TEACHER, child), (WORKER, child), (TEACHER, none), (TEACHER, other)]
    expected = [await alone(outcomes, *each) for each in asked]
    grants = {n: grant(*each) for n, each in enumerate(asked)}
    body = against(question(outcomes, asked), grants)
    assert await told(outcomes, PATH, body) == [(200, each) for each in expected]
    assert [(len(e["attendance"]), len(e["dosage"])) for e in expected] == [
        (2, 2), (2, 2), (0, 0), (1, 0),
    ]  # fmt: skip


@promise("Access and privacy", "Everything that a grant does not name is refused alike.")
async def test_a_grant_of_many_opens_only_its_own_child_to_its_own_viewer(outcomes: House) -> None:
    child = uuid4()
    asked = [(TEACHER, child), (WORKER, child), (TEACHER, child), (TEACHER, child)]
    body = against(
        question(outcomes, asked),
        {0: grant(TEACHER, child), 2: grant(TEACHER, uuid4()),
         3: grant(TEACHER, child, Category.RESOURCES)},
    )  # fmt: skip
    body["items"][1]["entry"] = 0  # another viewer's
    answers = await told(outcomes, PATH, body)
    assert [status for status, _ in answers] == [200, 403, 403, 403]
    assert {answer["code"] for _, answer in answers[1:]} == {"grant-refused"}
