"""Directory information, and opting out of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from shared.contracts.partners.agreement import LegalBasis
from shared.contracts.students.access import Category
from shared.contracts.students.student import StudentRostered
from shared.security.principal import Principal
from tests.houses import House
from tests.promised import promise
from tests.students.family import TODAY, a_guardian, an_agreement, ask, seen, themselves
from tests.students.people import DISTRICT, a_partner, a_student


async def choose(
    students: House, caller: Principal, child: UUID, status: int = 200, version: int = 1,
    **body: Any,
) -> dict[str, Any]:  # fmt: skip
    answer = await ask(
        students, caller, "PUT", f"/v1/students/{child}/directory-information", body,
        headers={"If-Match": f'"{version}"'},
    )  # fmt: skip
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def test_a_family_opts_out_and_in_again_and_each_decision_is_kept(students: House) -> None:
    await a_partner(students)
    await an_agreement(students, Category.IDENTITY, basis=LegalBasis.DIRECTORY)
    child = await a_student(students)
    mother = await a_guardian(students, child)
    assert await seen(students, child) == {"identity"}
    out = await choose(students, mother, child, opted_out=True)
    assert (out["opted_out"], out["version"], out["method"]) == (True, 2, "electronic")
    assert out["said_by"] == str(mother.person_id)
    assert await seen(students, child) == set()
    await choose(students, mother, child, 412, opted_out=False)
    back = await choose(students, mother, child, version=2, opted_out=False)
    assert (back["opted_out"], back["recorded_by"]) == (False, str(mother.account_id))
    assert await seen(students, child) == {"identity"}
    assert len(await students.rows("select * from directory_choice")) == 2
    assert len(await students.events(StudentRostered)) == 2


async def test_a_paper_that_is_older_than_an_opt_out_does_not_undo_it(
    students: House,
) -> None:
    await a_partner(students)
    await an_agreement(students, Category.IDENTITY, basis=LegalBasis.DIRECTORY)
    child = await a_student(students)
    mother = await a_guardian(students, child)
    await choose(students, mother, child, opted_out=True)
    for days, code in ((-30, "refused-since"), (0, "refused-since"), (1, "signed-in-future")):
        signed = {"given_by": str(mother.person_id), "method": "paper",
                  "signed_on": str(TODAY + timedelta(days=days))}  # fmt: skip
        said = await choose(students, DISTRICT, child, 409, 2, opted_out=False, **signed)
        assert said["code"] == code
    assert await seen(students, child) == set()
    async with students.database.reading() as connection:
        await connection.exec_driver_sql(
            "update directory_choice set said_at = said_at - interval '2 days'"
        )
    signed["signed_on"] = str(TODAY)
    back = await choose(students, DISTRICT, child, version=2, opted_out=False, **signed)
    assert (back["opted_out"], back["recorded_by"]) == (False, str(DISTRICT.account_id))
    assert await seen(students, child) == {"identity"}


async def test_only_a_person_with_rights_opts_out(students: House) -> None:
    child = await a_student(students)
    held = await a_guardian(students, child, restricted=True)
    await choose(students, held, child, 404, opted_out=True)
    young = await choose(students, themselves(child), child, 409, opted_out=True)
    assert young["code"] == "student-not-eligible"
    await choose(students, DISTRICT, child, 422, opted_out=True)


@promise(
    "Access and privacy",
    "An opt-out from directory information stands when the child leaves.",
)
async def test_an_opt_out_stands_when_the_child_leaves_school(students: House) -> None:
    await a_partner(students)
    await an_agreement(students, Category.IDENTITY, basis=LegalBasis.DIRECTORY)
    child = await a_student(students)
    mother = await a_guardian(students, child)
    await choose(students, mother, child, opted_out=True)
    async with students.database.reading() as connection:
        await connection.exec_driver_sql("update student set status = 'left', school_id = null")
    read = await ask(students, mother, "GET", f"/v1/students/{child}/directory-information")
    assert read.json()["opted_out"] is True
    assert await seen(students, child) == set()
