"""The simulator shows exactly the parts that an organization's people then get, and discloses
nothing."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.contracts.partners.agreement import LegalBasis
from shared.contracts.students.access import Category
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.family import SYSTEM, a_guardian, an_agreement, ask, say, themselves, yes
from tests.students.people import (
    DISTRICT,
    OTHER_WORKER,
    PARTNER_ID,
    WORKER,
    a_partner,
    a_program,
    a_student,
    engage,
)

ADMIN = principal(Role.PARTNER_ADMIN, partner_id=PARTNER_ID)


async def simulated(
    students: House, caller: Principal, child: UUID, status: int = 200, **asked: Any
) -> dict[str, Any]:
    asked = {"viewer": PARTNER_ID, "purpose": "service"} | asked
    answer = await ask(students, caller, "GET", f"/v1/students/{child}/access", params=asked)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


@pytest.fixture
async def partnered(students: House) -> House:
    await a_partner(students)
    return students


async def test_without_an_agreement_nothing_would_be_disclosed_and_the_agreement_is_named_as_missing(
    partnered: House,
) -> None:
    child = await a_student(partnered)
    told = await simulated(partnered, DISTRICT, child)
    assert (told["known"], told["released"]) == (False, [])
    assert {clause["category"] for clause in told["missing"]} == set(Category)
    assert all("agreement" in clause["clause"] for clause in told["missing"])


@promise(
    "Access and privacy",
    "The simulator shows exactly the parts that an organization's people then get.",
)
async def test_the_simulator_shows_the_parts_that_the_organization_then_gets_clause_by_clause(
    partnered: House,
) -> None:
    agreement_id = await an_agreement(partnered, Category.IDENTITY, Category.ATTENDANCE)
    child = await a_student(partnered)
    mother = await a_guardian(partnered, child)
    before = await simulated(partnered, mother, child)
    assert not before["known"]
    assert any("once the family consents" in clause["clause"] for clause in before["missing"])
    consent = await say(partnered, mother, child, yes())
    told = await simulated(partnered, mother, child, role="partner_system")
    got = (await ask(partnered, SYSTEM, "GET", f"/v1/students/{child}")).json()["access"]
    assert (told["released"], told["missing"]) == (got["released"], got["withheld"])
    assert {clause["agreement_id"] for clause in told["released"]} == {str(agreement_id)}
    assert {clause["consent_id"] for clause in told["released"]} == {consent["id"]}
    other = await simulated(partnered, mother, child, purpose="study")
    assert not other["known"]


async def test_a_simulation_logs_no_release_and_discloses_nothing_to_the_viewer(
    partnered: House,
) -> None:
    await an_agreement(partnered, basis=LegalBasis.SCHOOL_OFFICIAL)
    child = await a_student(partnered)
    await simulated(partnered, DISTRICT, child)
    assert await partnered.rows("select * from disclosure") == []


async def test_an_administrator_simulates_only_their_own_organization_and_children_known_to_it(
    partnered: House,
) -> None:
    child = await a_student(partnered)
    hidden = await simulated(partnered, ADMIN, child, 404)
    assert hidden == await simulated(partnered, ADMIN, uuid4(), 404)
    await engage(partnered, child, await a_program(partnered), stage="active")
    assert (await simulated(partnered, ADMIN, child))["known"]
    for caller, viewer in (
        (ADMIN, uuid4()),
        (WORKER, PARTNER_ID),
        (themselves(child), PARTNER_ID),
    ):
        refused = await simulated(partnered, caller, child, 403, viewer=viewer)
        assert refused["code"] == "simulation-withheld"
    await simulated(partnered, OTHER_WORKER, child, 404)
    assert len(await partnered.rows("select * from disclosure where outcome = 'refused'")) == 6


async def test_an_unknown_organization_and_a_purpose_of_no_partner_are_refused(
    partnered: House,
) -> None:
    child = await a_student(partnered)
    unknown = await simulated(partnered, DISTRICT, child, 404, viewer=uuid4())
    assert unknown["code"] == "partner-unknown"
    await simulated(partnered, DISTRICT, child, 400, purpose="family")
