"""A child with unmistakable names goes through the whole platform and is erased: then every table of
every service, the broker's files and streams and the logs are searched for it."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from shared.core.settings import Settings
from shared.events.bus import EVENTS, connected
from shared.persistence.migrations import SERVICES
from tests.journeys.test_grand_bend import a_district
from tests.platform import Platform
from tests.promised import promise
from tests.students.packages import delta

TODAY = datetime.now(UTC).date()
CERTIFIED_SECONDS = 30
EVERY_TABLE = "select tablename from pg_tables where schemaname = 'public'"


class Canary:
    """Words that stand nowhere else. Everything written of the child has one of them."""

    def __init__(self) -> None:
        self.tag = uuid4().hex[:10]

    def __call__(self, word: str) -> str:
        return f"canary{self.tag}{word}"

    def package(self) -> bytes:
        user = {"enabledUser": "true", "middleName": ""}
        child = user | {
            "sourcedId": self("child"), "username": self("login"), "givenName": self("given"),
            "familyName": self("family"), "identifier": self("number"), "email": self("mail"),
            "grades": "03", "agentSourcedIds": self("adult"),
        }  # fmt: skip
        adult = user | {
            "sourcedId": self("adult"), "username": self("parent"), "givenName": self("mother"),
            "familyName": self("family"), "phone": self("phone"), "email": self("mail2"),
            "agentSourcedIds": self("child"),
        }  # fmt: skip
        school = {"sourcedId": f"school{self.tag}", "name": "North", "type": "school"}
        roles = [
            {"sourcedId": f"{name}{self.tag}", "userSourcedId": self(who), "roleType": "primary",
             "role": role, "orgSourcedId": school["sourcedId"]}
            for name, who, role in (("r1", "child", "student"), ("r2", "adult", "guardian"))
        ]  # fmt: skip
        return delta(orgs=[school], users=[child, adult], roles=roles)


async def good(asked: Any, status: int = 201) -> dict[str, Any]:
    answer: httpx.Response = await asked
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def a_life(whole: Platform, canary: Canary) -> tuple[httpx.AsyncClient, str]:
    """The child is rostered, supported, marked, noted, taught, measured and exported."""
    _, admin = await a_district(whole)
    job = await whole.import_file(admin, "oneroster", canary.package(), "roster.zip")
    assert job["state"] == "done", job["problems"]
    found = await good(admin.get("/v1/students", params={"q": canary("family")}), 200)
    child: str = found["items"][0]["id"]
    address = f"/v1/students/{child}"
    [mother] = (await admin.get(f"{address}/contacts")).json()
    await good(
        admin.patch(f"{address}/contacts/{mother['id']}", json={"legal_guardian": "yes"},
                    headers={"If-Match": f'"{mother["version"]}"'}), 200,
    )  # fmt: skip
    district = (await admin.get(address)).json()["source"]
    guardian = await whole.admit("guardian", district, mother["id"])
    register = f"studentSourcedId,date,category\n{canary('child')},{TODAY},Tardy\n"
    job = await whole.import_file(admin, "attendance", register.encode(), "register.csv")
    assert job["state"] == "done", job["problems"]

    async with whole.client() as operator:
        tutors = {"name": f"Tutors {canary.tag}", "kind": "community_organization"}
        partner = (await good(operator.post("/v1/partners", json=tutors)))["id"]
    leader = await whole.admit("partner_admin", partner)
    program = await good(
        leader.post("/v1/programs", json={"partner_id": partner, "name": "Tutoring"})
    )
    await whole.settled()
    engaged = await good(
        admin.post(
            "/v1/engagements",
            json={"student_id": child, "program_id": program["id"], "stage": "active",
                  "reason": canary("reason"), "minutes_per_week": 60, "weeks": 10,
                  "signing": {"given_by": mother["id"], "method": "paper",
                              "signed_on": str(TODAY)}},
        )
    )  # fmt: skip
    held = await good(
        leader.post(
            "/v1/sessions",
            json={"program_id": program["id"], "held_on": str(TODAY), "minutes": 60},
        )
    )
    mark = {"engagement_id": engaged["id"], "category": "Present"}
    rolled = await leader.put(f"/v1/sessions/{held['id']}/attendance", json={"marks": [mark]})
    assert rolled.status_code == 204, rolled.text
    await good(
        leader.post(f"{address}/notes", json={"audience": "team", "text": canary("note")},
                    headers={"Idempotency-Key": uuid4().hex})
    )  # fmt: skip
    await good(leader.get(address), 200)  # one who reads of the child and never listens
    wrong = {"category": "attendance", "what": canary("what"), "why": canary("why")}
    asked = await good(guardian.post(f"{address}/amendments", json=wrong))
    await good(
        admin.post(
            f"{address}/amendments/{asked['id']}/decision",
            json={"amended": False, "reason": canary("decline")}, headers={"If-Match": '"1"'},
        ), 200,
    )  # fmt: skip
    lesson = {"name": f"Lesson {canary.tag}", "url": "https://library.example/lesson"}
    resource = await good(leader.post("/v1/resources", json=lesson))
    await good(
        admin.post(
            "/v1/assignments",
            json={"resource_id": resource["id"], "student_id": child,
                  "instructions": canary("instructions")},
        )
    )  # fmt: skip
    await whole.settled()
    for kind in ("application/json", "text/html"):
        export = await guardian.get(f"/v1/views{address[3:]}/export", headers={"Accept": kind})
        assert export.status_code == 200, export.text
        for word in ("given", "family", "number", "phone", "reason", "note", "what", "decline",
                     "instructions"):  # fmt: skip
            assert canary(word) in export.text, word
    assert (await guardian.get(f"/v1/views{address[3:]}/export")).json()["complete"] is True
    [mine] = (await good(guardian.get("/v1/views/family"), 200))["children"]
    assert (mine["unavailable"], mine["withheld"]) == ({}, {})
    assert mine["summary"]["id"] == child
    assert mine["picture"]["engagements"] and mine["amendments"]["items"]
    assert mine["disclosures"]["items"] and mine["opportunities"] is not None
    refused = await guardian.get("/v1/students", params={"q": canary("given"), "limit": 0})
    assert refused.status_code == 400
    return admin, child


async def in_tables(whole: Platform, words: list[str]) -> dict[str, int]:
    """How many rows hold one of the words, by table; bytes are searched as such."""
    hits = {}
    for service in SERVICES:
        for table in await whole.rows(service, EVERY_TABLE):
            name = table["tablename"]
            patterns = [w for word in words for w in (word, word.encode().hex())]
            like = " or ".join(f"t::text like '%{each}%'" for each in patterns)
            [found] = await whole.rows(
                service, f'select count(*) as n from "{name}" t where {like}'
            )
            if found["n"]:
                hits[f"{service}.{name}"] = found["n"]
    return hits


def in_files(folder: Path, word: bytes) -> list[str]:
    """The broker's store and every process's log; PostgreSQL's tables are asked above."""
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and word in path.read_bytes()
    ]


