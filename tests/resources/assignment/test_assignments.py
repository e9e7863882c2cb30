"""Assignments and use: about one child against a grant only."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.contracts.resources.assignment import AssignmentFinished, AssignmentMade
from shared.contracts.resources.use import UseRecorded
from shared.security.grants import Category
from shared.security.principal import Principal, Role
from tests.houses import House, grant_for, principal
from tests.promised import promise
from tests.resources.describing import BACKBONE, CASE_WORKER, LIBRARIAN, TEACHER, publish

CHILD, OTHER_CHILD, CLASS = uuid4(), uuid4(), uuid4()
STUDENT = principal(Role.STUDENT, person_id=CHILD)
CLASSMATE = principal(Role.STUDENT, person_id=OTHER_CHILD)


def granted(viewer: Principal, child: UUID = CHILD, *classes: UUID) -> dict[str, str]:
    return {"Grant": grant_for(viewer, child, class_ids=classes)}


async def post(
    house: House, caller: Principal, path: str, body: Any, headers: dict[str, str] | None = None
) -> Any:
    async with house.calling(caller) as http:
        return await http.post(f"/v1/{path}", json=body, headers=headers)


async def assign(
    house: House, caller: Principal = TEACHER, *, to_class: bool = False, **said: Any
) -> dict[str, Any]:
    resource = await publish(house, name=f"Lesson {uuid4()}")
    target = {"class_id": str(CLASS)} if to_class else {"student_id": str(CHILD)}
    body = {"resource_id": resource["id"], **target, **said}
    made = await post(house, caller, "assignments", body, granted(caller))
    assert made.status_code == 201, made.text
    answer: dict[str, Any] = made.json()
    return answer


async def picture(
    house: House, viewer: Principal, child: UUID = CHILD, *classes: UUID
) -> dict[str, Any]:
    async with house.calling(viewer) as http:
        answer = await http.get(
            f"/internal/students/{child}/assignments", headers=granted(viewer, child, *classes)
        )
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def test_an_assignment_to_a_child_shows_in_its_picture_before_and_after_it_is_finished(
    resources: House,
) -> None:
    first = await assign(resources, due_on="2026-12-01", instructions="Read it twice.")
    second = await assign(resources, due_on="2026-11-01")
    before = await picture(resources, TEACHER)
    done = await post(resources, STUDENT, f"assignments/{first['id']}/completions", {})
    after = await picture(resources, TEACHER)

    assert [each["id"] for each in before["items"]] == [second["id"], first["id"]]
    assert (before["open_count"], before["finished_count"]) == (2, 0)
    assert done.status_code == 201, done.text
    assert [(e["id"], e["finished_at"] is not None) for e in after["items"]] == [
        (second["id"], False),
        (first["id"], True),
    ]
    [event] = await resources.events(AssignmentFinished)
    assert event["data"]["student_id"] == str(CHILD)
    assert event["aggregate_version"] == 2
    made = await resources.events(AssignmentMade)
    assert "Read it twice." not in str(made)


async def test_nothing_is_assigned_or_disclosed_without_a_grant_for_that_very_child(
    resources: House,
) -> None:
    resource = await publish(resources)
    body = {"resource_id": resource["id"], "student_id": str(CHILD)}
    grants: list[dict[str, str] | None] = [
        None,
        {"Grant": "rubbish"},
        granted(TEACHER, OTHER_CHILD),
        granted(CASE_WORKER),
        {"Grant": grant_for(TEACHER, CHILD, Category.IDENTITY)},
    ]
    for grant in grants:
        refused = await post(resources, TEACHER, "assignments", body, grant)
        assert (refused.status_code, refused.json()["code"]) == (403, "grant-refused")
        async with resources.calling(TEACHER) as http:
            asked = await http.get(f"/internal/students/{CHILD}/assignments", headers=grant)
        assert (asked.status_code, asked.json()["code"]) == (403, "grant-refused")
    assert await resources.events(AssignmentMade) == []


async def test_a_class_assignment_shows_for_a_child_whose_grant_names_the_class(
    resources: House,
) -> None:
    made = await assign(resources, to_class=True)
    assert [e["id"] for e in (await picture(resources, TEACHER, CHILD, CLASS))["items"]] == [
        made["id"]
    ]
    assert (await picture(resources, TEACHER, CHILD))["items"] == []
    assert (await picture(resources, TEACHER, CHILD, uuid4()))["items"] == []


async def test_each_child_of_a_class_finishes_for_itself(resources: House) -> None:
    made = await assign(resources, to_class=True)
    path = f"assignments/{made['id']}/completions"
    own = await post(resources, STUDENT, path, {}, granted(STUDENT, CHILD, CLASS))
    by_teacher = await post(
        resources, TEACHER, path, {"student_id": str(OTHER_CHILD)},
        granted(TEACHER, OTHER_CHILD, CLASS),
    )  # fmt: skip
    again = await post(resources, STUDENT, path, {}, granted(STUDENT, CHILD, CLASS))
    unnamed = await post(resources, TEACHER, path, {}, granted(TEACHER, CHILD, CLASS))

    assert [own.status_code, by_teacher.status_code] == [201, 201]
    assert (again.status_code, again.json()["code"]) == (409, "already-finished")
    assert (unnamed.status_code, unnamed.json()["code"]) == (409, "student-missing")
    async with resources.calling(TEACHER) as http:
        shown = (await http.get(f"/v1/assignments/{made['id']}")).json()
    assert (shown["finished_count"], shown["student_id"]) == (2, None)


async def test_an_assignment_of_others_looks_unknown_to_a_caller_who_tries_to_finish_it(
    resources: House,
) -> None:
    direct, in_class = await assign(resources), await assign(resources, to_class=True)
    named = {"student_id": str(CHILD)}
    tries: list[tuple[Principal, dict[str, Any], dict[str, str], dict[str, str] | None]] = [
        (CLASSMATE, direct, {}, None),
        (CLASSMATE, direct, named, None),
        (STUDENT, direct, {"student_id": str(OTHER_CHILD)}, None),
        (CASE_WORKER, direct, named, granted(CASE_WORKER)),
        (principal(Role.GUARDIAN, person_id=CHILD), direct, named, None),
        (STUDENT, in_class, {}, None),
        (STUDENT, in_class, {}, granted(STUDENT, CHILD, uuid4())),
        (TEACHER, in_class, named, granted(TEACHER, CHILD)),
        (TEACHER, in_class, named, granted(TEACHER, OTHER_CHILD, CLASS)),
    ]
    for caller, assignment, body, grant in tries:
        path = f"assignments/{assignment['id']}/completions"
        refused = await post(resources, caller, path, body, grant)
        assert (refused.status_code, refused.json()["code"]) == (404, "assignment-unknown")
    absent = await post(resources, STUDENT, f"assignments/{uuid4()}/completions", {})
    assert absent.json() == refused.json()
    assert await resources.events(AssignmentFinished) == []


@pytest.mark.parametrize(
    ("caller", "status"), [(TEACHER, 201), (CASE_WORKER, 403), (LIBRARIAN, 403), (STUDENT, 403)]
)
async def test_only_an_educator_assigns_to_a_class(
    resources: House, caller: Principal, status: int
) -> None:
    resource = await publish(resources)
    body = {"resource_id": resource["id"], "class_id": str(CLASS)}
    assert (await post(resources, caller, "assignments", body)).status_code == status


async def test_a_case_worker_assigns_a_collection_to_a_child(resources: House) -> None:
    resource = await publish(resources)
    collection = await post(
        resources, CASE_WORKER, "collections",
        {"title": "Unit", "resource_ids": [resource["id"]]},
    )  # fmt: skip
    body = {"collection_id": collection.json()["id"], "student_id": str(CHILD)}
    made = await post(resources, CASE_WORKER, "assignments", body, granted(CASE_WORKER))
    assert (made.status_code, made.json()["title"]) == (201, "Unit")
    stranger = await post(resources, TEACHER, "assignments", body, granted(TEACHER))
    assert (stranger.status_code, stranger.json()["code"]) == (404, "collection-unknown")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"resource_id": str(uuid4())},
        {"student_id": str(CHILD)},
        {"resource_id": str(uuid4()), "student_id": str(CHILD), "class_id": str(CLASS)},
        {"resource_id": str(uuid4()), "collection_id": str(uuid4()), "class_id": str(CLASS)},
        {"resource_id": str(uuid4()), "student_id": str(CHILD), "due_on": "2026-02-30"},
    ],
)
async def test_an_assignment_is_of_one_thing_to_one_receiver(
    resources: House, body: dict[str, str]
) -> None:
    refused = await post(resources, TEACHER, "assignments", body, granted(TEACHER))
    assert (refused.status_code, refused.json()["code"]) == (422, "body-malformed")


async def test_a_withdrawn_assignment_is_gone_from_the_picture_and_cannot_be_finished(
    resources: House,
) -> None:
    made, finished = await assign(resources), await assign(resources)
    await post(resources, STUDENT, f"assignments/{finished['id']}/completions", {})
    for each, version in ((made, 1), (finished, 2)):
        gone = await post(
            resources, TEACHER, f"assignments/{each['id']}/withdrawal", None,
            {"If-Match": f'"{version}"'},
        )  # fmt: skip
        assert gone.status_code == 201, gone.text
    late = await post(resources, STUDENT, f"assignments/{made['id']}/completions", {})
    assert (late.status_code, late.json()["code"]) == (409, "assignment-withdrawn")
    shown = await picture(resources, TEACHER)
    assert [each["id"] for each in shown["items"]] == [finished["id"]]


async def test_every_caller_lists_their_own_assignments(resources: House) -> None:
    direct, in_class = await assign(resources), await assign(resources, to_class=True)
    expected = {
        TEACHER: [in_class["id"], direct["id"]],
        STUDENT: [direct["id"]],
        CLASSMATE: [],
        CASE_WORKER: [],
    }
    for caller, ids in expected.items():
        own = granted(caller, caller.person_id) if caller.person_id else None
        async with resources.calling(caller) as http:
            listed = (await http.get("/v1/assignments", headers=own)).json()["items"]
        assert [each["id"] for each in listed] == ids
    async with resources.calling(TEACHER) as http:
        of_class = await http.get("/v1/assignments", params={"class_id": str(CLASS)})
    assert [each["id"] for each in of_class.json()["items"]] == [in_class["id"]]


@promise(
    "Access and privacy",
    "A student reads the assignments of the child for whom students signed a grant, and of no child "
    "that a membership alone names.",
)
async def test_a_student_reads_assignments_only_under_a_grant_for_the_child_it_says_to_be(
    resources: House,
) -> None:
    made = await assign(resources)
    one = f"/v1/assignments/{made['id']}"
    grants: list[tuple[dict[str, str] | None, bool]] = [
        (None, False),
        (granted(STUDENT, OTHER_CHILD), False),
        ({"Grant": grant_for(STUDENT, CHILD, Category.IDENTITY)}, False),
        (granted(STUDENT, CHILD), True),
    ]
    for grant, shown in grants:
        async with resources.calling(STUDENT) as http:
            listed = (await http.get("/v1/assignments", headers=grant)).json()["items"]
            read = await http.get(one, headers=grant)
        assert [each["id"] for each in listed] == [made["id"]] * shown
        assert read.status_code == (200 if shown else 404)


async def test_assignments_are_found_by_child_and_resource_among_ones_own(
    resources: House,
) -> None:
    direct, in_class = await assign(resources), await assign(resources, to_class=True)
    await assign(resources, CASE_WORKER)

    async def found(caller: Principal, **asked: str) -> list[str]:
        async with resources.calling(caller) as http:
            answer = await http.get("/v1/assignments", params=asked)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()["items"]]

    assert await found(TEACHER, student_id=str(CHILD)) == [direct["id"]]
    assert await found(TEACHER, student_id=str(OTHER_CHILD)) == []
    assert await found(TEACHER, resource_id=in_class["resource_id"]) == [in_class["id"]]
    assert await found(CLASSMATE, student_id=str(CHILD)) == []
    assert await found(CASE_WORKER, resource_id=direct["resource_id"]) == []


async def test_use_is_counted_by_resource_without_children_and_by_child_against_a_grant(
    resources: House,
) -> None:
    made = await assign(resources)
    path = f"resources/{made['resource_id']}/uses"
    own = await post(
        resources, STUDENT, path, {"kind": "opened", "minutes": 5, "assignment_id": made["id"]}
    )
    await post(resources, STUDENT, path, {"kind": "completed", "minutes": 7})
    named = {"kind": "opened", "student_id": str(CHILD)}
    await post(resources, CASE_WORKER, path, named, granted(CASE_WORKER))
    await post(resources, TEACHER, path, {"kind": "downloaded"})
    async with resources.calling(BACKBONE) as http:
        counted = (await http.get(f"/v1/resources/{made['resource_id']}/use")).json()

    assert own.status_code == 201, own.text
    assert counted == {
        "resource_id": made["resource_id"], "resource_name": made["title"], "opened": 2, "downloaded": 1, "completed": 1,
        "minutes": 12, "assignments": 1,
    }  # fmt: skip
    assert (await picture(resources, TEACHER))["use"] == {
        "opened": 2, "downloaded": 0, "completed": 1, "minutes": 12,
    }  # fmt: skip
    recorded = await resources.events(UseRecorded)
    assert [e["data"]["student_id"] for e in recorded] == [str(CHILD)] * 3 + [None]


async def test_nobody_records_use_for_a_child_without_a_grant_or_of_anothers_assignment(
    resources: House,
) -> None:
    made = await assign(resources)
    path = f"resources/{made['resource_id']}/uses"
    named = {"kind": "opened", "student_id": str(CHILD)}
    foreign = {"kind": "opened", "assignment_id": made["id"]}
    for caller, body, expected in (
        (TEACHER, named, (403, "grant-refused")),
        (CLASSMATE, named, (403, "grant-refused")),
        (CLASSMATE, foreign, (404, "assignment-unknown")),
        (TEACHER, {"kind": "opened", "minutes": 1_441}, (422, "body-malformed")),
        (principal(Role.PUBLIC), {"kind": "opened"}, (401, "sign-in-required")),
    ):
        refused = await post(resources, caller, path, body)
        assert (refused.status_code, refused.json()["code"]) == expected
    absent = await post(resources, STUDENT, f"resources/{uuid4()}/uses", {"kind": "opened"})
    assert (absent.status_code, absent.json()["code"]) == (404, "resource-unknown")


async def test_the_whole_library_of_a_child_has_more_than_the_picture_and_nothing_of_other_children(
    resources: House,
) -> None:
    own, other = await assign(resources), await assign(resources, to_class=True)
    withdrawn = await assign(resources)
    await post(
        resources, TEACHER, f"assignments/{withdrawn['id']}/withdrawal", {}, {"If-Match": '"1"'}
    )
    for student in (STUDENT, CLASSMATE):
        grant = granted(student, student.person_id or CHILD, CLASS)
        await post(resources, student, f"assignments/{other['id']}/completions", {}, grant)
        used = {"kind": "opened", "minutes": 5, "assignment_id": other["id"]}
        await post(resources, student, f"resources/{other['resource_id']}/uses", used)

    async with resources.calling(TEACHER) as http:
        told = await http.get(
            f"/internal/students/{CHILD}/library", headers=granted(TEACHER, CHILD)
        )
        bare = await http.get(f"/internal/students/{CHILD}/library")
        picture = grant_for(TEACHER, CHILD, Category.IDENTITY)
        narrow = await http.get(f"/internal/students/{CHILD}/library", headers={"Grant": picture})
    library = told.json()
    assert [each["id"] for each in library["assignments"]] == [
        own["id"], other["id"], withdrawn["id"],
    ]  # fmt: skip
    assert [each["assignment_id"] for each in library["uses"]] == [other["id"]]
    assert (bare.status_code, narrow.status_code) == (403, 403)
