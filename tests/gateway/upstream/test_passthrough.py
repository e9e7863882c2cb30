"""Services' own APIs through the gateway."""

import json
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from gateway.upstream import passthrough as passing
from gateway.upstream.replicas import Replicas
from gateway.views.search import one_ranking
from tests.gateway.services import network, problem

CHILD = str(uuid4())
JOB = str(uuid4())


async def test_a_request_goes_unchanged_to_the_service_that_owns_the_noun() -> None:
    async with network() as (net, client):
        net.admit("operator")
        net.set("students", "/v1/students", {"items": []}, headers={"Link": "</x>; rel=next"})
        answer = await client.get(
            "/v1/students?grade=05&grade=06", headers={"If-None-Match": '"1"'}
        )
    asked = net.asked[-1][1]
    assert answer.json() == {"items": []}
    assert answer.headers["link"] == "</x>; rel=next"
    assert (asked.query_string, asked.headers["If-None-Match"]) == ("grade=05&grade=06", '"1"')


async def test_the_clients_own_token_and_forged_headers_never_reach_a_service() -> None:
    async with network() as (net, client):
        net.admit("operator")
        net.set("students", "/v1/students", {})
        await client.get("/v1/students", headers={"Grant": "forged", "X-Caller": "forged"})
    asked = net.asked[-1][1]
    assert client.headers["authorization"] != asked.headers["Authorization"]
    assert "Grant" not in asked.headers
    assert "X-Caller" not in asked.headers


async def test_internal_routes_of_services_cannot_be_reached_from_outside() -> None:
    async with network() as (net, client):
        net.admit("operator")
        net.set("students", f"/internal/students/{CHILD}/picture", {"grant": "g"})
        answers = [
            await client.get(path)
            for path in (
                f"/internal/students/{CHILD}/picture",
                f"/v1/internal/students/{CHILD}/picture",
                f"/v1/students/../../internal/students/{CHILD}/picture",
                f"/v1/students/%2e%2e/%2e%2e/internal/students/{CHILD}/picture",
                f"/v1/students/..%2f..%2finternal/students/{CHILD}/picture",
            )
        ]
    assert {answer.status_code for answer in answers} == {404}


async def test_a_request_about_a_child_carries_the_grant_of_students() -> None:
    async with network() as (net, client):
        net.admit("educator")
        net.set("students", f"/internal/students/{CHILD}/grant", {"grant": "g.g.g"})
        net.set("resources", "/v1/assignments", {"id": "1"}, status=201)
        body = {"student_id": CHILD, "resource_id": str(uuid4())}
        await client.post("/v1/assignments", json=body)
        by_body = net.asked[-1][1].headers["Grant"]
        await client.get("/v1/assignments", params={"student_id": CHILD})
        by_query = net.asked[-1][1].headers["Grant"]
    assert by_body == by_query == "g.g.g"


async def test_a_hidden_child_is_refused_before_the_other_service_is_asked() -> None:
    async with network() as (net, client):
        net.admit("educator")
        refused = problem(404, "student-unknown")
        net.set("students", f"/internal/students/{CHILD}/grant", refused, status=404)
        answer = await client.post("/v1/assignments", json={"student_id": CHILD})
    assert (answer.status_code, answer.json()["code"]) == (404, "student-unknown")
    assert net.paths("resources") == []


async def test_a_student_asks_for_assignments_under_a_grant_for_the_child_of_the_membership() -> (
    None
):
    async with network() as (net, client):
        net.admit("student", person_id=CHILD)
        net.set("students", f"/internal/students/{CHILD}/grant", {"grant": "g.g.g"})
        for path in ("/v1/assignments", "/v1/assignments/1"):
            net.set("resources", path, {})
            await client.get(path)
            assert net.asked[-1][1].headers["Grant"] == "g.g.g"
        net.set("resources", "/v1/resources", {})
        await client.get("/v1/resources")
        assert "Grant" not in net.asked[-1][1].headers
        refused = problem(404, "student-unknown")
        net.set("students", f"/internal/students/{CHILD}/grant", refused, status=404)
        asked = len(net.paths("resources"))
        answer = await client.get("/v1/assignments")
    assert (answer.status_code, answer.json()["code"]) == (404, "student-unknown")
    assert len(net.paths("resources")) == asked


