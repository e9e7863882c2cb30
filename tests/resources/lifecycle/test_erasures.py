"""The erasure of a child in resources."""

from uuid import uuid4

from shared.contracts.resources.erasure import ChildErased
from shared.contracts.students.erasure import DataClass, StudentErased
from tests.houses import House
from tests.resources.assignment.test_assignments import (
    CHILD,
    CLASS,
    CLASSMATE,
    OTHER_CHILD,
    STUDENT,
    assign,
    granted,
    post,
)
from tests.resources.describing import TEACHER


def erased() -> StudentErased:
    return StudentErased(
        erasure_id=uuid4(), student_id=CHILD, classes=list(DataClass), people=[CHILD]
    )


async def test_an_erasure_removes_the_childs_assignments_and_use_and_keeps_the_work_of_others(
    resources: House,
) -> None:
    await assign(resources)
    shared = await assign(resources, to_class=True)
    for student in (STUDENT, CLASSMATE):
        grant = granted(student, student.person_id or CHILD, CLASS)
        await post(resources, student, f"assignments/{shared['id']}/completions", {}, grant)
        used = {"kind": "opened", "minutes": 5, "assignment_id": shared["id"]}
        await post(resources, student, f"resources/{shared['resource_id']}/uses", used)
    event = erased()
    await resources.hear(event)

    for table in ("assignment", "completion", "resource_use"):
        rows = await resources.rows(f"select student_id from {table}")
        assert CHILD not in {row["student_id"] for row in rows}, table
    assert OTHER_CHILD in {
        row["student_id"] for row in await resources.rows("select student_id from completion")
    }
    [told] = await resources.events(ChildErased)
    assert told["data"] == {
        "erasure_id": str(event.erasure_id), "student_id": str(CHILD), "rows": 3,
    }  # fmt: skip
    # The classmate's event stood under the subject that is purged, and is published anew.
    [finished] = [
        each for each in await resources.events()
        if each["type"] == "resources.assignment.finished.v1"
    ]  # fmt: skip
    assert finished["data"]["student_id"] == str(OTHER_CHILD)
    assert f"resources.assignment.finished.v1.{shared['id']}" in told["purges"]


async def test_a_grant_from_the_minute_before_the_erasure_brings_nothing_back(
    resources: House,
) -> None:
    lesson = await assign(resources)
    await resources.hear(erased())
    body = {"resource_id": lesson["resource_id"], "student_id": str(CHILD)}
    again = await post(resources, TEACHER, "assignments", body, granted(TEACHER))
    assert (again.status_code, again.json()["code"]) == (403, "grant-refused")
