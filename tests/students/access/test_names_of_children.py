"""A child's name stands beside its id where the policy releases the child's identity to the caller, with
a row in the log, and nowhere else."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.security.principal import Principal
from tests.houses import House
from tests.promised import promise
from tests.students.family import a_guardian, ask, say, yes
from tests.students.people import (
    DISTRICT,
    WORKER,
    a_class,
    a_partner,
    a_program,
    a_school,
    a_student,
    an_educator,
    engage,
    move,
)

YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)


async def listed(students: House, caller: Principal, address: str) -> Any:
    answer = await ask(students, caller, "GET", address)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def told(students: House, caller: Principal, child: UUID) -> list[set[str]]:
    """The categories of each release to this account."""
    rows = await students.rows(
        "select categories from disclosure where outcome = 'released' and account_id = :account"
        " and student_id = :child order by position",
        account=caller.account_id, child=child,
    )  # fmt: skip
    return [set(row["categories"]) for row in rows]


@promise(
    "Access and privacy",
    "A child's name stands beside its id only where the policy releases its identity, and the log says so.",
)
async def test_a_list_names_a_child_only_to_a_caller_who_may_have_its_identity(
    students: House,
) -> None:
    child = await a_student(students, preferred_given_name="Mara")
    engagement = await engage(students, child, await a_program(students), stage="active")
    before = len(await told(students, DISTRICT, child))
    [to_district] = (await listed(students, DISTRICT, "/v1/engagements"))["items"]
    [while_it_lasts] = (await listed(students, WORKER, "/v1/engagements"))["items"]
    first = await told(students, WORKER, child)
    await move(students, engagement, "completed")
    [afterwards] = (await listed(students, WORKER, "/v1/engagements"))["items"]

    assert to_district["student_name"] == "Mara Diallo"
    assert (await told(students, DISTRICT, child))[before] == {"identity", "engagement"}
    assert while_it_lasts["student_name"] == "Mara Diallo"
    assert first == [{"identity", "engagement"}]
    assert (afterwards["student_id"], afterwards["student_name"]) == (str(child), None)
    assert (await told(students, WORKER, child))[1:] == [{"engagement"}]


async def test_a_withheld_name_leaves_no_trace_in_the_answer(students: House) -> None:
    child = await a_student(students, given_name="Oluwaseun", family_name="Abiodun")
    made = await engage(students, child, await a_program(students), stage="active")
    await move(students, made, "completed")
    for address in (
        "/v1/engagements", f"/v1/engagements/{made['id']}", "/v1/dosage",
        f"/v1/dosage/{made['id']}",
    ):  # fmt: skip
        answer = await ask(students, WORKER, "GET", address)
        assert answer.status_code == 200
        assert "Oluwaseun" not in answer.text
        assert "Abiodun" not in answer.text


async def test_the_roll_of_a_class_names_its_children_in_the_order_of_their_names(
    students: House,
) -> None:
    school, teacher = await a_school(students), await an_educator(students)
    known = {"school_id": school, "family_name": "Diallo"}
    zoe = await a_student(students, **known, given_name="Zoe", search_name="diallo zoe")
    ana = await a_student(
        students, **known, given_name="Ana", preferred_given_name="Annie", search_name="diallo ana"
    )
    lesson = await a_class(students, school, teacher, zoe, ana)
    roll = await listed(students, teacher, f"/v1/classes/{lesson}/attendance/{YESTERDAY}")

    assert (roll["class_title"], roll["school_name"]) == ("Reading 3", "North")
    names = [
        (each["student_id"], each["given_name"], each["preferred_given_name"], each["family_name"])
        for each in roll["students"]
    ]
    assert names == [(str(ana), "Ana", "Annie", "Diallo"), (str(zoe), "Zoe", None, "Diallo")]
    assert await told(students, teacher, ana) == [{"attendance", "identity"}]


async def test_a_child_with_one_name_is_called_by_it(students: House) -> None:
    child = await a_student(students, given_name="Suharto", family_name="", search_name="suharto")
    await engage(students, child, await a_program(students))
    [shown] = (await listed(students, DISTRICT, "/v1/engagements"))["items"]
    assert shown["student_name"] == "Suharto"


async def test_a_consent_names_its_child_to_the_family(students: House) -> None:
    await a_partner(students)
    child = await a_student(students)
    mother = await a_guardian(students, child)
    await say(students, mother, child, yes())
    [consent] = (await listed(students, mother, f"/v1/students/{child}/consents"))["items"]
    assert (consent["student_name"], consent["partner_name"]) == (
        "Amara Diallo",
        "Riverside Tutors",
    )