@pytest.mark.parametrize("noun", ["memberships", "invitations"])
async def test_a_role_for_a_person_is_passed_on_once_students_knows_the_person(noun: str) -> None:
    person = str(uuid4())
    draft = {"role": "guardian", "partner_id": str(uuid4()), "person_id": person}
    place = f"/internal/people/{person}/roles/guardian"
    async with network() as (net, client):
        net.admit("district_admin")
        net.set("partners", f"/v1/{noun}", {"id": "1"}, status=201)
        net.set("students", place, problem(422, "person-unknown"), status=422)
        refused = await client.post(f"/v1/{noun}", json=draft)
        assert f"/v1/{noun}" not in net.paths("partners")
        net.set("students", place, person)
        made = await client.post(f"/v1/{noun}", json=draft)
        asked = len(net.paths("students"))
        without = await client.post(f"/v1/{noun}", json=draft | {"person_id": None})
        strange = await client.post(f"/v1/{noun}", json=draft | {"role": "../guardian"})
    assert (refused.status_code, refused.json()["code"]) == (422, "person-unknown")
    assert [made.status_code, without.status_code, strange.status_code] == [201] * 3
    assert len(net.paths("students")) == asked


async def test_no_role_for_a_person_is_passed_on_while_students_is_away() -> None:
    draft = {"role": "student", "partner_id": str(uuid4()), "person_id": str(uuid4())}
    async with network() as (net, client):
        net.admit("district_admin")
        place = f"/internal/people/{draft['person_id']}/roles/student"
        net.set("students", place, raw=b"<html>", kind="text/html")
        answer = await client.post("/v1/memberships", json=draft)
    assert (answer.status_code, answer.json()["code"]) == (503, "service-away")
    assert "/v1/memberships" not in net.paths("partners")


async def test_an_import_goes_to_the_service_of_its_kind_and_is_found_again() -> None:
    async with network() as (net, client):
        net.admit("district_admin")
        net.set("students", "/v1/imports/oneroster", {"id": JOB}, status=202)
        net.set("students", f"/v1/imports/{JOB}", {"id": JOB, "state": "done"})
        posted = await client.post("/v1/imports/oneroster", files={"file": b"zip"})
        found = await client.get(f"/v1/imports/{JOB}")
        absent = await client.get(f"/v1/imports/{uuid4()}")
    assert (posted.status_code, found.json()["state"]) == (202, "done")
    assert (absent.status_code, absent.json()["code"]) == (404, "import-unknown")


@pytest.mark.parametrize("name", ["%0A", "%0d%0aGrant:%20x", "x%3Fa=b", "%2e%2e", "a%20b", "%00"])
async def test_an_import_id_that_is_no_plain_name_reaches_no_service(name: str) -> None:
    async with network() as (net, client):
        net.admit("district_admin")
        answer = await client.get(f"/v1/imports/{name}")
    assert (answer.status_code, answer.json()["code"]) == (404, "route-unknown")
    assert net.paths("students") == net.paths("resources") == net.paths("outcomes") == []


async def test_an_unknown_address_is_a_404_with_a_code() -> None:
    async with network() as (net, client):
        net.admit("operator")
        answers = [await client.get(path) for path in ("/v1/nothing", "/v1/imports", "/nothing")]
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.json()["code"] for answer in answers} == {"route-unknown"}


async def test_a_body_over_the_limit_is_refused() -> None:
    async with network() as (net, client):
        net.admit("operator")
        answer = await client.post("/v1/partners", content=b"x" * 300_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert "/v1/partners" not in net.paths("partners")


async def test_a_file_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passing, "IMPORT_BYTES", 1_000_000)

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 65_536

    async with network() as (net, client):
        net.admit("operator")
        net.set("students", "/v1/imports/oneroster", {"id": JOB}, status=202)
        answer = await client.post("/v1/imports/oneroster", content=endless())
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


async def test_a_service_that_hangs_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passing, "PASS_SECONDS", 0.2)
    async with network() as (net, client):
        net.admit("operator")
        net.set("students", "/v1/students", {}, seconds=1)
        answer = await client.get("/v1/students")
    assert (answer.status_code, answer.json()["code"]) == (503, "service-away")
    assert net.paths("students") == ["/v1/students"]


