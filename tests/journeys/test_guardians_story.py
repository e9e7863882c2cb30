"""The guardian's story: a partner and a district agree, a mother consents to attendance alone, the
partner's system listens, she reads the accesses and presses stop. Real services, real broker."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import nats
from nats.js.client import JetStreamContext

from shared.core.tasks import end
from shared.formats.nkeys import Kind, new_seed, public_of
from shared.persistence.migrations import SERVICES
from tests.platform import Platform
from tests.promised import promise
from tests.students.packages import delta

TODAY = datetime.now(UTC).date()
TEXT = "I agree that Riverside Tutors may see when my child was at school, to tutor it."


async def ok(answer: httpx.Response, status: int = 201) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    read: dict[str, Any] = answer.json() if answer.content else {}
    return read


class Cast:
    """Everybody in the story, each with a client of the gateway."""

    district: str
    tutors: str
    school: str
    admin: httpx.AsyncClient
    tutor_admin: httpx.AsyncClient
    tutor: httpx.AsyncClient
    mother: httpx.AsyncClient
    child: str


async def a_cast(whole: Platform) -> Cast:
    cast = Cast()
    async with whole.client() as operator:
        district = await operator.post("/v1/partners", json={"name": "North", "kind": "district"})
        tutors = await operator.post(
            "/v1/partners", json={"name": "Riverside Tutors", "kind": "community_organization"}
        )
    cast.district, cast.tutors = (await ok(district))["id"], (await ok(tutors))["id"]
    cast.admin = await whole.admit("district_admin", cast.district)
    cast.tutor_admin = await whole.admit("partner_admin", cast.tutors)
    cast.tutor = await whole.admit("case_worker", cast.tutors)
    cast.school = await a_school(whole, cast)
    cast.child, cast.mother = await a_child(whole, cast, "Amara")
    return cast


async def a_school(whole: Platform, cast: Cast) -> str:
    name = f"School {uuid4()}"
    package = delta(orgs=[{"sourcedId": "s1", "name": name, "type": "school", "identifier": "1"}])
    job = await whole.import_file(cast.admin, "oneroster", package, "orgs.zip")
    assert job["state"] == "done", job
    [found] = await whole.rows("students", f"select id from org where name = '{name}'")
    return str(found["id"])


async def a_child(whole: Platform, cast: Cast, name: str) -> tuple[str, httpx.AsyncClient]:
    """A child and its mother."""
    child = await ok(await cast.admin.post(
        "/v1/students", json={"given_name": name, "family_name": "Diallo", "grade": "05",
                              "birth_date": "2015-05-05", "school_id": cast.school,
                              "enrolled_on": "2019-08-12"}))  # fmt: skip
    contact = await ok(await cast.admin.post(
        f"/v1/students/{child['id']}/contacts", headers={"If-Match": f'"{child["version"]}"'},
        json={"given_name": "Fatou", "family_name": "Diallo", "relation": "parent",
              "legal_guardian": "yes", "phone": "+1 555 010 0199"}))  # fmt: skip
    return child["id"], await whole.admit("guardian", cast.district, contact["id"])


async def agree(cast: Cast, purpose: str, ends_at: datetime, *more: str) -> dict[str, Any]:
    """An agreement on attendance, measures and `more`, signed by both."""
    draft = await ok(await cast.admin.post("/v1/agreements", json={
        "title": "Tutoring", "providers": [cast.district], "recipients": [cast.tutors],
        "purpose": purpose, "basis": "consent", "categories": ["attendance", "measures", *more],
        "retention_days": 30, "ends_at": ends_at.isoformat(),
        "starts_at": (datetime.now(UTC) - timedelta(minutes=1)).isoformat()}))  # fmt: skip
    address = f"/v1/agreements/{draft['id']}"
    proposed = await ok(await cast.admin.post(
        f"{address}/proposal", headers={"If-Match": f'"{draft["version"]}"'}))  # fmt: skip
    refused = await cast.tutor.get(f"/v1/views/students/{cast.child}")
    assert refused.status_code == 404, "nothing flows on an unsigned agreement"
    for signer, party in ((cast.admin, cast.district), (cast.tutor_admin, cast.tutors)):
        signed = await ok(await signer.post(f"{address}/signatures", json={
            "partner_id": party, "name": "A. Signer", "title": "Director",
            "terms_sha256": proposed["current"]["terms_sha256"]}))  # fmt: skip
    assert signed["status"] == "in_force"
    return signed


async def consent(
    cast: Cast, mother: httpx.AsyncClient, child: str, purpose: str, *categories: str
) -> dict[str, Any]:
    return await ok(await mother.post(f"/v1/students/{child}/consents", json={
        "decision": "granted", "partner_id": cast.tutors, "purpose": purpose,
        "categories": list(categories), "begins_on": str(TODAY),
        "ends_on": str(TODAY + timedelta(days=300)), "text": TEXT, "text_version": "1",
        "language": "en"}))  # fmt: skip


class Listener:
    """The tutors' own system: what it is told, acknowledged as it comes."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []

    async def listen(self, stream: JetStreamContext, consumer: str) -> None:
        messages = await stream.pull_subscribe_bind(consumer, stream="PARTNERS")
        while True:
            try:
                batch = await messages.fetch(50, timeout=1)
            except TimeoutError:
                continue
            for message in batch:
                self.heard.append(json.loads(message.data))
                await message.ack()

    def of(self, kind: str, child: str) -> list[dict[str, Any]]:
        return [
            event for event in self.heard
            if event["type"] == f"students.sharing.{kind}.v1"
            and event["data"]["student_id"] == child
        ]  # fmt: skip


