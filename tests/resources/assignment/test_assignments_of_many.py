"""The assignments of many children in one answer, of each what its caller's grant opens."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.security.grants import Category, Grant
from shared.security.principal import Principal, Role
from tests.houses import SIGNER, House, grant_for, principal
from tests.promised import promise
from tests.resources.assignment.test_assignments import CHILD, CLASS, OTHER_CHILD, STUDENT, assign
from tests.resources.assignment.test_assignments import picture as alone
from tests.resources.assignment.test_assignments import post as post_as
from tests.resources.describing import CASE_WORKER, TEACHER
from tests.together import against, post, question, told

PATH = "/internal/assignments"
C = Category


def grant(viewer: Principal, child: UUID = CHILD, *classes: UUID, **more: Any) -> Grant:
    return Grant(
        student_id=child, viewer=viewer.account_id, categories=more.get("of", frozenset(C)),
        class_ids=classes,
    )  # fmt: skip


async def test_each_child_is_answered_as_it_would_be_alone(resources: House) -> None:
    first = await assign(resources, due_on="2026-12-01")
    await assign(resources)
    await assign(resources, to_class=True)
    await post_as(resources, STUDENT, f"assignments/{first['id']}/completions", {})
    used = {"kind": "opened", "minutes": 5}
    await post_as(resources, STUDENT, f"resources/{first['resource_id']}/uses", used)

    asked: list[tuple[Principal, UUID, tuple[UUID, ...]]] = [
        (TEACHER, CHILD, (CLASS,)), (TEACHER, OTHER_CHILD, (CLASS,)), (CASE_WORKER, CHILD, ()),
        (STUDENT, CHILD, (CLASS, uuid4())), (TEACHER, uuid4(), ()),
    ]  # fmt: skip
    expected = [await alone(resources, viewer, child, *of) for viewer, child, of in asked]
    whole = question(resources, [(viewer, child) for viewer, child, _ in asked])
    grants = {n: grant(viewer, child, *of) for n, (viewer, child, of) in enumerate(asked)}
    assert await told(resources, PATH, against(whole, grants)) == [(200, e) for e in expected]
    assert [(len(e["items"]), e["use"]["opened"]) for e in expected] == [
        (3, 1), (1, 0), (2, 1), (3, 1), (0, 0),
    ]  # fmt: skip


@promise("Access and privacy", "Everything that a grant does not name is refused alike.")
async def test_a_grant_of_many_opens_only_its_own_child_to_its_own_viewer(
    resources: House,
) -> None:
    """Each item but the first names a grant that is not for it."""
    other = principal(Role.EDUCATOR)
    viewers = [TEACHER, other, TEACHER, TEACHER, TEACHER]
    body = against(
        question(resources, [(viewer, CHILD) for viewer in viewers]),
        {
            0: grant(TEACHER), 2: grant(TEACHER, OTHER_CHILD),
            3: grant(TEACHER, of=frozenset({C.IDENTITY, C.MEASURES})),
        },
    )  # fmt: skip
    body["items"][1]["entry"] = 0  # another viewer's
    answers = await told(resources, PATH, body)
    assert [status for status, _ in answers] == [200, 403, 403, 403, 403]
    assert {(a["code"], a["detail"]) for _, a in answers[1:]} == {
        ("grant-refused", "You may not have this part of the child's record.")
    }


@pytest.mark.parametrize(
    "token",
    ["nonsense", grant_for(TEACHER, CHILD), SIGNER.token(TEACHER, "services")],
    ids=["nonsense", "a grant of one", "a principal"],
)
async def test_another_token_opens_nothing(resources: House, token: str) -> None:
    body = against(question(resources, [(TEACHER, CHILD)]), {0: grant(TEACHER)})
    body["grants"] = [token]
    [(status, answer)] = await told(resources, PATH, body)
    assert (status, answer["code"]) == (403, "grant-refused")


async def test_a_token_of_many_grants_is_no_grant_of_one(resources: House) -> None:
    body = against(question(resources, [(TEACHER, CHILD)]), {0: grant(TEACHER)})
    async with resources.calling(TEACHER) as http:
        path = f"/internal/students/{CHILD}/assignments"
        answer = await http.get(path, headers={"Grant": body["grants"][0]})
    assert (answer.status_code, answer.json()["code"]) == (403, "grant-refused")


async def test_a_caller_who_may_not_ask_is_refused_alone(resources: House) -> None:
    backbone = principal(Role.BACKBONE)
    asked = question(resources, [(backbone, CHILD), (TEACHER, CHILD)])
    body = against(asked, {0: grant(backbone), 1: grant(TEACHER)})
    answers = await told(resources, PATH, body)
    assert [status for status, _ in answers] == [403, 200]
    assert answers[0][1]["code"] == "permission-missing"


async def test_an_item_must_name_a_token_that_is_there(resources: House) -> None:
    body = against(question(resources, [(TEACHER, CHILD)]), {0: grant(TEACHER)})
    body["items"][0]["grants"] = 1
    answer = await post(resources, PATH, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "body-malformed")


async def test_as_many_children_as_are_asked_for_as_one_with_many_classes_fit(
    resources: House,
) -> None:
    children = [uuid4() for _ in range(64)]
    viewers = [principal(Role.EDUCATOR, closed_agreements=frozenset(uuid4() for _ in range(50)))
               for _ in children]  # fmt: skip
    grants = {
        n: grant(viewer, child, *(uuid4() for _ in range(40)))
        for n, (viewer, child) in enumerate(zip(viewers, children, strict=True))
    }
    body = against(question(resources, list(zip(viewers, children, strict=True))), grants)
    assert [status for status, _ in await told(resources, PATH, body)] == [200] * 64