async def test_search_gives_one_list_with_the_best_first_and_names_services_that_are_down() -> (
    None
):
    hit = {"id": str(uuid4()), "kind": "partner", "title": "A", "summary": None, "score": 0.4}
    better = hit | {"kind": "resource", "title": "B", "score": 0.9}
    async with network() as (net, client):
        del client.headers["authorization"]
        net.set("partners", "/internal/search", {"items": [hit]})
        net.set("resources", "/internal/search", {"items": [better]})
        both = (await client.get("/v1/search", params={"q": "math"})).json()
        net.gateway.upstream.replicas["resources"] = Replicas("http://127.0.0.1:1")
        one = (await client.get("/v1/search", params={"q": "math"})).json()
    assert [item["title"] for item in both["items"]] == ["B", "A"]
    assert [item["title"] for item in one["items"]] == ["A"]
    assert list(one["unavailable"]) == ["resources"]


def test_the_scores_of_one_kind_of_hit_do_not_rank_another_kind() -> None:
    found = [
        {"id": f"{kind}{n}", "kind": kind, "title": f"{kind} {n}", "score": best / n}
        for kind, best in (("program", 0.95), ("resource", 0.2)) for n in (1, 2, 3)
    ]  # fmt: skip
    ranked = one_ranking("Resource 3 ", found)
    assert [hit["id"] for hit in ranked] == [
        "resource3", "program1", "resource1", "program2", "resource2", "program3",
    ]  # fmt: skip
    assert [hit["score"] for hit in ranked[1:]] == [1, 1, 1 / 2, 1 / 2, 1 / 3]


@pytest.mark.parametrize("path", ["/v1/search?q=%00", "/v1/resources?q=a%00"])
async def test_a_parameter_that_holds_no_text_is_refused_with_its_name(path: str) -> None:
    async with network() as (net, client):
        net.admit("operator")
        answer = await client.get(path)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "query.q")


async def test_the_public_page_needs_no_sign_in() -> None:
    async with network() as (net, client):
        del client.headers["authorization"]
        net.set("partners", "/internal/directory", {"partners": []})
        net.set("outcomes", "/internal/editions/latest", [])
        answer = await client.get("/v1/views/community")
        withheld = await client.get("/v1/views/caseload")
    assert answer.json()["directory"] == {"partners": []}
    assert (withheld.status_code, withheld.json()["code"]) == (401, "sign-in-required")


async def test_a_page_of_the_caseload_links_to_the_next_page_and_takes_the_filter_mine() -> None:
    async with network() as (net, client):
        net.admit("educator")
        link = '</internal/caseload?limit=1&cursor=abc>; rel="next"'
        net.set("students", "/internal/caseload", {"items": []}, headers={"Link": link})
        answer = await client.get("/v1/views/caseload", params={"limit": 1})
        await client.get("/v1/views/caseload", params={"mine": True, "order": "need"})
        asked = net.asked[-1][1]
        negative = await client.get("/v1/views/caseload", params={"limit": -1})
        misspelled = await client.get("/v1/views/caseload", params={"oder": "need"})
    assert answer.headers["link"] == '</v1/views/caseload?limit=1&cursor=abc>; rel="next"'
    assert (asked.query["mine"], asked.query["order"]) == ("true", "need")
    assert (negative.status_code, negative.json()["code"]) == (400, "parameter-malformed")
    assert (misspelled.status_code, misspelled.json()["code"]) == (400, "parameter-unknown")


async def test_the_pages_for_people_load_nothing_from_anywhere() -> None:
    async with network() as (_, client):
        for path in ("/", "/events"):
            page = await client.get(path)
            assert page.status_code == 200
            assert "default-src 'none'" in page.headers["content-security-policy"]
            assert "http://" not in page.text.replace("http://gateway", "")


async def test_openapi_describes_how_to_change_to_retry_and_to_go_on() -> None:
    async with network() as (_, client):
        told = (await client.get("/openapi.json")).json()["info"]["description"]
    for header in ("If-Match", "If-None-Match", "Idempotency-Key", "Link", "Acting-As", "Purpose"):
        assert f"`{header}`" in told


