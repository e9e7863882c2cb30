"""An application by school or district tells a partner nothing before there is a ground."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.contracts.partners.agreement import AgreementStatus, LegalBasis
from shared.contracts.students.access import Category
from shared.security.principal import Principal
from tests.houses import House
from tests.promised import promise
from tests.students.family import SYSTEM, TODAY, a_guardian, an_agreement, ask, no, say, seen, yes
from tests.students.people import (
    DISTRICT,
    DISTRICT_ID,
    PARTNER_ID,
    WORKER,
    a_class,
    a_leader,
    a_partner,
    a_program,
    a_school,
    a_student,
    agreement_on,
    an_educator,
    apply,
    move,
)

PLAN = {"minutes_per_week": 60, "weeks": 3}


async def _child(students: House) -> tuple[UUID, UUID, list[Principal]]:
    """A child, a program of a partner that may know nothing of it, and the school's people."""
    await a_partner(students)
    school = await a_school(students)
    teacher = await an_educator(students)
    child = await a_student(students, school_id=school, grade="03")
    await a_class(students, school, teacher, child)
    leader = await a_leader(students, school)
    return child, await a_program(students), [DISTRICT, teacher, leader]


async def _told(students: House, child: UUID) -> list[Any]:
    """Everything that the partner's people and system are answered about the child."""
    answers = []
    for caller in (WORKER, SYSTEM):
        answers += [await seen(students, child, caller)]
        for address in ("engagements", "students", "dosage"):
            listed = await ask(students, caller, "GET", f"/v1/{address}")
            answers += listed.json()["items"] if listed.is_success else []
    return [answer for answer in answers if answer]


@promise("Access and privacy", "No application by school or district opens a child to a partner.")
async def test_an_application_without_a_ground_is_refused_and_tells_the_partner_nothing(
    students: House,
) -> None:
    child, program, people = await _child(students)
    for caller in people:
        problem = await apply(students, child, program, caller)
        assert (problem["status"], problem["code"]) == (409, "ground-missing")
        assert "No agreement in force lets this organization have this" in problem["detail"]
    assert await students.rows("select * from engagement") == []
    assert await _told(students, child) == []


@pytest.mark.parametrize("stage", ["applied", "enrolled", "active"])
async def test_a_district_enrolls_no_child_with_a_stranger_at_any_stage(
    students: House, stage: str
) -> None:
    child, program, _ = await _child(students)
    problem = await apply(students, child, program, DISTRICT, stage=stage)
    assert problem["code"] == "ground-missing"


async def test_the_refusal_names_the_consent_that_an_agreement_asks_for(students: House) -> None:
    child, program, _ = await _child(students)
    await an_agreement(students)
    problem = await apply(students, child, program, DISTRICT)
    assert problem["code"] == "ground-missing"
    assert "once the family consents" in problem["detail"]


async def test_with_an_agreement_the_partner_learns_of_the_application_and_no_longer_than_that(
    students: House,
) -> None:
    child, program, [_, teacher, _] = await _child(students)
    row = agreement_on(program)
    async with students.database.transaction() as session:
        session.add(row)
    applied = await apply(students, child, program, teacher)
    assert applied["stage"] == "applied"
    listed = await ask(students, WORKER, "GET", "/v1/engagements")
    assert [each["id"] for each in listed.json()["items"]] == [applied["id"]]
    assert await seen(students, child, WORKER) == {"identity", "engagement"}
    bases = await students.rows(
        "select distinct basis, agreement_id from disclosure"
        " where organization_id = :id and outcome = 'released'", id=PARTNER_ID,
    )  # fmt: skip
    assert [(each["basis"], each["agreement_id"]) for each in bases] == [
        (LegalBasis.SCHOOL_OFFICIAL, row.agreement_id)
    ]

    async with students.database.transaction() as session:
        (await session.merge(row)).status = AgreementStatus.ENDED
    assert await _told(students, child) == []


