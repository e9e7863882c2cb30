"""A child's views name the staff whose accounts stand in their parts."""

from uuid import uuid4

from tests.gateway.services import Network, network, problem
from tests.gateway.views import test_export_view as exported
from tests.gateway.views import test_family_view as family
from tests.gateway.views import test_student_view as student

WORKER, AUTHOR, OPENER, MOTHER = (str(uuid4()) for _ in range(4))
ANN = {"id": WORKER, "name": "Ann Rivera", "partner_names": ["Riverside Tutors"]}
BOB = {"id": AUTHOR, "name": "Bob Okafor", "partner_names": []}
ENGAGEMENTS = [{"worker_id": WORKER}, {"worker_id": WORKER}, {"worker_id": None}]


def a_picture(net: Network) -> None:
    student.whole(net)
    net.answers["students"][student.PICTURE].body["engagements"] = ENGAGEMENTS


def asked(net: Network) -> list[list[str]]:
    return [r.query.getall("id") for _, r in net.asked if r.path == "/v1/accounts"]


async def test_a_childs_picture_names_its_case_workers_each_once() -> None:
    async with network() as (net, client):
        a_picture(net)
        net.set("partners", "/v1/accounts", {"items": [ANN], "next": None})
        answer = (await client.get(student.VIEW)).json()
    assert answer["accounts"] == [ANN]
    assert asked(net) == [[WORKER]]
    assert (answer["unavailable"], answer["withheld"]) == ({}, {})


async def test_the_familys_home_names_those_who_opened_the_record_and_who_recorded() -> None:
    child = str(uuid4())
    async with network() as (net, client):
        family.home(net, child)
        opened = {"account_id": OPENER, "reviewed_by": WORKER}
        net.set("students", "/v1/emergency-accesses", family.PAGE | {"items": [opened]})
        consents = family.PAGE | {"items": [{"recorded_by": MOTHER, "given_by": str(uuid4())}]}
        net.set("students", f"/v1/students/{child}/consents", consents)
        net.set("partners", "/v1/accounts", {"items": [ANN], "next": None})
        [told] = (await client.get(family.VIEW)).json()["children"]
    assert told["accounts"] == [ANN]
    assert asked(net) == [sorted([OPENER, WORKER, MOTHER])]


async def test_an_export_names_the_authors_of_notes_and_its_page_shows_their_names() -> None:
    async with network() as (net, client):
        exported.whole(net)
        record = net.answers["students"][exported.EXPORT].body
        record["notes"] = [{"author_account": AUTHOR, "text": "Reads well."}]
        record["engagement_steps"] = [{"account_id": MOTHER, "reason": None}]
        net.set("partners", "/v1/accounts", {"items": [BOB], "next": None})
        told = (await client.get(exported.VIEW)).json()
        page = (await client.get(exported.VIEW, headers={"Accept": "text/html"})).text
    assert (told["accounts"], told["complete"]) == ([BOB], True)
    assert "<td>Bob Okafor</td>" in page and AUTHOR not in page
    assert f"<td>{MOTHER}</td>" in page


async def test_more_accounts_than_are_read_at_once_are_all_named() -> None:
    many = [str(uuid4()) for _ in range(201)]
    async with network() as (net, client):
        exported.whole(net)
        notes = [{"author_account": each} for each in many]
        net.answers["students"][exported.EXPORT].body["notes"] = notes
        net.set("partners", "/v1/accounts", {"items": [BOB], "next": None})
        told = (await client.get(exported.VIEW)).json()
    assert [len(ids) for ids in asked(net)] == [200, 1]
    assert sorted(id for ids in asked(net) for id in ids) == sorted(many)
    assert told["accounts"] == [BOB, BOB]


async def test_a_childs_picture_without_names_still_has_its_parts() -> None:
    async with network() as (net, client):
        a_picture(net)
        of_the_release_before = (await client.get(student.VIEW)).json()
        net.set("partners", "/v1/accounts", problem(503, "away"), status=503)
        down = (await client.get(student.VIEW)).json()
    assert of_the_release_before["accounts"] is down["accounts"] is None
    assert (of_the_release_before["unavailable"], list(down["unavailable"])) == ({}, ["accounts"])
    assert down["engagements"] == ENGAGEMENTS


async def test_a_partners_system_gets_a_childs_picture_without_names() -> None:
    async with network() as (net, client):
        a_picture(net)
        net.admit("partner_system")
        answer = (await client.get(student.VIEW)).json()
    assert (answer["accounts"], list(answer["withheld"])) == (None, ["accounts"])
    assert asked(net) == []