async def test_asyncapi_names_every_event_and_resolves_every_reference() -> None:
    async with network() as (_, client):
        document = (await client.get("/asyncapi.json")).json()
    text = json.dumps(document)
    assert document["asyncapi"] == "3.0.0"
    assert "students.engagement.changed.v1" in text
    assert '"discriminator": {' not in text  # OpenAPI's; AsyncAPI takes a text there
    for reference in {part.split('"')[0] for part in text.split('"$ref": "#/')[1:]}:
        place = document
        for step in reference.split("/"):
            place = place[step]


HIDDEN_NAMES = [
    '{"class\\u005fid": "%s"}',
    '{"class_id": "00000000-0000-0000-0000-000000000000", "cl\\u0061ss_id": "%s"}',
    '\ufeff{"class_id": "%s"}',
    '{"class_id": "%s", "minutes": NaN}',
]


@pytest.mark.parametrize("body", HIDDEN_NAMES)
async def test_the_gateway_asks_about_a_class_however_a_body_spells_the_field(body: str) -> None:
    """The gateway reads a body as the service will"""
    foreign = str(uuid4())
    async with network() as (net, client):
        net.admit("educator")
        refused = problem(404, "class-unknown")
        net.set("students", f"/v1/classes/{foreign}", refused, status=404)
        net.set("resources", "/v1/assignments", {"id": "1"}, status=201)
        answer = await client.post(
            "/v1/assignments", content=(body % foreign).encode(),
            headers={"Content-Type": "application/json"},
        )  # fmt: skip
    assert answer.status_code >= 400
    assert net.paths("resources") == []


@pytest.mark.parametrize("host", ["x?", "x#", "x/y", "x?/v1/imports/a", "@", "[", "x y"])
async def test_an_invalid_host_header_changes_no_address(host: str) -> None:
    async with network() as (net, client):
        net.admit("operator")
        net.set("students", "/v1/students", {"items": []})
        net.set("students", f"/v1/imports/{JOB}", {"id": JOB})
        named = {"Host": host}
        found = await client.get("/v1/students?grade=05", headers=named)
        job = await client.get(f"/v1/imports/{JOB}", headers=named)
        asked = [each for name, each in net.asked if name == "students"]
    assert (found.status_code, job.status_code) == (200, 200)
    assert asked[0].query_string == "grade=05"
    assert asked[-1].path == f"/v1/imports/{JOB}"


async def test_the_gateway_does_not_read_a_file_from_a_caller_who_is_not_signed_in() -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(100):
            read += 1
            yield b"x" * 65_536

    async with network() as (net, client):
        net.set("students", "/v1/imports/oneroster", {"id": JOB}, status=202)
        client.headers.pop("authorization")
        answer = await client.post("/v1/imports/oneroster", content=endless())
    assert (answer.status_code, answer.json()["code"]) == (401, "sign-in-required")
    assert "www-authenticate" in answer.headers
    assert net.paths("students") == []
    assert read <= 1


async def test_a_long_answer_is_compressed_for_a_client_that_accepts_it_and_keeps_its_etag() -> (
    None
):
    async with network() as (net, client):
        net.admit("educator")
        items = [{"id": str(uuid4()), "stage": "waitlisted"} for _ in range(100)]
        net.set("students", "/v1/students", {"items": items}, headers={"ETag": '"7"'})
        net.set("students", "/v1/schools", {"items": []})
        plain = await client.get("/v1/students", headers={"Accept-Encoding": "identity"})
        small = await client.get("/v1/students", headers={"Accept-Encoding": "gzip"})
        short = await client.get("/v1/schools", headers={"Accept-Encoding": "gzip"})
    assert small.headers["content-encoding"] == "gzip"
    assert int(small.headers["content-length"]) < int(plain.headers["content-length"])
    assert small.json() == plain.json()
    assert small.headers["etag"] == plain.headers["etag"] == '"7"'
    assert "Accept-Encoding" in small.headers["vary"]
    assert "content-encoding" not in {**short.headers, **plain.headers}


async def test_a_method_that_an_address_does_not_take_is_refused_with_the_methods_it_takes() -> (
    None
):
    async with network() as (net, client):
        net.admit("educator")
        net.set("students", "/v1/students", {})
        answer = await client.put("/v1/students", json={})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")
    assert net.paths("students") == []
