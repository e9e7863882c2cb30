"""A child that comes back under another local id keeps what protects it."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.students.roster.contacts.records import StudentContactRow
from services.students.roster.people.records import PersonRow
from services.students.roster.possible_duplicates.actions import find_all
from services.students.roster.possible_duplicates.rules import MOST_RECORDS
from services.students.roster.students.records import StudentIdentifierRow, StudentRow
from shared.contracts.students.possible_duplicate import PossibleDuplicateChanged
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.family import TODAY, ask
from tests.students.packages import zip_of_folder
from tests.students.people import a_student

ADMIN = principal(Role.DISTRICT_ADMIN, partner_id=uuid4())


async def take(students: House, folder: Path) -> dict[str, int]:
    job = await students.import_file("oneroster", zip_of_folder(folder), ADMIN)
    assert job["state"] == "done", job["problems"]
    return dict(job["counts"])


async def person(students: House, source_id: str) -> UUID:
    [row] = await students.rows("select id from person where source_id = :id", id=source_id)
    return UUID(str(row["id"]))


async def order(students: House, child: UUID, contact: UUID) -> None:
    """A court order against the contact."""
    read = await ask(students, ADMIN, "GET", f"/v1/students/{child}")
    answer = await ask(
        students, ADMIN, "POST", f"/v1/students/{child}/contacts/{contact}/restrictions",
        {"kind": "no-contact", "begins_on": str(TODAY), "document_reference": "FC 2026-118"},
        headers={"If-Match": read.headers["etag"]},
    )  # fmt: skip
    assert answer.status_code == 201, answer.text


async def children_of(students: House, caller: Principal) -> set[str]:
    answer = await ask(students, caller, "GET", "/v1/students")
    return {child["id"] for child in answer.json()["items"]}


def guardian(person_id: UUID) -> Principal:
    return principal(Role.GUARDIAN, partner_id=ADMIN.partner_id, person_id=person_id)


async def pairs(students: House, **filters: Any) -> list[dict[str, Any]]:
    answer = await ask(students, ADMIN, "GET", "/v1/possible-duplicates", params=filters)
    return list(answer.json()["items"])


async def decide(students: House, pair: dict[str, Any], verdict: str) -> dict[str, Any]:
    answer = await ask(
        students, ADMIN, "POST", f"/v1/possible-duplicates/{pair['id']}/decision",
        {"verdict": verdict}, headers={"If-Match": f'"{pair["version"]}"'},
    )  # fmt: skip
    return dict(answer.json())


@pytest.mark.needs("data")
@promise(
    "Access and privacy",
    "A court order holds in a child's new record until the district decides that it is another child.",
)
async def test_a_child_that_comes_back_under_another_local_id_keeps_its_court_order(
    students: House, real_data: Path
) -> None:
    steps = real_data / "reported" / "reenrolled-with-court-order"
    await take(students, steps / "1-first-enrollment")
    father, first = await person(students, "re-father"), await person(students, "re-local-100")
    mother = await person(students, "re-mother")
    await order(students, first, father)
    await take(students, steps / "2-leaves")
    counts = await take(students, steps / "3-comes-back")
    second = await person(students, "re-local-977")

    assert counts["possible_duplicates"] == 1
    [pair] = await pairs(students, status="open")
    assert (pair["student_id"], pair["earlier_id"]) == (str(second), str(first))
    assert (pair["reason"], pair["protecting"], pair["orders_in_force"]) == (
        "state-identifier", True, True,
    )  # fmt: skip
    assert len(await students.events(PossibleDuplicateChanged)) == 1
    for verdict, seen in (("same", set()), ("different", {str(second)}), ("same", set())):
        assert await children_of(students, guardian(mother)) == {str(first), str(second)}
        pair = await decide(students, pair, verdict)
        assert await children_of(students, guardian(father)) == seen


RUNA = {"given_name": "Runa", "family_name": "Sorgefall", "birth_date": "2017-05-04"}
AGAIN = {"given_name": " rúna", "family_name": "SORGE-FALL", "birth_date": "2017-05-04"}


async def enter(students: House, **known: Any) -> UUID:
    answer = await ask(students, ADMIN, "POST", "/v1/students?confirmed=true", RUNA | known)
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


async def tag(students: House, child: UUID) -> dict[str, str]:
    read = await ask(students, ADMIN, "GET", f"/v1/students/{child}")
    return {"If-Match": read.headers["etag"]}


async def a_contact(students: House, child: UUID, **known: Any) -> Principal:
    """A parent with rights in the record, signed in."""
    names = {"given_name": "Falk", "family_name": "Getrennt"}
    draft = names | {"relation": "parent", "legal_guardian": "yes"} | known
    if "contact_id" in draft:
        draft = {name: value for name, value in draft.items() if name not in names}
    answer = await ask(
        students, ADMIN, "POST", f"/v1/students/{child}/contacts", draft,
        headers=await tag(students, child),
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    return guardian(UUID(answer.json()["id"]))


def number(value: str, kind: str = "State") -> list[dict[str, str]]:
    return [{"kind": kind, "value": value}]


async def test_an_order_holds_against_a_contact_of_another_id_by_name_or_email(
    students: House,
) -> None:
    first = await enter(students)
    father = await a_contact(students, first, email="falk@example.org")
    await order(students, first, father.person_id or first)
    second = await enter(students, **AGAIN)
    [pair] = await pairs(students)
    assert (pair["reason"], pair["earlier_id"]) == ("names-and-birth-date", str(first))

    by_name = await a_contact(students, second, given_name="FALK", family_name="Gétrennt ")
    renamed = {"given_name": "Falko", "family_name": "Neu"}
    by_email = await a_contact(students, second, email="Falk@example.org", **renamed)
    mother = await a_contact(students, second, given_name="Mirja", family_name="Sorgefall")
    for verdict, seeing in ((None, 0), ("same", 0), ("different", 1)):
        if verdict is not None:
            pair = await decide(students, pair, verdict)
        assert [len(await children_of(students, each)) for each in (by_name, by_email, mother)] == [
            seeing, seeing, 1,
        ]  # fmt: skip
    read = await ask(students, mother, "GET", f"/v1/students/{second}/contacts")
    assert {c["id"]: c["details_withheld"] for c in read.json()}[str(by_email.person_id)] is False


async def test_a_contact_that_both_records_know_is_judged_by_the_orders_about_itself(
    students: House,
) -> None:
    first = await enter(students)
    father = await a_contact(students, first, email="home@example.org")
    mother = await a_contact(
        students, first, given_name="Mirja", family_name="Getrennt", email="home@example.org"
    )
    await order(students, first, father.person_id or first)
    second = await enter(students)
    for adult in (father, mother):
        await a_contact(students, second, contact_id=str(adult.person_id))
    assert await children_of(students, father) == set()
    assert await children_of(students, mother) == {str(first), str(second)}


@promise(
    "Access and privacy",
    "Twins with one birthday, one family and one e-mail stay two children.",
)
async def test_twins_stay_two_children(students: House) -> None:
    first = await enter(students, identifiers=number("901"))
    father = await a_contact(students, first, email="home@example.org")
    await order(students, first, father.person_id or first)
    twin = await enter(students, given_name="Rune", identifiers=number("902"))
    await a_contact(students, twin, contact_id=str(father.person_id))
    assert await pairs(students) == []
    assert await children_of(students, father) == {str(twin)}


@promise(
    "Access and privacy",
    "One number of the state on two different children is told to the district and joins nothing.",
)
async def test_one_number_on_two_different_children_is_told_and_joins_nothing(
    students: House,
) -> None:
    first = await enter(students, identifiers=number("901"))
    father = await a_contact(students, first)
    await order(students, first, father.person_id or first)
    other = await enter(
        students, given_name="Bo", birth_date="2015-01-09", identifiers=number("901", "state_id")
    )
    await a_contact(students, other, contact_id=str(father.person_id))
    [pair] = await pairs(students)
    assert (pair["reason"], pair["protecting"]) == ("state-identifier-shared", False)
    assert await children_of(students, father) == {str(other)}

    # The register corrects the birth date: now both may well be one child.
    change = {"birth_date": RUNA["birth_date"]}
    await ask(students, ADMIN, "PATCH", f"/v1/students/{other}", change,
              headers=await tag(students, other))  # fmt: skip
    [pair] = await pairs(students)
    assert (pair["reason"], pair["protecting"], pair["version"]) == ("state-identifier", True, 2)
    assert await children_of(students, father) == set()


async def test_numbers_of_other_registers_make_no_pair(students: House) -> None:
    await enter(students, identifiers=number("901", "Family"))
    await enter(students, given_name="Rune", identifiers=number("901", "Family"))
    await enter(students, given_name="Bo", identifiers=number("901"))
    assert await pairs(students) == []


async def test_a_record_whose_names_are_corrected_later_is_found_then(students: House) -> None:
    first, second = await enter(students), await enter(students, given_name="R.")
    assert await pairs(students) == []
    await ask(students, ADMIN, "PATCH", f"/v1/students/{second}", {"preferred_given_name": "Runa"},
              headers=await tag(students, second))  # fmt: skip
    [pair] = await pairs(students, student_id=str(first))
    assert pair["student_id"] == str(second)


async def test_a_decision_stands_when_the_records_are_compared_again(students: House) -> None:
    await enter(students)
    second = await enter(students)
    [pair] = await pairs(students)
    await decide(students, pair, "different")
    assert await find_all(students.database) == 0
    await ask(students, ADMIN, "PATCH", f"/v1/students/{second}", {"grade": "03"},
              headers=await tag(students, second))  # fmt: skip
    assert [each["status"] for each in await pairs(students)] == ["different"]
    assert [each["data"]["status"] for each in await students.events(PossibleDuplicateChanged)] == [
        "open", "different",
    ]  # fmt: skip


async def test_records_of_before_are_found_by_the_worker(students: House) -> None:
    first = await a_student(students, source=ADMIN.partner_id)
    second = await a_student(students, source=ADMIN.partner_id)
    elsewhere = await a_student(students)
    assert await find_all(students.database) == 1
    [pair] = await pairs(students)
    assert {pair["student_id"], pair["earlier_id"]} == {str(first), str(second)}
    assert await find_all(students.database) == 0
    assert str(elsewhere) not in str(pair)


async def test_only_the_district_of_both_records_reads_and_decides(students: House) -> None:
    await enter(students)
    await enter(students)
    [pair] = await pairs(students)
    address = f"/v1/possible-duplicates/{pair['id']}"
    foreign = principal(Role.DISTRICT_ADMIN, partner_id=uuid4())
    hidden = await ask(students, foreign, "GET", address)
    listed = await ask(students, foreign, "GET", "/v1/possible-duplicates")
    tried = await ask(students, foreign, "POST", f"{address}/decision", {"verdict": "same"},
                      headers={"If-Match": '"1"'})  # fmt: skip
    stale = await ask(students, ADMIN, "POST", f"{address}/decision", {"verdict": "same"},
                      headers={"If-Match": '"7"'})  # fmt: skip
    assert (hidden.status_code, listed.json()["items"]) == (404, [])
    assert (tried.json()["code"], stale.json()["code"]) == (
        "possible-duplicate-unknown", "version-stale",
    )  # fmt: skip
    read = await ask(students, ADMIN, "GET", address)
    assert (read.json()["status"], read.headers["etag"]) == ("open", '"1"')
    assert "Runa" not in read.text and "2017" not in read.text


async def test_an_adult_without_rights_by_hand_has_none_by_a_later_roster(students: House) -> None:
    """The roster of the second record says again that he is a parent."""
    first = await enter(students)
    father = await a_contact(students, first, legal_guardian="no")
    second = await enter(students)
    async with students.database.transaction() as session:
        session.add(
            StudentContactRow(
                student_id=second, contact_id=father.person_id, relation="parent",
                legal_guardian="yes", rostered=True,
            )
        )  # fmt: skip
    assert await children_of(students, father) == set()
    await ask(
        students, ADMIN, "PATCH", f"/v1/students/{second}/contacts/{father.person_id}",
        {"legal_guardian": "yes"}, headers=await tag(students, second),
    )  # fmt: skip
    assert await children_of(students, father) == {str(second)}


async def test_records_that_are_like_a_third_one_protect_each_other(students: House) -> None:
    """The child came back twice: with its number under another name, then without its number."""
    first = await enter(students, identifiers=number("901"))
    father = await a_contact(students, first)
    await order(students, first, father.person_id or first)
    second = await enter(students, family_name="Neu", identifiers=number("901"))
    third = await enter(students, family_name="Neu")
    await a_contact(students, third, contact_id=str(father.person_id))
    told = {(each["student_id"], each["earlier_id"]): each for each in await pairs(students)}
    assert {pair: each["reason"] for pair, each in told.items()} == {
        (str(second), str(first)): "state-identifier",
        (str(third), str(second)): "names-and-birth-date",
        (str(third), str(first)): "another-record",
    }
    assert await children_of(students, father) == set()
    await decide(students, told[str(third), str(first)], "different")
    assert await children_of(students, father) == {str(third)}
    assert await find_all(students.database) == 0


async def test_the_school_sees_the_order_of_another_record(students: House) -> None:
    """At the door, an educator looks at the contacts of the record that the school has."""
    first = await enter(students)
    father = await a_contact(students, first)
    await order(students, first, father.person_id or first)
    second = await enter(students)
    mother = await a_contact(students, second, given_name="Mirja")
    await a_contact(students, second)
    read = await ask(students, ADMIN, "GET", f"/v1/students/{second}/contacts")
    orders = {c["given_name"]: c["restrictions"] for c in read.json()}
    assert orders["Mirja"] == []
    assert [(each["kind"], each["student_id"]) for each in orders["Falk"]] == [
        ("no-contact", str(first)),
    ]  # fmt: skip
    seen = await ask(students, mother, "GET", f"/v1/students/{second}/contacts")
    assert {c["given_name"]: c["restrictions"] for c in seen.json()} == {"Mirja": [], "Falk": []}


async def test_a_number_that_a_register_fills_in_is_told_and_joins_nothing(
    students: House,
) -> None:
    async with students.database.transaction() as session:
        for n in range(MOST_RECORDS + 1):
            person = PersonRow(
                source=ADMIN.partner_id, given_name=f"A{n}", family_name="B", search_name="b a"
            )
            session.add(person)
            await session.flush()
            session.add(StudentRow(id=person.id, source=ADMIN.partner_id, version=1))
            await session.flush()
            session.add(
                StudentIdentifierRow(
                    student_id=person.id, source=ADMIN.partner_id, kind="State", value="000"
                )
            )  # fmt: skip
    assert await find_all(students.database) == MOST_RECORDS
    told = await pairs(students)
    assert {(each["reason"], each["protecting"]) for each in told} == {
        ("state-identifier-shared", False),
    }  # fmt: skip
