"""The telephone and the e-mail of a contact that the district keeps from the child's other
contacts."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from services.students.roster.possible_duplicates.actions import find_all
from shared.contracts.partners.agreement import LegalBasis
from shared.contracts.students.access import Category
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.exchange.test_roster_delta import ADMIN, FIRST, USER, take
from tests.students.family import TODAY, an_agreement, ask, themselves
from tests.students.packages import delta
from tests.students.people import (
    DISTRICT,
    DISTRICT_ID,
    PARTNER_ID,
    a_leader,
    a_partner,
    a_school,
    a_student,
)

PHONE, EMAIL = "+1 555 010 0199", "mirja@example.org"
MOTHER = {"given_name": "Mirja", "family_name": "Ek", "relation": "parent",
          "legal_guardian": "yes", "phone": PHONE, "sms": PHONE, "email": EMAIL}  # fmt: skip
FATHER = {"given_name": "Falk", "family_name": "Ek", "relation": "parent",
          "legal_guardian": "yes", "phone": "+1 555 010 0222"}  # fmt: skip
WORKER = principal(Role.CASE_WORKER, partner_id=PARTNER_ID)


async def tag(students: House, child: UUID) -> dict[str, str]:
    read = await ask(students, DISTRICT, "GET", f"/v1/students/{child}")
    return {"If-Match": read.headers["etag"]}


async def linked(students: House, child: UUID, **draft: Any) -> Principal:
    answer = await ask(
        students, DISTRICT, "POST", f"/v1/students/{child}/contacts", draft,
        headers=await tag(students, child),
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    person_id = UUID(answer.json()["id"])
    return principal(Role.GUARDIAN, partner_id=DISTRICT_ID, person_id=person_id)


async def mark(
    students: House, child: UUID, contact: Principal, caller: Principal = DISTRICT, **body: Any
) -> Any:
    return await ask(
        students, caller, "PATCH", f"/v1/students/{child}/contacts/{contact.person_id}",
        body or {"do_not_publish": True}, headers=await tag(students, child),
    )  # fmt: skip


async def told(students: House, child: UUID, caller: Principal) -> str:
    """Everything that the caller is told: contacts, picture and export."""
    internal = f"/internal/students/{child}"
    answers = [
        await ask(students, caller, "GET", path)
        for path in (f"/v1/students/{child}/contacts", f"{internal}/picture", f"{internal}/export")
    ]
    return " ".join(answer.text for answer in answers)


def tells(text: str) -> tuple[bool, bool]:
    return PHONE in text, EMAIL in text


@pytest.fixture
async def family(students: House) -> tuple[UUID, UUID, Principal, Principal]:
    """A child and its sister, with mother and father of both."""
    child, sister = await a_student(students), await a_student(students, given_name="Siv")
    mother = await linked(students, child, **MOTHER)
    father = await linked(students, child, **FATHER)
    for adult in (mother, father):
        known = {"contact_id": str(adult.person_id), "relation": "parent", "legal_guardian": "yes"}
        await linked(students, sister, **known)
    return child, sister, mother, father


@promise(
    "Access and privacy",
    "A contact's telephone and e-mail that the district keeps from others reach no other contact.",
)
async def test_marked_details_reach_no_other_contact_by_any_child(
    students: House, family: Any
) -> None:
    child, sister, mother, father = family
    for each in (child, sister):
        assert tells(await told(students, each, father)) == (True, True)
    answer = await mark(students, child, mother)
    assert answer.json()["do_not_publish"] is True

    for each in (child, sister):
        for viewer in (father, themselves(each)):
            assert tells(await told(students, each, viewer)) == (False, False)
            contacts = await ask(students, viewer, "GET", f"/v1/students/{each}/contacts")
            [hers] = [c for c in contacts.json() if c["id"] == str(mother.person_id)]
            assert (hers["details_withheld"], hers["do_not_publish"]) == (True, None)
        assert tells(await told(students, each, mother)) == (True, True)
    assert "0222" in await told(students, child, mother)


async def test_the_school_the_district_and_its_partners_still_have_marked_details(
    students: House,
) -> None:
    school = await a_school(students)
    child = await a_student(students, school_id=school)
    mother = await linked(students, child, **MOTHER, do_not_publish=True)
    await a_partner(students)
    await an_agreement(students, Category.CONTACTS, basis=LegalBasis.SCHOOL_OFFICIAL)
    for viewer in (DISTRICT, await a_leader(students, school), WORKER, mother):
        assert tells(await told(students, child, viewer)) == (True, True), viewer.role


async def test_a_contact_who_is_also_a_teacher_or_a_case_worker_is_another_contact(
    students: House,
) -> None:
    school = await a_school(students)
    child = await a_student(students, school_id=school)
    await linked(students, child, **MOTHER, do_not_publish=True)
    leader = await a_leader(students, school)
    known = {"contact_id": str(leader.person_id), "relation": "parent", "legal_guardian": "yes"}
    await linked(students, child, **known)
    assert tells(await told(students, child, leader)) == (False, False)


async def test_only_the_district_marks_details_and_lifts_the_mark(
    students: House, family: Any
) -> None:
    child, _, mother, father = family
    for caller in (father, mother, WORKER):
        assert (await mark(students, child, mother, caller)).status_code == 403
    foreign = principal(Role.DISTRICT_ADMIN, partner_id=uuid4())
    assert (await mark(students, child, mother, foreign)).status_code == 404
    assert (await mark(students, child, mother, do_not_publish=None)).status_code == 422
    await mark(students, child, mother)
    await mark(students, child, mother, do_not_publish=False)
    assert tells(await told(students, child, father)) == (True, True)


async def test_a_roster_does_not_lift_the_mark(students: House) -> None:
    await take(students, FIRST)
    [row] = await students.rows(
        "select s.id as child, p.id as adult from person p, person s"
        " where p.source_id = 'contact-7' and s.source_id = 'student-7'"
    )
    address = f"/v1/students/{row['child']}/contacts"
    read = await ask(students, ADMIN, "GET", f"/v1/students/{row['child']}")
    await ask(students, ADMIN, "PATCH", f"{address}/{row['adult']}", {"do_not_publish": True},
              headers={"If-Match": read.headers["etag"]})  # fmt: skip
    await take(students, delta(users=[USER | {"sourcedId": "contact-7", "phone": PHONE}]))
    await take(students, FIRST)
    told = (await ask(students, ADMIN, "GET", address)).json()
    assert [c["do_not_publish"] for c in told if c["id"] == str(row["adult"])] == [True]


async def test_a_mark_holds_in_another_record_of_the_child(students: House) -> None:
    """The register gave the child and its mother new ids."""
    first = await a_student(students)
    await linked(students, first, **MOTHER, do_not_publish=True)
    second = await a_student(students)
    await linked(students, second, **MOTHER)
    father = await linked(students, second, **FATHER)
    assert tells(await told(students, second, father)) == (True, True)
    assert await find_all(students.database) == 1
    assert tells(await told(students, second, father)) == (False, False)


async def test_a_sibling_without_an_order_discloses_nothing_of_the_marked_parent(
    students: House, family: Any
) -> None:
    child, sister, mother, father = family
    await ask(
        students, DISTRICT, "POST", f"/v1/students/{child}/contacts/{father.person_id}/restrictions",
        {"kind": "no-contact", "begins_on": str(TODAY), "document_reference": "FC 1"},
        headers=await tag(students, child),
    )  # fmt: skip
    await mark(students, child, mother)
    assert (await ask(students, father, "GET", f"/v1/students/{child}")).status_code == 404
    assert (await ask(students, father, "GET", f"/v1/students/{sister}")).status_code == 200
    assert tells(await told(students, sister, father)) == (False, False)
