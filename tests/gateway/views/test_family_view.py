"""The family's home: each child with its parts, each part there, withheld, absent or down."""

from typing import Any
from uuid import uuid4

from tests.gateway.services import Network, network, problem
from tests.promised import promise

VIEW = "/v1/views/family"
PAGE: dict[str, Any] = {"items": [], "next": None}


def home(net: Network, *children: str, role: str = "guardian", more: str | None = None) -> None:
    net.admit(role)
    net.set("students", "/v1/students", {"items": [{"id": c} for c in children], "next": more})
    net.set("students", "/v1/consent-requests", PAGE | {"items": ["asked"]})
    net.set("students", "/v1/proposals", PAGE | {"items": ["proposed"]})
    net.set("students", "/v1/referrals", PAGE | {"items": ["referred"]})
    net.set("students", "/v1/emergency-accesses", PAGE)
    net.set("partners", "/internal/programs", [])
    for child in children:
        public, internal = f"/v1/students/{child}", f"/internal/students/{child}"
        picture = {"student": {"id": child}, "contacts": [], "engagements": [], "attendance": [],
                   "dosage": [], "withheld": {}, "grant": "g.g.g"}  # fmt: skip
        net.set("students", f"{internal}/picture", picture)
        net.set("students", f"{internal}/opportunities", {"items": [], "more": False})
        for noun in ("consents", "disclosures", "amendments"):
            net.set("students", f"{public}/{noun}", PAGE)


async def test_every_child_has_all_its_parts_and_the_links_to_more() -> None:
    first, second = str(uuid4()), str(uuid4())
    async with network() as (net, client):
        home(net, first, second)
        answer = await client.get(VIEW)
        routes = (await client.get("/openapi.json")).json()["paths"]

    told = answer.json()
    assert [child["summary"]["id"] for child in told["children"]] == [first, second]
    assert told["more"] is False
    for child in told["children"]:
        assert None not in child.values()
        assert (child["unavailable"], child["withheld"]) == ({}, {})
    assert told["children"][0]["consent_requests"]["items"] == ["asked"]
    assert told["children"][0]["proposals"]["items"] == ["proposed"]
    assert told["children"][0]["referrals"]["items"] == ["referred"]
    paths = told["children"][1]["paths"]
    assert paths["revoke"] == f"/v1/students/{second}/consents/{{id}}/revocation"
    assert paths["stop"] == f"/v1/students/{second}/disclosures/{{position}}/stop"
    ids = {"consents": "{consent_id}", "proposals": "{proposal_id}",
           "referrals": "{referral_id}"}  # fmt: skip
    named = {path.replace(second, "{student_id}") for path in paths.values()}
    for noun, id in ids.items():
        named = {path.replace(f"{noun}/{{id}}/", f"{noun}/{id}/") for path in named}
    assert named <= set(routes)
    assert "g.g.g" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


@promise(
    "Access and privacy",
    "The family's home shows each child's parts, and tells apart a part withheld, absent and "
    "down.",
)
async def test_the_home_distinguishes_parts_that_fail_are_refused_or_are_absent() -> None:
    child = str(uuid4())
    async with network() as (net, client):
        home(net, child)
        public = f"/v1/students/{child}"
        net.set("students", f"{public}/consents", problem(500, "unforeseen", "secret"), status=500)
        refused = problem(403, "rights-with-guardians", "Until 18 guardians ask.")
        net.set("students", f"{public}/amendments", refused, status=403)
        net.set("students", f"{public}/disclosures", problem(404, "none"), status=404)
        answer = await client.get(VIEW)

    [told] = answer.json()["children"]
    assert list(told["unavailable"]) == ["consents"]
    assert told["withheld"] == {"amendments": "Until 18 guardians ask."}
    assert told["consents"] is told["amendments"] is told["disclosures"] is None
    assert told["picture"] is not None
    assert "secret" not in answer.text


async def test_the_opportunities_of_a_child_come_with_their_places() -> None:
    child, program = str(uuid4()), str(uuid4())
    place = {"name": "Library", "city": "Grand Bend", "latitude": 43.3, "longitude": -81.7}
    async with network() as (net, client):
        home(net, child)
        opportunities = {"items": [{"program_id": program}], "more": False}
        net.set("students", f"/internal/students/{child}/opportunities", opportunities)
        net.set("partners", "/internal/programs", [{"program_id": program, "places": [place]}])
        [told] = (await client.get(VIEW)).json()["children"]
        assert told["programs"] == [{"program_id": program, "places": [place]}]
        net.set("partners", "/internal/programs", problem(503, "database-away"), status=503)
        [told] = (await client.get(VIEW)).json()["children"]

    assert told["programs"] is None
    assert told["unavailable"]["programs"]["code"] == "service-away"
    assert told["opportunities"] == opportunities


async def test_the_home_says_that_there_are_more_children_and_has_an_empty_list_without_any() -> (
    None
):
    async with network() as (net, client):
        home(net, more="cursor")
        assert (await client.get(VIEW)).json() == {"children": [], "more": True}


async def test_only_families_have_the_home() -> None:
    async with network() as (net, client):
        home(net, str(uuid4()), role="educator")
        answer = await client.get(VIEW)
        assert (answer.status_code, answer.json()["code"]) == (403, "permission-missing")
        assert net.paths("students") == []
