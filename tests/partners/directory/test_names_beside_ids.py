"""The answers of partners name the partners, sites, programs and partnerships whose ids they have."""

from uuid import uuid4

import pytest

from tests.houses import House
from tests.partners.agreeing import good, stop, two_parties
from tests.partners.support import OPERATOR, a_partner, a_partnership, made, version


async def test_an_answer_names_the_partner_the_partnership_and_the_sites_whose_ids_it_has(
    partners: House,
) -> None:
    district = await a_partner(partners, "Larkhaven", "district")
    school = await a_partner(partners, "North High", "school", parent_id=district)
    promise = await a_partnership(partners, school)
    async with partners.calling(OPERATOR) as http:
        of_school = (await http.get("/v1/partners", params={"parent_id": district})).json()
        hall = await made(http, "sites", partner_id=school, name="Hall")
        yard = await made(http, "sites", partner_id=school, name="Yard")
        places = [yard["id"], hall["id"]]
        club = await made(http, "programs", partner_id=school, name="Club", site_ids=places)
        camp = await made(http, "programs", partner_id=school, name="Camp")
        network = await made(
            http, "networks", partnership_id=promise, name="Reading",
            outcome="Early Grade Reading", facilitator_id=school, partner_ids=[school],
        )  # fmt: skip
        steps = [club["id"], camp["id"]]
        ours = await made(
            http, "pipelines", name="Ours", partnership_id=promise, program_ids=steps
        )
        own = await made(http, "pipelines", name="Own", partner_id=school)
        member = await made(
            http, "memberships", issuer="https://id.example", subject="a", role="partner_admin",
            partner_id=school,
        )  # fmt: skip

    assert [each["parent_name"] for each in of_school["items"]] == ["Larkhaven"]
    assert (hall["partner_name"], club["partner_name"]) == ("North High", "North High")
    assert (club["site_names"], camp["site_names"]) == (["Yard", "Hall"], [])
    assert (network["partnership_name"], network["facilitator_name"]) == ("Promise", "North High")
    assert (ours["partnership_name"], ours["partner_name"]) == ("Promise", None)
    assert (own["partnership_name"], own["partner_name"]) == (None, "North High")
    assert (ours["program_names"], own["program_names"]) == (["Club", "Camp"], [])
    assert member["partner_name"] == "North High"


async def test_a_change_of_a_partners_name_shows_in_the_next_answer_of_its_program(
    partners: House,
) -> None:
    tutors = await a_partner(partners, "Riverside Tutors")
    async with partners.calling(OPERATOR) as http:
        program = await made(http, "programs", partner_id=tutors, name="Club")
        known = (await http.get(f"/v1/partners/{tutors}")).json()
        renamed = await http.patch(
            f"/v1/partners/{tutors}", json={"name": "River Tutors"}, headers=version(known)
        )
        again = (await http.get(f"/v1/programs/{program['id']}")).json()
    assert (renamed.json()["name"], again["partner_name"]) == ("River Tutors", "River Tutors")


async def test_an_agreement_names_its_signers_and_those_who_suspended_it_or_took_a_step(
    partners: House,
) -> None:
    two = await two_parties(partners)
    agreed = await two.agreed()
    async with partners.calling(two.provider) as http:
        suspended = good(await stop(http, agreed, "suspension", two.district))
        steps = good(await http.get(f"/v1/agreements/{agreed['id']}/steps"))["items"]

    names = {two.district: "Grand Bend ISD", two.tutors: "Riverside Tutoring"}
    signatures = suspended["current"]["signatures"]
    assert {each["partner_id"]: each["partner_name"] for each in signatures} == names
    assert suspended["suspended_by_names"] == ["Grand Bend ISD"]
    assert steps[-1]["partner_name"] == "Grand Bend ISD"


@pytest.mark.parametrize("noun", ["partners", "sites", "programs", "partnerships"])
async def test_many_are_read_at_once_by_their_ids(partners: House, noun: str) -> None:
    async with partners.calling(OPERATOR) as http:
        tutors = await made(http, "partners", name="Riverside Tutors", kind="library")
        drafts: dict[str, dict[str, object]] = {
            "partners": {"kind": "library"},
            "partnerships": {"purpose": "All read by third"},
        }
        draft = drafts.get(noun, {"partner_id": tutors["id"]})
        one, two, three = [await made(http, noun, name=name, **draft) for name in "ABC"]
        wanted = {"id": [three["id"], str(uuid4()), one["id"]]}
        found = await http.get(f"/v1/{noun}", params=wanted)
        wrong = await http.get(f"/v1/{noun}", params={"id": [two["id"], "B"]})

    assert [each["name"] for each in found.json()["items"]] == ["A", "C"]
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "query.id.1")
