"""The family's home: each child with its parts, each part there, withheld, absent or down."""

from typing import Any
from uuid import uuid4

from tests.gateway.services import Network, network, problem

VIEW = "/v1/views/family"
PAGE: dict[str, Any] = {"items": [], "next": None}


def home(net: Network, *children: str, role: str = "guardian", more: str | None = None) -> None:
    net.admit(role)
    net.set("students", "/v1/students", {"items": [{"id": c} for c in children], "next": more})
    net.set("students", "/v1/consent-requests", PAGE | {"items": ["asked"]})
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


async def test_every_child_comes_with_all_its_parts_and_where_to_go_on() -> None:
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
    paths = told["children"][1]["paths"]
    assert paths["revoke"] == f"/v1/students/{second}/consents/{{id}}/revocation"
    assert paths["stop"] == f"/v1/students/{second}/disclosures/{{position}}/stop"
    named = {path.replace(second, "{student_id}").replace("/{id}/", "/{consent_id}/")
             for path in paths.values()}  # fmt: skip
    assert named <= set(routes)
    assert "g.g.g" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_a_part_that_fails_is_refused_or_is_absent_is_told_apart() -> None:
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


async def test_where_the_opportunities_take_place_is_told_with_them() -> None:
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


async def test_further_children_are_named_as_such_and_none_are_none() -> None:
    async with network() as (net, client):
        home(net, more="cursor")
        assert (await client.get(VIEW)).json() == {"children": [], "more": True}


async def test_it_is_the_home_of_families_only() -> None:
    async with network() as (net, client):
        home(net, str(uuid4()), role="educator")
        answer = await client.get(VIEW)
        assert (answer.status_code, answer.json()["code"]) == (403, "permission-missing")
        assert net.paths("students") == []