async def test_a_partner_that_took_the_child_on_keeps_its_own_record_after_the_agreement(
    students: House,
) -> None:
    child, program, _ = await _child(students)
    row = agreement_on(program)
    async with students.database.transaction() as session:
        session.add(row)
    applied = await apply(students, child, program, DISTRICT)
    taken = await move(students, applied, "active", WORKER)
    assert taken["stage"] == "active"
    async with students.database.transaction() as session:
        (await session.merge(row)).status = AgreementStatus.ENDED
    assert await seen(students, child, WORKER) == {"identity", "engagement", "dosage", "notes"}


async def test_consent_opens_the_application_and_its_withdrawal_closes_it(
    students: House,
) -> None:
    child, program, _ = await _child(students)
    await an_agreement(students)
    mother = await a_guardian(students, child)
    await say(students, mother, child, yes(categories=list(Category)))
    assert (await apply(students, child, program, DISTRICT))["stage"] == "applied"
    assert "identity" in await seen(students, child, WORKER)
    await say(students, mother, child, no(categories=list(Category)))
    assert await _told(students, child) == []


@promise("Access and privacy", "A family's own application is the family's own act.")
async def test_the_familys_own_application_needs_no_other_ground(students: House) -> None:
    child, program, _ = await _child(students)
    mother = await a_guardian(students, child)
    assert (await apply(students, child, program, mother))["stage"] == "applied"
    assert await seen(students, child, WORKER) == {"identity", "engagement", "dosage", "notes"}


async def test_a_district_applies_for_its_own_schools_program_without_an_agreement(
    students: House,
) -> None:
    child, _, _ = await _child(students)
    own = await a_program(students, partner_id=DISTRICT_ID)
    assert (await apply(students, child, own, DISTRICT))["stage"] == "applied"


async def test_a_child_whom_nobody_knows_and_one_without_a_ground_are_told_apart_by_nobody_else(
    students: House,
) -> None:
    """The refusal tells of the ground only to a caller who may see the child."""
    child, program, _ = await _child(students)
    stranger = await an_educator(students)
    hidden = await apply(students, child, program, stranger)
    absent = await apply(students, uuid4(), program, stranger)
    assert hidden == absent
    assert hidden["code"] == "student-unknown"


async def test_the_district_records_an_application_on_paper_as_the_familys_act(
    students: House,
) -> None:
    child, program, _ = await _child(students)
    mother = await a_guardian(students, child)
    signing = {"given_by": str(mother.person_id), "method": "paper", "signed_on": str(TODAY)}
    applied = await apply(students, child, program, DISTRICT, signing=signing)
    steps = await ask(students, DISTRICT, "GET", f"/v1/engagements/{applied['id']}/steps")
    [step] = steps.json()["items"]
    assert (step["given_by"], step["signed_on"]) == (str(mother.person_id), str(TODAY))
    assert "identity" in await seen(students, child, WORKER)


async def test_a_paper_counts_only_with_the_signature_of_a_person_with_rights(
    students: House,
) -> None:
    child, program, [_, teacher, _] = await _child(students)
    father = await a_guardian(students, child, restricted=True)
    aunt = await a_guardian(students, legal="no")
    tomorrow = TODAY + timedelta(days=1)
    mother = await a_guardian(students, child)
    paper = {"given_by": str(father.person_id), "method": "paper", "signed_on": str(TODAY)}
    told = {
        "contact-restricted": (DISTRICT, paper),
        "contact-unknown": (DISTRICT, paper | {"given_by": str(aunt.person_id)}),
        "signing-unclear": (DISTRICT, {"given_by": str(mother.person_id)}),
        "date-in-future": (
            DISTRICT, paper | {"given_by": str(mother.person_id), "signed_on": str(tomorrow)}
        ),
        "student-unknown": (teacher, paper | {"given_by": str(mother.person_id)}),
    }  # fmt: skip
    for code, (caller, signing) in told.items():
        problem = await apply(students, child, program, caller, signing=signing)
        assert problem["code"] == code
    assert await students.rows("select * from engagement") == []
