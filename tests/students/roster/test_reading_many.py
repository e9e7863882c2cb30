"""`?id=` reads many of a list at once, among those that the list would show the caller."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.security.principal import Principal
from tests.houses import House
from tests.promised import promise
from tests.students.family import ask
from tests.students.people import DISTRICT, WORKER, a_class, a_school, a_student, an_educator


async def many(students: House, caller: Principal, noun: str, *ids: UUID, **more: Any) -> Any:
    asked = {"id": [str(id) for id in ids], "limit": 200} | more
    return await ask(students, caller, "GET", f"/v1/{noun}", params=asked)


@promise(
    "Access and privacy",
    "Reading many children by their ids gives those of the list, and a hidden id no more than an absent one.",
)
async def test_many_children_are_read_at_once_and_hidden_ones_are_left_out_like_absent_ones(
    students: House,
) -> None:
    one, two, other = [await a_student(students) for _ in range(3)]
    elsewhere = await a_student(students, source=uuid4())
    hidden = await many(students, DISTRICT, "students", two, elsewhere, one)
    absent = await many(students, DISTRICT, "students", two, uuid4(), one)
    nothing = await many(students, WORKER, "students", one, other)
    logged = await students.rows("select student_id, channel, categories from disclosure")

    assert {each["id"] for each in hidden.json()["items"]} == {str(one), str(two)}
    assert (hidden.status_code, hidden.content) == (200, absent.content)
    assert nothing.json()["items"] == []
    assert {(row["student_id"], row["channel"], *row["categories"]) for row in logged} == {
        (child, "list", "identity") for child in (one, two)
    }


async def test_the_ids_narrow_beside_the_other_filters_and_through_the_pages(
    students: House,
) -> None:
    third = [await a_student(students, grade="03") for _ in range(2)]
    fourth = await a_student(students, grade="04")
    found = await many(students, DISTRICT, "students", *third, fourth, grade="03", limit=1)
    after = await many(
        students, DISTRICT, "students", *third, fourth, grade="03", limit=1,
        cursor=found.json()["next"],
    )  # fmt: skip
    shown = [each["id"] for answer in (found, after) for each in answer.json()["items"]]
    assert sorted(shown) == sorted(map(str, third))
    assert after.json()["next"] is None


@pytest.mark.parametrize(
    ("ids", "field"),
    [(["not-an-id"], "query.id.0"), ([""], "query.id.0"), ([str(uuid4())] * 201, "query.id")],
)
async def test_a_wrong_id_and_too_many_ids_are_refused_by_name(
    students: House, ids: list[str], field: str
) -> None:
    for noun in ("students", "schools", "classes"):
        answer = await ask(students, DISTRICT, "GET", f"/v1/{noun}", params={"id": ids})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert await students.rows("select * from disclosure") == []


async def test_a_school_and_a_class_that_ended_are_found_by_their_ids_alone(
    students: House,
) -> None:
    school, teacher = await a_school(students), await an_educator(students)
    lesson = await a_class(students, school, teacher)
    await students.rows("update org set status = 'ended' returning id")
    await students.rows("update class set status = 'ended' returning id")
    for noun, id in (("schools", school), ("classes", lesson)):
        asked = await many(students, DISTRICT, noun, id)
        listed = await ask(students, DISTRICT, "GET", f"/v1/{noun}")
        assert [each["id"] for each in asked.json()["items"]] == [str(id)]
        assert listed.json()["items"] == []
