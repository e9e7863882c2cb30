"""Two records of one child: the words of its family count in both, and what protects it outlives
the one that is erased."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.students.lifecycle.retention.actions import enforce
from services.students.roster.possible_duplicates.actions import find_all
from shared.contracts.partners.agreement import LegalBasis
from shared.contracts.students.access import Category
from shared.contracts.students.erasure import DataClass
from tests.houses import House
from tests.promised import promise
from tests.students.consent.test_directory_information import choose
from tests.students.family import a_guardian, an_agreement, ask, no, say, seen, yes
from tests.students.lifecycle.test_erasures import erase
from tests.students.people import DISTRICT, a_partner, a_student
from tests.students.sharing.test_retractions import told_of_a_child
from tests.students.streams import in_short, share_all, told

DAYS = dict.fromkeys(DataClass, 100)
NOW = datetime.now(UTC)


async def two_records(students: House) -> tuple[UUID, UUID]:
    """An earlier and a later record with the same names and birth date."""
    both = await a_student(students), await a_student(students)
    await find_all(students.database)
    return both


async def decide(students: House, verdict: str) -> None:
    [pair] = (await ask(students, DISTRICT, "GET", "/v1/possible-duplicates")).json()["items"]
    answer = await ask(
        students, DISTRICT, "POST", f"/v1/possible-duplicates/{pair['id']}/decision",
        {"verdict": verdict}, headers={"If-Match": f'"{pair["version"]}"'},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text


async def leave(students: House, *children: UUID) -> None:
    async with students.database.transaction() as session:
        await session.execute(
            text("update student set status = 'left' where id = any(:ids)"),
            {"ids": list(children)},
        )


async def records(students: House) -> set[UUID]:
    return {row["id"] for row in await students.rows("select id from student")}


@promise(
    "Access and privacy",
    "A refusal in one record of a child counts in its other records, until the family says yes later.",
)
async def test_a_refusal_counts_in_the_other_record_until_the_family_says_yes_later(
    students: House,
) -> None:
    await a_partner(students)
    await an_agreement(students, Category.IDENTITY, Category.ATTENDANCE)
    first, second = await two_records(students)
    mother = await a_guardian(students, first, second)
    await say(students, mother, second, yes())
    assert await seen(students, second) == {"identity", "attendance"}
    await say(students, mother, first, no())
    assert (await seen(students, first), await seen(students, second)) == (set(), set())
    [word] = (await ask(students, mother, "GET", f"/v1/students/{second}/consents")).json()[
        "items"
    ]
    assert word["holding"] == []

    await say(students, mother, second, yes())
    assert (await seen(students, first), await seen(students, second)) == (
        set(), {"identity", "attendance"},
    )  # fmt: skip


async def test_a_yes_of_one_record_opens_nothing_of_the_other(students: House) -> None:
    await a_partner(students)
    await an_agreement(students, Category.IDENTITY, Category.ATTENDANCE)
    first, second = await two_records(students)
    mother = await a_guardian(students, first, second)
    await say(students, mother, first, yes())
    await decide(students, "same")
    assert (await seen(students, first), await seen(students, second)) == (
        {"identity", "attendance"}, set(),
    )  # fmt: skip


@promise(
    "Access and privacy",
    "An opt-out in one record of a child counts in its other records, until the family opts in later.",
)
async def test_an_opt_out_counts_in_the_other_record_until_the_family_opts_in_later(
    students: House,
) -> None:
    await a_partner(students)
    await an_agreement(students, Category.IDENTITY, basis=LegalBasis.DIRECTORY)
    first, second = await two_records(students)
    mother = await a_guardian(students, first, second)
    await choose(students, mother, first, opted_out=True)
    assert (await seen(students, first), await seen(students, second)) == (set(), set())
    read = await ask(students, mother, "GET", f"/v1/students/{second}/directory-information")
    assert read.json()["opted_out"] is True
    await decide(students, "different")
    assert await seen(students, second) == {"identity"}
    await decide(students, "same")
    assert await seen(students, second) == set()
    await choose(students, mother, second, opted_out=False)
    assert (await seen(students, first), await seen(students, second)) == (set(), {"identity"})


async def test_a_partner_must_delete_what_a_refusal_in_another_record_closes(
    students: House,
) -> None:
    await a_partner(students)
    second, _ = await told_of_a_child(students)
    first = await a_student(students)
    mother = await a_guardian(students, first)
    await say(students, mother, first, no())
    await share_all(students.database)
    assert in_short(await told(students)) == ["attendance"]
    assert await find_all(students.database) == 1
    await share_all(students.database)
    [retracted] = await told(students)
    assert (in_short([retracted]), retracted["student_id"]) == (["-attendance"], str(second))


@promise(
    "Access and privacy",
    "What protects a child moves into its other record before one is erased.",
)
async def test_what_protects_a_child_moves_into_its_other_record_before_one_is_erased(
    students: House,
) -> None:
    await a_partner(students)
    await an_agreement(students, Category.IDENTITY, Category.ATTENDANCE)
    await an_agreement(students, Category.IDENTITY, basis=LegalBasis.DIRECTORY)
    first, second = await two_records(students)
    mother, father = await a_guardian(students, first, second), await a_guardian(students, second)
    namesake = await a_guardian(students, first, restricted=True)
    uncle = await a_guardian(students, first, legal="no")
    await set_apart(students, mother, "Mirja"), await set_apart(students, uncle, "Ove")
    await say(students, mother, second, yes())
    await say(students, mother, first, no())
    await choose(students, mother, first, opted_out=True)
    assert (await erase(students, first))["code"] == "duplicate-open"
    await decide(students, "same")
    before = await protection(students, second, mother, father)
    assert "code" not in await erase(students, first)

    assert await records(students) == {second}
    assert await protection(students, second, mother, father) == before == (True, False, set())
    assert await students.rows("select 1 from possible_duplicate") == []
    # A contact under an order stays as one, though this record never had it.
    kept = await students.rows("select contact_id from contact_restriction")
    assert {row["contact_id"] for row in kept} == {father.person_id, namesake.person_id}
    people = {row["id"] for row in await students.rows("select id from person")}
    assert uncle.person_id not in people


async def set_apart(students: House, adult: Any, given_name: str) -> None:
    async with students.database.transaction() as session:
        await session.execute(
            text("update person set given_name = :name where id = :id"),
            {"name": given_name, "id": adult.person_id},
        )


async def protection(
    students: House, child: UUID, mother: Any, father: Any
) -> tuple[bool, bool, set[str]]:
    """Whether mother and father see the child, and what the partner sees."""
    answers = [
        await ask(students, who, "GET", f"/v1/students/{child}") for who in (mother, father)
    ]
    sees = [answer.status_code == 200 for answer in answers]
    return sees[0], sees[1], await seen(students, child)


@promise(
    "Access and privacy",
    "The retention times of a child begin when it has left by all of its records.",
)
async def test_retention_begins_when_a_child_has_left_by_all_of_its_records(
    students: House,
) -> None:
    first, second = await two_records(students)
    await leave(students, first)
    assert await enforce(students.database, DAYS, NOW) == 0
    assert await enforce(students.database, DAYS, NOW + timedelta(101)) == 0
    await leave(students, second)
    assert await enforce(students.database, DAYS, NOW + timedelta(101)) == 0
    assert await records(students) == {first, second}
    assert await enforce(students.database, DAYS, NOW + timedelta(202)) == 2
    assert await records(students) == set()


async def test_retention_of_a_different_child_is_its_own(students: House) -> None:
    first, second = await two_records(students)
    await decide(students, "different")
    await leave(students, first)
    await enforce(students.database, DAYS, NOW)
    assert await enforce(students.database, DAYS, NOW + timedelta(101)) == 1
    assert await records(students) == {second}
