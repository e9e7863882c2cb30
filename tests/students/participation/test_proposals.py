"""School and district ask a family to apply for a program. Until it does, the partner is told
nothing."""

from typing import Any
from uuid import UUID

from shared.contracts.students.proposal import ProposalChanged
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.family import SYSTEM, TODAY, a_guardian, ask, eighteen, seen, themselves
from tests.students.people import (
    DISTRICT,
    PARTNER_ID,
    WORKER,
    a_class,
    a_partner,
    a_program,
    a_school,
    a_student,
    an_educator,
    apply,
)

ADMIN = principal(Role.PARTNER_ADMIN, partner_id=PARTNER_ID)


class Case:
    """A child with a mother, a teacher, and a program of a partner that may know nothing of it."""

    def __init__(self, students: House) -> None:
        self.students = students

    async def begin(self, **known: Any) -> "Case":
        await a_partner(self.students)
        school = await a_school(self.students)
        self.teacher = await an_educator(self.students)
        self.child = await a_student(self.students, school_id=school, grade="03", **known)
        await a_class(self.students, school, self.teacher, self.child)
        self.mother = await a_guardian(self.students, self.child)
        self.program = await a_program(self.students)
        return self

    async def propose(self, caller: Principal | None = None) -> Any:
        body = {"student_id": str(self.child), "program_id": str(self.program),
                "reason": "She loves to read."}  # fmt: skip
        return await ask(self.students, caller or self.teacher, "POST", "/v1/proposals", body)

    async def answer(self, caller: Principal, id: str, how: str, **signing: Any) -> Any:
        address = f"/v1/proposals/{id}/{how}"
        body = None if how == "withdrawal" else signing
        return await ask(self.students, caller, "POST", address, body)

    async def engaged(self) -> int:
        return len(await self.students.rows("select * from engagement"))


@promise("Access and privacy", "A proposal to a family tells the partner nothing.")
async def test_a_teacher_proposes_the_partner_learns_nothing_and_the_mother_applies(
    students: House,
) -> None:
    case = await Case(students).begin()
    refused = await apply(students, case.child, case.program, case.teacher)
    assert refused["code"] == "ground-missing"
    proposed = (await case.propose()).json()
    assert (proposed["status"], proposed["program_name"]) == ("open", "Tutoring")
    for caller in (WORKER, ADMIN, SYSTEM):
        assert await seen(students, case.child, caller) == set()
    for caller in (WORKER, ADMIN):
        listed = await ask(students, caller, "GET", "/v1/proposals")
        assert listed.json()["items"] == []
        one = await ask(students, caller, "GET", f"/v1/proposals/{proposed['id']}")
        assert one.json()["code"] == "proposal-unknown"

    mine = (await ask(students, case.mother, "GET", "/v1/proposals")).json()["items"]
    assert [each["reason"] for each in mine] == ["She loves to read."]
    accepted = (await case.answer(case.mother, proposed["id"], "acceptance")).json()
    assert (accepted["status"], accepted["given_by"]) == ("accepted", str(case.mother.person_id))
    assert "identity" in await seen(students, case.child, WORKER)
    steps = f"/v1/engagements/{accepted['engagement_id']}/steps"
    [step] = (await ask(students, case.mother, "GET", steps)).json()["items"]
    assert step["given_by"] == str(case.mother.person_id)
    told = [e["data"]["status"] for e in await students.events(ProposalChanged)]
    assert told == ["open", "accepted"]


async def test_a_family_that_declines_tells_nobody_else_and_can_be_asked_again(
    students: House,
) -> None:
    case = await Case(students).begin()
    first = (await case.propose()).json()
    assert (await case.propose()).json()["code"] == "already-proposed"
    assert (await case.answer(case.mother, first["id"], "refusal")).json()["status"] == "declined"
    again = await case.answer(case.mother, first["id"], "acceptance")
    assert again.json()["code"] == "proposal-not-open"
    assert await case.engaged() == 0
    assert (await case.propose()).status_code == 201


async def test_only_the_family_answers_and_the_district_records_its_paper(
    students: House,
) -> None:
    case = await Case(students).begin()
    proposed = (await case.propose()).json()
    father = await a_guardian(students, case.child, restricted=True)
    stranger = await a_guardian(students)
    for caller in (case.teacher, father, stranger, WORKER):
        for how in ("acceptance", "refusal"):
            answer = await case.answer(caller, proposed["id"], how)
            assert answer.status_code in {403, 404}, (caller.role, how, answer.text)
    assert (await case.answer(DISTRICT, proposed["id"], "acceptance")).status_code == 422
    paper = {"given_by": str(case.mother.person_id), "method": "paper", "signed_on": str(TODAY)}
    accepted = await case.answer(DISTRICT, proposed["id"], "acceptance", **paper)
    assert accepted.json()["signed_on"] == str(TODAY)
    assert await case.engaged() == 1


async def test_the_student_of_age_answers_and_the_mother_no_longer_does(students: House) -> None:
    case = await Case(students).begin(birth_date=eighteen())
    proposed = (await case.propose()).json()
    assert (await case.answer(case.mother, proposed["id"], "acceptance")).status_code == 404
    accepted = await case.answer(themselves(case.child), proposed["id"], "acceptance")
    assert accepted.json()["given_by"] == str(case.child)


async def test_an_educator_withdraws_the_own_proposal_and_the_district_any(
    students: House,
) -> None:
    case = await Case(students).begin()
    of_district = (await case.propose(DISTRICT)).json()
    other = await case.answer(case.teacher, of_district["id"], "withdrawal")
    assert other.json()["code"] == "proposal-of-another"
    assert (await case.answer(DISTRICT, of_district["id"], "withdrawal")).status_code == 201
    own = (await case.propose()).json()
    withdrawn = await case.answer(case.teacher, own["id"], "withdrawal")
    assert withdrawn.json()["status"] == "withdrawn"
    late = await case.answer(case.mother, own["id"], "acceptance")
    assert late.json()["code"] == "proposal-not-open"


async def test_a_proposal_lapses_by_the_clock(students: House) -> None:
    case = await Case(students).begin()
    proposed = (await case.propose()).json()
    await students.rows(
        "update application_proposal set expires_on = current_date - 1 returning id"
    )
    late = await case.answer(case.mother, proposed["id"], "acceptance")
    assert late.json()["code"] == "proposal-not-open"
    lapsed = await ask(students, case.mother, "GET", "/v1/proposals?status=lapsed")
    assert [each["id"] for each in lapsed.json()["items"]] == [proposed["id"]]
    assert (await case.propose()).status_code == 201


async def test_families_and_partners_propose_nothing_and_a_hidden_child_is_an_absent_one(
    students: House,
) -> None:
    case = await Case(students).begin()
    for caller in (case.mother, WORKER):
        assert (await case.propose(caller)).json()["code"] == "proposal-by-school"
    stranger = await an_educator(students)
    hidden = await case.propose(stranger)
    case.child = UUID(int=7)
    absent = await case.propose(stranger)
    assert hidden.json() == absent.json()
    assert hidden.json()["code"] == "student-unknown"