@asynccontextmanager
async def listening(cast: Cast) -> AsyncIterator[Listener]:
    seed = new_seed(Kind.USER)
    access = await ok(await cast.tutor_admin.post(
        f"/v1/partners/{cast.tutors}/stream", json={"user_public_key": public_of(seed)}))  # fmt: skip
    credentials = access["credentials"].replace("{seed}", seed).encode()
    broker = None
    async with asyncio.timeout(20):
        while broker is None:
            try:
                broker = await nats.connect(
                    access["server"], user_credentials=nats.aio.client.RawCredentials(
                        credentials.decode()), allow_reconnect=False)  # fmt: skip
            except Exception:
                await asyncio.sleep(0.2)
    listener = Listener()
    stream = broker.jetstream(prefix=access["api_prefix"])
    task = asyncio.create_task(listener.listen(stream, access["consumer"]))
    yield listener
    await end(task)
    await broker.close()


async def until(found: Any, seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not (await asked if asyncio.iscoroutine(asked := found()) else asked):
            await asyncio.sleep(0.05)


def logged(whole: Platform, about: set[str]) -> list[str]:
    """What the services' logs say about these, in order of time, each in a few words."""
    lines = []
    for name in SERVICES:
        for line in (whole.folder / f"{name}.log").read_text().splitlines():
            said = json.loads(line) if line.startswith("{") else {}
            if about & set((said.get("about") or {}).values()):
                lines.append((said["time"], _in_short(said)))
    return [words for _, words in sorted(lines)]


def _in_short(said: dict[str, Any]) -> str:
    if said["message"] == "published":
        return f"{said['type']} {said['partner']} {said['about']['student_id']}"
    route = said["route"]
    for name, id in said["about"].items():
        route = route.replace(f"{{{name}}}", id)
    words = [said["role"], said["method"], route, said["status"], said["code"]]
    return " ".join(str(word) for word in words if word is not None)


def assert_in_order(lines: list[str], steps: list[str]) -> None:
    rest = iter(lines)
    missing = next((step for step in steps if step not in rest), None)
    assert missing is None, (missing, lines)


async def roll(cast: Cast, *children: str, day: date = date(2026, 1, 5)) -> None:
    """The school calls the roll."""
    marks = [{"student_id": child, "category": "Unexcused Absence"} for child in children]
    await ok(await cast.admin.put(
        f"/v1/schools/{cast.school}/attendance/{day}", json={"marks": marks}), 200)  # fmt: skip


@promise(
    "Access and privacy",
    "A guardian's story holds from end to end: agree, consent to one thing, listen, read the "
    "accesses, stop, take back. An operator follows each step by ids, in the log of the "
    "processes alone.",
)
async def test_a_mother_consents_to_attendance_alone_reads_the_accesses_and_presses_stop(
    whole: Platform,
) -> None:
    cast = await a_cast(whole)
    signed = await agree(cast, "service", datetime.now(UTC) + timedelta(days=300))
    async with listening(cast) as listener:
        await consent(cast, cast.mother, cast.child, "service", "attendance")

        # The tutor's view shows attendance and withholds the rest, with reasons.
        view: dict[str, Any] = {}

        async def shown() -> bool:
            answer = await cast.tutor.get(f"/v1/views/students/{cast.child}")
            view.update(answer.json())
            return answer.status_code == 200

        await until(shown)
        assert set(view["withheld"]) == {
            "identity", "contacts", "enrollment", "engagement", "dosage", "resources", "measures",
            "demographics", "notes", "support",
        }  # fmt: skip
        assert view["attendance"] is not None
        assert view["student"]["given_name"] is None
        assert view["contacts"] is None
        assert view["measures"] is None
        assert "the family consents" in view["withheld"]["measures"]

        # The tutors' system is told of the attendance of that child, and of nothing else.
        other, _ = await a_child(whole, cast, "Binta")
        await roll(cast, cast.child, other)
        await until(lambda: bool(listener.of("told", cast.child)))
        assert {e["data"]["category"] for e in listener.of("told", cast.child)} == {"attendance"}
        assert listener.of("told", other) == []
        [first, *_] = listener.of("told", cast.child)
        assert first["noredisclosure"] is True
        assert first["consentref"]

        # She reads who saw what, and presses stop.
        lines = (await ok(await cast.mother.get(
            f"/v1/students/{cast.child}/disclosures"), 200))["items"]  # fmt: skip
        [line, *_] = [
            each for each in lines if each.get("stop") and "attendance" in each["categories"]
        ]
        assert "Riverside Tutors" in line["who"]
        await ok(await cast.mother.post(
            f"/v1/students/{cast.child}/disclosures/{line['position']}/stop"), 201)  # fmt: skip

        # At once nothing is read; within seconds the stream takes back, and the receipt arrives.
        refused = await cast.tutor.get(f"/v1/views/students/{cast.child}")
        none = await cast.tutor.get(f"/v1/views/students/{uuid4()}")
        assert (refused.status_code, refused.json()) == (404, none.json())
        await until(lambda: bool(listener.of("retracted", cast.child)))
        [taken] = listener.of("retracted", cast.child)
        assert taken["data"]["categories"] == ["attendance"]
        receipt = f"/v1/retractions/{taken['data']['retraction_id']}/receipt"
        await ok(await cast.tutor_admin.post(receipt, json={
            "categories": ["attendance"], "deleted_at": datetime.now(UTC).isoformat()}))  # fmt: skip
        heard = len(listener.of("told", cast.child))
        await roll(cast, cast.child, day=date(2026, 1, 7))
        await asyncio.sleep(2)
        assert len(listener.of("told", cast.child)) == heard

        # The district reads what was released and refused; the operator follows each step by ids, in
        # the log of the processes alone.
        told = (await ok(await cast.admin.get(
            f"/v1/students/{cast.child}/disclosures", params={"limit": 200}), 200))["items"]  # fmt: skip
        assert {each["outcome"] for each in told} == {"released", "refused"}
        agreement, retraction = signed["id"], taken["data"]["retraction_id"]
        lines = logged(whole, {cast.child, agreement, retraction})
        stop = f"guardian POST /v1/students/{cast.child}/disclosures/{{position}}/stop 201"
        assert_in_order(lines, [
            f"district_admin POST /v1/agreements/{agreement}/signatures 201",
            f"partner_admin POST /v1/agreements/{agreement}/signatures 201",
            f"guardian POST /v1/students/{cast.child}/consents 201",
            "case_worker POST /internal/pictures 200",
            f"students.sharing.told.v1 {cast.tutors} {cast.child}",
            stop,
            "case_worker POST /internal/pictures 404 student-unknown",
        ])  # fmt: skip
        # The stream takes back beside the next read, whichever is sooner.
        assert_in_order(lines, [
            stop,
            f"students.sharing.retracted.v1 {cast.tutors} {cast.child}",
            f"partner_admin POST /v1/retractions/{retraction}/receipt 201",
        ])  # fmt: skip


async def test_an_agreement_whose_time_is_over_discloses_nothing_to_anybody(
    whole: Platform,
) -> None:
    cast = await a_cast(whole)
    await agree(cast, "coordination", datetime.now(UTC) + timedelta(seconds=12))
    await consent(cast, cast.mother, cast.child, "coordination", "attendance")
    asked = {"headers": {"Purpose": "coordination"}}

    async def answers(status: int) -> bool:
        answer = await cast.tutor.get(f"/v1/views/students/{cast.child}", **asked)
        return answer.status_code == status

    await until(partial(answers, 200), 12)
    await until(partial(answers, 404), 20)


async def test_a_mother_reads_who_wrote_of_her_child_by_name_and_nobody_reads_hers_by_the_id(
    whole: Platform,
) -> None:
    cast = await a_cast(whole)
    await ok(await cast.admin.put("/v1/me/profile", json={"name": "Ann Rivera"}), 204)
    await ok(await cast.mother.put("/v1/me/profile", json={"name": "Fatou D."}), 204)
    await consent(cast, cast.mother, cast.child, "service", "attendance")
    note = {"text": "Reads well.", "audience": "team"}
    await ok(await cast.admin.post(f"/v1/students/{cast.child}/notes", json=note))
    author = (await cast.admin.get("/v1/me")).json()["account_id"]
    mother = (await cast.mother.get("/v1/me")).json()["account_id"]
    ann = {"id": author, "name": "Ann Rivera", "partner_names": ["North"]}
    export = f"/v1/views/students/{cast.child}/export"
    told = await ok(await cast.mother.get(export), 200)
    page = (await cast.mother.get(export, headers={"Accept": "text/html"})).text
    home = await ok(await cast.mother.get("/v1/views/family"), 200)
    both = await ok(await cast.admin.get("/v1/accounts", params={"id": [author, mother]}), 200)
    assert (told["accounts"], told["complete"]) == ([ann], True)
    assert "Ann Rivera" in page and author not in page
    assert home["children"][0]["consents"]["items"][0]["recorded_by"] == mother
    assert home["children"][0]["accounts"] == []
    assert both["items"] == [ann]
