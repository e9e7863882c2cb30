"""A child's whole record: every part, the names of missing parts, and a safe page."""

from typing import Any
from uuid import uuid4

import pytest

from gateway.upstream.replicas import Replicas
from tests.gateway.services import Network, network, problem
from tests.promised import promise

CHILD = str(uuid4())
EXPORT = f"/internal/students/{CHILD}/export"
LIBRARY = f"/internal/students/{CHILD}/library"
MEASURES = f"/internal/students/{CHILD}/measures"
VIEW = f"/v1/views/students/{CHILD}/export"
NASTY = "<script>alert('x')</script>"
EMPTY = (
    "attendance_days", "engagement_steps", "session_marks", "consents", "consent_requests", "disclosures",
    "emergencies", "amendments",
)  # fmt: skip


def whole(net: Network, text: str = "Reads well.", **withheld: str) -> None:
    net.admit("guardian")
    picture = {
        "student": {"id": CHILD, "given_name": NASTY, "access": {"relation": "guardian"}},
        "contacts": [], "engagements": [], "attendance": [], "dosage": [],
        "withheld": withheld, "grant": "g.g.g",
    }  # fmt: skip
    record: dict[str, Any] = {
        "picture": picture, "notes": [{"text": text}], "made_at": "2026-11-24T10:00:00Z",
    }  # fmt: skip
    net.set("students", EXPORT, record | {name: [] for name in EMPTY})
    net.set("resources", LIBRARY, {"assignments": [{"title": "Rivers"}], "uses": []})
    net.set("outcomes", MEASURES, {"attendance": [], "dosage": []})


async def test_an_export_with_every_part_is_called_complete() -> None:
    async with network() as (net, client):
        whole(net)
        answer = await client.get(VIEW)

    told = answer.json()
    assert told["complete"] is True
    assert told["library"]["assignments"] == [{"title": "Rivers"}]
    assert told["notes"] == [{"text": "Reads well."}]
    assert {*EMPTY, "student", "contacts", "measures"} <= set(told)
    assert "g.g.g" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


@promise("Access and privacy", "An export of a child's record names each part that it lacks.")
async def test_an_export_names_a_part_that_is_down_and_is_not_called_complete() -> None:
    async with network() as (net, client):
        whole(net)
        net.gateway.upstream.replicas["resources"] = Replicas("http://127.0.0.1:1")
        told = (await client.get(VIEW)).json()
        page = (await client.get(VIEW, headers={"Accept": "text/html"})).text

    assert (told["complete"], told["library"]) == (False, None)
    assert list(told["unavailable"]) == ["library"]
    assert "It is not complete." in page
    assert "library: cannot be read at the moment" in page


async def test_an_export_names_a_withheld_part_and_the_gateway_does_not_ask_for_it() -> None:
    async with network() as (net, client):
        whole(net, measures="Not for you.")
        told = (await client.get(VIEW)).json()

    assert (told["complete"], told["withheld"]) == (False, {"measures": "Not for you."})
    assert net.paths("outcomes") == []


async def test_the_page_escapes_text_that_people_wrote_and_fetches_nothing() -> None:
    async with network() as (net, client):
        whole(net)
        answer = await client.get(VIEW, headers={"Accept": "text/html"})

    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert NASTY not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "It is complete." in answer.text
    assert "Rivers" in answer.text
    assert "src=" not in answer.text and "href=" not in answer.text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("2026-11-02T10:00:00Z", "2026-11-02 10:00 UTC"),
        ("2026-11-02T10:00:00.5-05:00", "2026-11-02 15:00 UTC"),
        ("2026-11-02T10:00:00 spoke with the mother, plan Z", None),
        ("2026-13-02T10:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", "1-01-01 00:00 UTC+14:00"),
    ],
)
async def test_the_page_shows_a_moment_to_the_minute_and_text_that_looks_like_one_unchanged(
    said: str, shown: str | None
) -> None:
    async with network() as (net, client):
        whole(net, text=said)
        answer = await client.get(VIEW, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert (shown or said) in answer.text


async def test_the_page_shows_names_and_not_ids() -> None:
    school, engagement, mother, who = (str(uuid4()) for _ in range(4))
    of_child = {"student_id": CHILD, "version": 1}
    async with network() as (net, client):
        whole(net)
        record = net.answers["students"][EXPORT].body
        record["picture"] |= {
            "student": {"id": CHILD, "given_name": "Ada", "family_name": "Byron",
                        "school_id": school, "school_name": "Harbor School"},
            "contacts": [of_child | {"id": mother, "given_name": "Anne", "family_name": "Byron"}],
            "engagements": [of_child | {"id": engagement, "program_name": "Reading Den"}],
            "attendance": [of_child | {"school_id": school, "rate": 0.8611111111}],
        }  # fmt: skip
        record["engagement_steps"] = [{"engagement_id": engagement, "account_id": who}]
        record["consents"] = [{"given_by": mother, "decided_at": "2026-11-24T19:48:12.239404Z"}]
        record["disclosures"] = [{"role": "district_admin"}]
        answer = await client.get(VIEW, headers={"Accept": "text/html"})
        same = await client.get(VIEW)

    for said in ("of <strong>Ada Byron</strong> on 2026-11-24 10:00 UTC",
                 "<td>Harbor School</td><td>86.1%</td>", f"<td>Reading Den</td><td>{who}</td>",
                 "<td>Anne Byron</td><td>2026-11-24 19:48 UTC</td>", "<td>district admin</td>"):  # fmt: skip
        assert said in answer.text
    assert school not in answer.text and "Student id" not in answer.text
    assert same.json()["attendance"] == [of_child | {"school_id": school, "rate": 0.8611111111}]


async def test_the_page_names_parts_purposes_and_bases_in_words_that_the_family_knows() -> None:
    async with network() as (net, client):
        whole(net)
        record = net.answers["students"][EXPORT].body
        record["disclosures"] = [
            {"categories": ["identity", "dosage"], "purpose": "service", "basis": "consent"},
            {"categories": [], "purpose": "study", "basis": None},
        ]
        record["attendance_days"] = [{"category": "Excused Absence"}]
        page = (await client.get(VIEW, headers={"Accept": "text/html"})).text

    for said in ("<h2>Time spent in programs</h2>",
                 ("<td>name, grade and school; time spent in programs</td><td>to serve the child</td>"
                 "<td>the family&#x27;s consent</td>"),
                 "<td></td><td>for a study</td><td></td>", "<td>Excused Absence</td>"):  # fmt: skip
        assert said in page


async def test_a_caller_who_may_not_export_gets_the_refusal_of_students() -> None:
    async with network() as (net, client):
        whole(net)
        net.set("students", EXPORT, problem(403, "export-withheld"), status=403)
        answer = await client.get(VIEW)

    assert (answer.status_code, answer.json()["code"]) == (403, "export-withheld")
    assert net.paths("resources") == net.paths("outcomes") == []
