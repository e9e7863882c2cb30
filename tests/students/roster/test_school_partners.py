"""The roster and the directory of partners know one school under two ids; its district links them."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.contracts.partners.partner import (
    PartnerChanged,
    PartnerKind,
    PartnerRegistered,
    PartnerStatus,
)
from shared.contracts.students.school import SchoolLinked
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.family import ask
from tests.students.packages import package_of
from tests.students.people import DISTRICT, DISTRICT_ID, a_school, a_student


async def registered(
    students: House, name: str = "North High", kind: PartnerKind = PartnerKind.SCHOOL,
    parent_id: UUID | None = DISTRICT_ID,
) -> UUID:  # fmt: skip
    partner_id = uuid4()
    await students.hear(
        PartnerRegistered(
            partner_id=partner_id, name=name, kind=kind, status=PartnerStatus.ACTIVE,
            parent_id=parent_id,
        )
    )  # fmt: skip
    return partner_id


async def link(
    students: House, school: UUID, partner_id: UUID | None, caller: Principal = DISTRICT
) -> Any:
    """The answer to the link, of the version that the school has now."""
    address = f"/v1/schools/{school}/partner"
    headers = {"If-Match": '"0"'}
    if known := (await ask(students, caller, "GET", address)).headers.get("etag"):
        headers = {"If-Match": known}
    wanted = {"partner_id": None if partner_id is None else str(partner_id)}
    return await ask(students, caller, "PUT", address, wanted, headers=headers)


async def test_a_district_says_which_partner_a_school_is_and_each_finds_the_other(
    students: House,
) -> None:
    school, other = await a_school(students), await a_school(students)
    partner_id = await registered(students)
    before = await ask(students, DISTRICT, "GET", f"/v1/schools?id={school}")
    linked = await link(students, school, partner_id)
    stale = await ask(
        students, DISTRICT, "PUT", f"/v1/schools/{school}/partner", {"partner_id": None},
        headers={"If-Match": '"0"'},
    )  # fmt: skip
    kind, active = PartnerKind.SCHOOL, PartnerStatus.ACTIVE
    await students.hear(
        PartnerChanged(
            partner_id=partner_id, name="North Academy", kind=kind, status=active,
            parent_id=DISTRICT_ID,
        )
    )  # fmt: skip
    found = await ask(students, DISTRICT, "GET", f"/v1/schools?partner_id={partner_id}")

    assert before.json()["items"][0]["partner_id"] is None
    assert (linked.json()["partner_id"], linked.json()["partner_name"]) == (
        str(partner_id), "North High",
    )  # fmt: skip
    assert (stale.status_code, stale.json()["code"]) == (412, "version-stale")
    [event] = await students.events(SchoolLinked)
    assert event["data"] == {"school_id": str(school), "partner_id": str(partner_id)}
    assert [(each["id"], each["partner_name"]) for each in found.json()["items"]] == [
        (str(school), "North Academy")
    ]
    assert (await link(students, other, partner_id)).json()["code"] == "partner-linked"


async def test_a_wrong_link_is_corrected_and_taken_back(students: House) -> None:
    school, other = await a_school(students), await a_school(students)
    right, wrong = await registered(students), await registered(students, "South High")
    await link(students, school, wrong)
    corrected = await link(students, school, right)
    moved = await link(students, other, wrong)
    gone = await link(students, school, None)
    assert (corrected.json()["partner_id"], moved.status_code) == (str(right), 200)
    assert (gone.json()["partner_id"], gone.json()["partner_name"]) == (None, None)


@pytest.mark.parametrize(
    ("kind", "of_district"),
    [(PartnerKind.COMMUNITY_ORGANIZATION, True), (PartnerKind.SCHOOL, False)],
)
async def test_a_school_is_a_school_of_its_own_district_alone(
    students: House, kind: PartnerKind, of_district: bool
) -> None:
    school = await a_school(students)
    parent_id = DISTRICT_ID if of_district else uuid4()
    refused = await link(students, school, await registered(students, "X", kind, parent_id))
    unknown = await link(students, school, uuid4())
    assert (refused.status_code, refused.json()["code"]) == (409, "partner-not-school")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "partner-unknown")


async def test_a_district_links_no_school_of_another_and_no_organization_above_the_schools(
    students: House,
) -> None:
    school = await a_school(students)
    partner_id = await registered(students)
    other = principal(Role.DISTRICT_ADMIN, partner_id=uuid4())
    foreign = await link(students, school, partner_id, other)
    absent = await link(students, uuid4(), partner_id, other)
    await students.rows("update org set type = 'district' returning id")
    above = await link(students, school, partner_id)
    assert (foreign.status_code, foreign.content) == (404, absent.content)
    assert (above.status_code, above.json()["code"]) == (409, "organization-not-school")


@promise(
    "Access and privacy", "A school that is linked to a partner opens no child to that partner."
)
async def test_a_linked_school_opens_no_child_to_its_partner(students: House) -> None:
    school = await a_school(students)
    child = await a_student(students, school_id=school)
    partner_id = await registered(students)
    await link(students, school, partner_id)
    people = [
        principal(role, partner_id=partner_id)
        for role in (Role.PARTNER_ADMIN, Role.CASE_WORKER, Role.EDUCATOR, Role.PARTNER_SYSTEM)
    ]
    for caller in people:
        hidden = await ask(students, caller, "GET", f"/v1/students/{child}")
        listed = await ask(students, caller, "GET", "/v1/students")
        assert (hidden.status_code, listed.json()["items"]) == (404, [])


async def test_a_roster_that_is_sent_again_keeps_the_link(students: House) -> None:
    schools = [{"sourcedId": "north", "name": "North", "type": "school"}]
    await students.import_file("oneroster", package_of("1.1", "bulk", orgs=schools), DISTRICT)
    [row] = await students.rows("select id from org")
    partner_id = await registered(students)
    await link(students, row["id"], partner_id)
    renamed = [schools[0] | {"name": "North High School"}]
    job = await students.import_file(
        "oneroster", package_of("1.1", "bulk", orgs=renamed), DISTRICT
    )
    [shown] = (await ask(students, DISTRICT, "GET", "/v1/schools")).json()["items"]
    assert job["state"] == "done"
    assert (shown["name"], shown["partner_id"]) == ("North High School", str(partner_id))
