"""The child's picture: one request, decided for its viewer, with a grant for the other services."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.students.roster.contacts.records import StudentContactRow
from shared.security.grants import Category, GrantVerifier
from shared.security.principal import Principal, Role
from tests.houses import GRANT_KEYS, House, principal
from tests.promised import promise
from tests.students.people import (
    DISTRICT,
    DISTRICT_ID,
    OTHER_WORKER,
    WORKER,
    a_class,
    a_partner,
    a_program,
    a_school,
    a_student,
    an_educator,
    engage,
)

YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)
GRANTS = GrantVerifier(GRANT_KEYS[1])


async def picture(students: House, caller: Principal, student_id: UUID) -> dict[str, Any]:
    async with students.calling(caller) as http:
        return dict((await http.get(f"/internal/students/{student_id}/picture")).json())


async def a_whole_child(students: House) -> tuple[UUID, Principal, UUID]:
    """A child with a class, a day of attendance and two partners' engagements; its teacher and
    the class."""
    school_id = await a_school(students)
    child = await a_student(students, school_id=school_id, grade="03")
    teacher = await an_educator(students)
    class_id = await a_class(students, school_id, teacher, child)
    await a_partner(students)
    await engage(students, child, await a_program(students), stage="active")
    foreign = await a_program(students, partner_id=OTHER_WORKER.partner_id)
    await engage(students, child, foreign, stage="applied")
    async with students.calling(DISTRICT) as http:
        await http.put(
            f"/v1/schools/{school_id}/attendance/{YESTERDAY}", json={"everyone_else": "Tardy"}
        )
    return child, teacher, class_id


async def test_the_district_sees_everything_and_nothing_is_withheld(students: House) -> None:
    child, _, class_id = await a_whole_child(students)
    whole = await picture(students, DISTRICT, child)

    assert whole["student"]["id"] == str(child)
    assert whole["student"]["school_name"] == "North"
    assert [c["class_id"] for c in whole["student"]["enrollments"]["classes"]] == [str(class_id)]
    assert {e["stage"] for e in whole["engagements"]} == {"active", "applied"}
    own = next(e for e in whole["engagements"] if e["stage"] == "active")
    assert (own["program_name"], own["partner_name"]) == ("Tutoring", "Riverside Tutors")
    [dosage] = whole["dosage"]
    assert (dosage["engagement_id"], dosage["share"]) == (own["id"], None)
    [year] = whole["attendance"]
    assert (year["days_enrolled"], year["days_attended"], year["days_tardy"]) == (1, 1, 1)
    assert (year["rate"], year["chronically_absent"]) == (1, False)
    assert whole["withheld"] == {}


async def test_the_grant_names_child_viewer_categories_and_classes(students: House) -> None:
    child, teacher, class_id = await a_whole_child(students)
    seen = await picture(students, teacher, child)
    grant = GRANTS.grant(seen["grant"])
    assert (grant.student_id, grant.viewer) == (child, teacher.account_id)
    assert grant.class_ids == (class_id,)
    assert grant.categories == set(Category) - {Category(name) for name in seen["withheld"]}


async def test_a_partner_sees_its_own_engagement_and_the_list_of_withheld_parts(
    students: House,
) -> None:
    child, _, _ = await a_whole_child(students)
    seen = await picture(students, WORKER, child)

    assert [e["partner_id"] for e in seen["engagements"]] == [str(WORKER.partner_id)]
    assert [d["partner_id"] for d in seen["dosage"]] == [str(WORKER.partner_id)]
    assert seen["attendance"] is None
    assert seen["student"]["enrollments"] is None
    assert set(seen["withheld"]) >= {"attendance", "enrollment", "demographics", "measures"}
    assert all(clause for clause in seen["withheld"].values())
    grant = GRANTS.grant(seen["grant"])
    assert grant.class_ids == ()
    assert not {Category.RESOURCES, Category.MEASURES} & grant.categories


async def test_a_guardian_sees_the_whole_record_of_their_own_child(students: House) -> None:
    child, _, _ = await a_whole_child(students)
    guardian = principal(
        Role.GUARDIAN, partner_id=DISTRICT_ID, person_id=(await an_educator(students)).person_id
    )
    async with students.database.transaction() as session:
        session.add(
            StudentContactRow(
                student_id=child, contact_id=guardian.person_id, relation="parent",
                legal_guardian="yes",
            )
        )  # fmt: skip
    seen = await picture(students, guardian, child)
    assert len(seen["engagements"]) == 2
    assert [contact["id"] for contact in seen["contacts"]] == [str(guardian.person_id)]
    assert seen["withheld"] == {}


async def test_a_guardian_applies_for_and_withdraws_their_own_child_and_no_more(
    students: House,
) -> None:
    child = await a_student(students)
    guardian = principal(
        Role.GUARDIAN, partner_id=DISTRICT_ID, person_id=(await an_educator(students)).person_id
    )
    async with students.database.transaction() as session:
        session.add(
            StudentContactRow(
                student_id=child, contact_id=guardian.person_id, relation="parent",
                legal_guardian="yes",
            )
        )  # fmt: skip
    program_id = await a_program(students)
    enrolled = await engage(students, child, program_id, guardian, stage="enrolled")
    other = await engage(students, await a_student(students), program_id, guardian)
    applied = await engage(students, child, program_id, guardian)
    async with students.calling(guardian) as http:
        address, tag = f"/v1/engagements/{applied['id']}/steps", {"If-Match": '"1"'}
        pushed = await http.post(address, json={"stage": "active"}, headers=tag)
        reason = {"stage": "withdrawn", "reason": "another club"}
        withdrawn = await http.post(address, json=reason, headers=tag)

    assert (enrolled["status"], enrolled["code"]) == (403, "stage-of-the-program")
    assert (other["status"], other["code"]) == (404, "student-unknown")
    assert applied["stage"] == "applied"
    assert (pushed.status_code, pushed.json()["code"]) == (403, "stage-of-the-program")
    assert withdrawn.json()["stage"] == "withdrawn"


@pytest.mark.parametrize(
    "caller",
    [
        principal(Role.EDUCATOR, person_id=uuid4()),
        principal(Role.CASE_WORKER, partner_id=uuid4()),
        principal(Role.GUARDIAN, person_id=uuid4()),
        principal(Role.STUDENT, person_id=uuid4()),
        principal(Role.DISTRICT_ADMIN, partner_id=uuid4()),
        principal(Role.DISTRICT_ADMIN),
    ],
)
async def test_a_hidden_child_is_answered_like_an_absent_one(
    students: House, caller: Principal
) -> None:
    child, _, _ = await a_whole_child(students)
    hidden = await picture(students, caller, child)
    assert hidden == await picture(students, caller, uuid4())
    assert (hidden["status"], hidden["code"]) == (404, "student-unknown")


async def test_a_grant_of_one_category_equals_that_category_of_the_pictures_grant(
    students: House,
) -> None:
    child, teacher, class_id = await a_whole_child(students)
    stranger = principal(Role.GUARDIAN, person_id=uuid4())
    whole = await picture(students, teacher, child)
    async with students.calling(teacher) as http:
        alone = await http.get(f"/internal/students/{child}/grant?category=resources")
    async with students.calling(stranger) as http:
        hidden = await http.get(f"/internal/students/{child}/grant?category=resources")
        absent = await http.get(f"/internal/students/{uuid4()}/grant?category=resources")

    given = GRANTS.grant(alone.json()["grant"])
    assert given == GRANTS.grant(whole["grant"]).model_copy(
        update={"categories": frozenset({"resources"})}
    )
    assert given.class_ids == (class_id,)
    assert (hidden.status_code, hidden.json()) == (404, absent.json())


@promise(
    "Events",
    "The services understand the gateway of the release before: no internal route asks for more "
    "than it brings.",
)
async def test_a_gateway_of_an_earlier_release_names_no_category_and_is_understood(
    students: House,
) -> None:
    child, teacher, class_id = await a_whole_child(students)
    async with students.calling(teacher) as http:
        granted = await http.get(f"/internal/students/{child}/grant")
        visible = await http.get(f"/internal/visible?ids={child}")
        hidden = await http.get(f"/internal/students/{uuid4()}/grant")
    given = GRANTS.grant(granted.json()["grant"])
    assert (given.categories, given.class_ids) == ({"resources", "measures"}, (class_id,))
    assert visible.json() == []
    assert (hidden.status_code, hidden.json()["code"]) == (404, "student-unknown")