async def subjects(whole: Platform) -> dict[str, int]:
    """Every subject of which the stream holds a message."""
    known = Settings(
        environment="local", nats_url=whole.nats_url,
        nats_credentials=whole.keys["students_nats_credentials"],
    )  # fmt: skip
    bus = await connected(known, "a test")
    question = json.dumps({"subjects_filter": ">"}).encode()
    info = await bus.ask(f"$JS.API.STREAM.INFO.{EVENTS.name}", question)
    await bus.close()
    held: dict[str, int] = info["state"].get("subjects") or {}
    return held


async def certified(admin: httpx.AsyncClient, erasure: dict[str, Any]) -> dict[str, Any]:
    async with asyncio.timeout(CERTIFIED_SECONDS):
        while True:
            now: dict[str, Any] = (await admin.get(f"/v1/erasures/{erasure['id']}")).json()
            if now["status"] == "certified":
                return now
            await asyncio.sleep(0.1)


async def taken_back(admin: httpx.AsyncClient, child: str) -> None:
    """Until the tutors, who read of the child and never listened, are asked to delete it."""
    async with asyncio.timeout(CERTIFIED_SECONDS):
        while True:
            found = (await admin.get("/v1/retractions", params={"open": "true"})).json()["items"]
            if any((r["student_id"], r["why"]) == (child, "destroyed") for r in found):
                return
            await asyncio.sleep(0.1)


@promise(
    "Access and privacy",
    "After its certificate a canary child is found in no table of any service, no file or "
    "subject of the broker and no log.",
)
async def test_an_erased_child_is_found_nowhere_on_the_platform(whole: Platform) -> None:
    canary = Canary()
    admin, child = await a_life(whole, canary)
    word = canary("")
    seeded = await in_tables(whole, [word])
    assert {"students.person", "students.note", "resources.assignment"} <= set(seeded)
    about = await whole.rows(
        "students",
        f"select distinct type, aggregate_id from outbox where data like '%{child}%'",
    )
    gone = {f"{row['type']}.{row['aggregate_id']}" for row in about}
    assert gone <= set(await subjects(whole))

    erasure = await good(
        admin.post(f"/v1/students/{child}/erasure", json={"ground": "request-granted"})
    )
    await taken_back(admin, child)
    done = await certified(admin, erasure)
    await whole.settled()

    assert await in_tables(whole, [word]) == {}
    assert in_files(whole.folder, word.encode()) == []
    assert not gone & set(await subjects(whole))
    assert {each["service"] for each in done["confirmations"]} == set(SERVICES)
    assert done["disclosures_kept"] > 0 and done["receipts_open"] == 1
    assert (await admin.get(f"/v1/students/{child}")).status_code == 404
    # Of its number what is left is the certificate, its announcement, who had what, and how far
    # each service has heard, so that nothing that comes late begins anew.
    left = await in_tables(whole, [child])
    assert set(left) <= {
        "students.disclosure", "students.erasure", "students.outbox", "partners.erased_child",
        "partners.outbox", "resources.erased_child", "resources.outbox",
        "outcomes.erased_child", "outcomes.outbox", "students.retraction", "students.idempotency",
        *(f"{service}.heard" for service in SERVICES),
    }, left  # fmt: skip
