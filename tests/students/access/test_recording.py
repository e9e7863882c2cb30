"""Every disclosure about a child is logged: every route of students that discloses something is
called on the real database, and its answer is compared with the log. Where the log cannot be
written nothing is disclosed, and nothing is refused either."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from shared.contracts.partners.agreement import LegalBasis
from shared.contracts.students.access import Category
from shared.http.together import parted
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.promises.recording import RECORDED
from tests.students.family import ASKED, a_guardian, an_agreement, ask, yes
from tests.students.people import (
    DISTRICT,
    OTHER_WORKER,
    PARTNER_ID,
    WORKER,
    a_class,
    a_partner,
    a_program,
    a_school,
    a_student,
    an_educator,
)
from tests.together import post, question

TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)
ADMIN = principal(Role.PARTNER_ADMIN, partner_id=PARTNER_ID)
CHILD = "/v1/students/{student_id}"
ORDER = {"kind": "no-contact", "begins_on": str(YESTERDAY), "document_reference": "22-C-1"}
WRONG = {"category": "attendance", "what": "Absent.", "why": "She was there."}
HEARD = {"held_on": str(TODAY), "amended": False, "finding": "The register is signed."}
AUNT = {"given_name": "Awa", "family_name": "Diallo", "relation": "relative"}
PROPOSED = {"student_id": "{student_id}", "program_id": "{other_program_id}"}
REFERRAL = "POST /v1/referrals/{referral_id}"
REFERRED = {"student_id": "{student_id}", "program_id": "{second_program_id}", "need": "Reading."}
# In this order: a later one needs what an earlier one answered. By whom, with which body, whose
# version it changes, and under which name the id of its answer is known from then on.
CALLS: list[tuple[str, str, Any, str | None, str | None]] = [
    ("POST /v1/engagements", "district", {"student_id": "{student_id}",
        "program_id": "{program_id}", "stage": "active"}, None, "engagement_id"),
    ("PUT /v1/engagements/{engagement_id}/plan", "worker", {"weeks": 3, "minutes_per_week": 60}, "engagement", None),
    ("POST /v1/proposals", "teacher", PROPOSED, None, "proposal_id"),
    ("GET /v1/proposals", "mother", None, None, None),
    ("GET /v1/proposals/{proposal_id}", "mother", None, None, None),
    ("POST /v1/proposals/{proposal_id}/withdrawal", "teacher", None, None, None),
    ("POST /v1/proposals", "district", PROPOSED, None, "proposal_id"),
    ("POST /v1/proposals/{proposal_id}/refusal", "mother", {}, None, None),
    ("POST /v1/proposals", "teacher", PROPOSED, None, "proposal_id"),
    ("POST /v1/proposals/{proposal_id}/acceptance", "mother", {}, None, None),
    ("POST /v1/referrals", "teacher", REFERRED, None, "referral_id"),
    (f"{REFERRAL}/consent-request", "teacher", None, None, None),
    (f"{REFERRAL}/family-word", "mother", {"decision": "granted"}, None, None),
    (f"{REFERRAL}/extension", "teacher", None, None, None),
    (f"{REFERRAL}/acceptance", "worker", {}, None, None),
    (f"{REFERRAL}/contacts", "worker", {"reached": True, "channel": "telephone"}, None, None),
    (f"{REFERRAL}/service", "worker", {"minutes": 30}, None, None),
    ("POST /v1/referrals", "district", REFERRED | {"program_id": "{third_program_id}"}, None,
        "referral_id"),
    (f"{REFERRAL}/sending", "district", None, None, None),
    (f"{REFERRAL}/acceptance", "worker", {}, None, None),
    (f"{REFERRAL}/place", "worker", {}, None, None),
    ("GET /v1/referrals", "mother", None, None, None),
    ("GET /v1/referrals/{referral_id}", "worker", None, None, None),
    ("GET /v1/referrals/{referral_id}/steps", "mother", None, None, None),
    ("GET /v1/referrals/{referral_id}/preview", "mother", None, None, None),
    ("GET /v1/referrals/{referral_id}/family-contacts", "worker", None, None, None),
    (f"POST {CHILD}/contacts", "district", AUNT, "student", "contact_id"),
    (f"PATCH {CHILD}/contacts/{{contact_id}}", "district", {"lives_with": False}, "student", None),
    (f"POST {CHILD}/contacts/{{contact_id}}/restrictions", "district", ORDER, "student",
        "restriction"),
    (f"POST {CHILD}/contacts/{{contact_id}}/restrictions/{{restriction_id}}/ending", "district",
        {"ends_on": str(TODAY)}, "student", None),
    (f"POST {CHILD}/notes", "worker", {"audience": "organization", "text": "Reads."}, None, "note_id"),
    (f"PUT {CHILD}/notes/{{note_id}}", "worker", {"audience": "organization", "text": "Reads well."},
        "note", None),
    (f"POST {CHILD}/amendments", "mother", WRONG, None, "amendment_id"),
    (f"POST {CHILD}/amendments/{{amendment_id}}/decision", "district",
        {"amended": False, "reason": "It is signed."}, "amendment", None),
    (f"POST {CHILD}/amendments/{{amendment_id}}/hearing", "district", HEARD, "amendment", None),
    (f"PUT {CHILD}/amendments/{{amendment_id}}/statement", "mother", {"text": "She was there."},
        "amendment", None),
    (f"POST {CHILD}/consents", "mother", yes(), None, "consent_id"),
    ("POST /internal/pictures", "mother", None, None, None),
    ("GET /internal/students/{student_id}/picture", "mother", None, None, None),
    ("GET /internal/students/{student_id}/grant?category=resources", "mother", None, None, None),
    ("GET /internal/students/{student_id}/export", "mother", None, None, None),
    ("GET /internal/students/{student_id}/opportunities", "mother", None, None, None),
    ("GET /v1/students", "district", None, None, None),
    (f"GET {CHILD}", "worker", None, None, None),
    (f"GET {CHILD}/contacts", "district", None, None, None),
    (f"GET {CHILD}/notes", "worker", None, None, None),
    (f"GET {CHILD}/notes/{{note_id}}", "worker", None, None, None),
    (f"GET {CHILD}/amendments", "mother", None, None, None),
    (f"GET {CHILD}/amendments/{{amendment_id}}", "mother", None, None, None),
    (f"GET {CHILD}/consents", "mother", None, None, None),
    (f"GET {CHILD}/consents/{{consent_id}}", "worker", None, None, None),
    ("GET /v1/consent-requests", "mother", None, None, None),
    ("GET /v1/consent-requests/{request_id}", "mother", None, None, None),
    (f"GET {CHILD}/directory-information", "mother", None, None, None),
    ("GET /v1/classes/{class_id}", "teacher", None, None, None),
    ("GET /v1/classes/{class_id}/attendance/{day}", "teacher", None, None, None),
    ("GET /v1/engagements", "worker", None, None, None),
    ("GET /v1/engagements/{engagement_id}", "worker", None, None, None),
    ("GET /v1/engagements/{engagement_id}/steps", "worker", None, None, None),
    ("GET /v1/sessions/{session_id}/attendance", "worker", None, None, None),
    ("GET /v1/attendance", "teacher", None, None, None),
    (f"GET {CHILD}/attendance/days", "teacher", None, None, None),
    ("GET /v1/dosage", "worker", None, None, None),
    ("GET /v1/dosage/{engagement_id}", "worker", None, None, None),
    ("GET /v1/caseload", "worker", None, None, None),
    ("GET /internal/caseload", "teacher", None, None, None),
    ("POST /v1/consent-requests/{request_id}/withdrawal", "admin", None, None, None),
    (f"POST {CHILD}/consents/{{consent_id}}/revocation", "mother", {}, None, None),
    (f"PUT {CHILD}/directory-information", "mother", {"opted_out": True}, "student", None),
    ("POST /v1/engagements/{engagement_id}/steps", "worker", {"stage": "completed"},
        "engagement", None),
    (f"PATCH {CHILD}", "district", {"grade": "04"}, "student", None),
    ("POST /v1/students", "district", {"given_name": "Amara", "family_name": "Diallo"}, None,
        None),
    (f"POST {CHILD}/emergency-accesses", "worker", {"reason": "The child is missing since noon.",
        "hours": 2}, None, None),
]  # fmt: skip


class World:
    """One child with all that is told of it, and callers."""

    def __init__(self, students: House) -> None:
        self.students = students
        self.ids: dict[str, str] = {}
        self.callers: dict[str, Principal] = {}

    async def begin(self) -> None:
        students = self.students
        await a_partner(students)
        await an_agreement(students)
        school = await a_school(students)
        child = await a_student(students, school_id=school, grade="03")
        teacher = await an_educator(students)
        program = await a_program(students)
        await an_agreement(
            students, Category.IDENTITY, Category.ENGAGEMENT, program_ids=[program],
            basis=LegalBasis.SCHOOL_OFFICIAL,
        )  # fmt: skip
        second, third = await a_program(students), await a_program(students)
        await an_agreement(students, program_ids=[second])
        await an_agreement(students, program_ids=[third], basis=LegalBasis.SCHOOL_OFFICIAL)
        self.callers = {
            "district": DISTRICT, "teacher": teacher, "worker": WORKER, "admin": ADMIN,
            "mother": await a_guardian(students, child),
        }  # fmt: skip
        self.ids = {
            "student_id": str(child), "program_id": str(program),
            "other_program_id": str(await a_program(students)),
            "second_program_id": str(second), "third_program_id": str(third),
            "class_id": str(await a_class(students, school, teacher, child)),
            "day": str(YESTERDAY),
        }  # fmt: skip
        roll = f"/v1/schools/{school}/attendance/{YESTERDAY}"
        await ask(students, DISTRICT, "PUT", roll, {"everyone_else": "Tardy"})

    async def before(self, name: str) -> None:
        """What a call needs that none before it answered."""
        if "{session_id}" in name and "session_id" not in self.ids:
            session = {
                "program_id": self.ids["program_id"], "held_on": str(TODAY), "minutes": 45,
            }  # fmt: skip
            planned = await ask(self.students, WORKER, "POST", "/v1/sessions", session)
            self.ids["session_id"] = planned.json()["id"]
        if "consent-requests" in name and "request_id" not in self.ids:
            form = await ask(self.students, ADMIN, "POST", "/v1/consent-forms", ASKED)
            address = f"/v1/consent-forms/{form.json()['id']}/requests"
            asked = {"program_id": self.ids["program_id"]}
            await ask(self.students, ADMIN, "POST", address, asked)
            [row] = await self.students.rows("select id from consent_request")
            self.ids["request_id"] = str(row["id"])

    async def call(self, name: str, caller: str, body: Any, version_of: str | None) -> Any:
        method, _, address = name.partition(" ")
        if address == "/internal/pictures":
            return await self._together(caller)
        headers = {}
        if version_of is not None:
            whose = self.ids[f"{version_of}_id"]
            [row] = await self.students.rows(
                f"select version from {version_of} where id = :id", id=whose
            )
            headers = {"If-Match": f'"{row["version"]}"'}
        filled = {
            key: value.format(**self.ids) if isinstance(value, str) and "{" in value else value
            for key, value in (body or {}).items()
        }  # fmt: skip
        return await ask(
            self.students, self.callers[caller], method, address.format(**self.ids),
            filled if body is not None else None, headers=headers,
        )  # fmt: skip

    async def _together(self, caller: str) -> httpx.Response:
        """The picture, as the gateway asks for it together with others."""
        asked = question(self.students, [(self.callers[caller], UUID(self.ids["student_id"]))])
        answer = await post(self.students, "/internal/pictures", asked)
        if not answer.is_success:
            return answer
        [(status, body)], _ = parted(answer.content)
        return httpx.Response(status, content=body)

    def learn(self, name: str | None, told: Any) -> None:
        if name == "restriction":
            self.ids["restriction_id"] = told["restrictions"][0]["id"]
        elif name is not None:
            self.ids[name] = told["id"]


@pytest.fixture
async def world(students: House) -> World:
    made = World(students)
    await made.begin()
    return made


@pytest.fixture
async def unwritable(students: House) -> AsyncIterator[House]:
    """A house whose log can be told not to take a row."""
    yield students
    async with students.database.transaction() as session:
        await session.execute(text("drop trigger if exists full_log on disclosure"))


async def refuse_rows(students: House, *, refusing: bool = True) -> None:
    async with students.database.transaction() as session:
        await session.execute(text("drop trigger if exists full_log on disclosure"))
        if refusing:
            await session.execute(text(
                "create trigger full_log before insert on disclosure for each row"
                " execute function disclosure_append_only()"
            ))  # fmt: skip


def test_every_recorded_route_is_called_here() -> None:
    assert {call[0].partition("?")[0] for call in CALLS} >= set(RECORDED)


@promise("Access and privacy", "Every disclosure of data about a child is written into the log.")
async def test_every_disclosure_about_a_child_is_logged(world: World) -> None:
    for name, caller, body, version_of, learned in CALLS:
        await world.before(name)
        [last] = await world.students.rows("select coalesce(max(position), 0) at from disclosure")
        answer = await world.call(name, caller, body, version_of)
        assert answer.is_success, (name, answer.text)
        rows = await world.students.rows(
            "select * from disclosure where position > :at", at=last["at"]
        )
        told = answer.json()
        child = told["id"] if name == "POST /v1/students" else world.ids["student_id"]
        written = {
            category
            for row in rows
            if row["outcome"] == "released" and str(row["student_id"]) == child
            and row["account_id"] == world.callers[caller].account_id
            for category in row["categories"]
        }  # fmt: skip
        route = name.partition("?")[0]
        assert route not in RECORDED or RECORDED[route] in written, (name, rows)
        assert "Amara" not in answer.text or Category.IDENTITY in written, (name, rows)
        assert all(row["basis"] for row in rows), name
        world.learn(learned, told)


@promise(
    "Access and privacy",
    "Where the log cannot be written, nothing is disclosed and nothing changes.",
)
async def test_where_the_log_cannot_be_written_nothing_is_disclosed_and_nothing_changes(
    world: World, unwritable: House
) -> None:
    for name, caller, body, version_of, learned in CALLS:
        await world.before(name)
        if name.partition("?")[0] in RECORDED:
            await refuse_rows(unwritable)
            await nothing_is_told(world, name, caller, body, version_of)
            await refuse_rows(unwritable, refusing=False)
        if not name.startswith("GET"):
            answer = await world.call(name, caller, body, version_of)
            assert answer.is_success, (name, answer.text)
            world.learn(learned, answer.json())


async def nothing_is_told(
    world: World, name: str, caller: str, body: Any, version_of: str | None
) -> None:
    before = await world.students.rows("select count(*) as events from outbox")
    answer = await world.call(name, caller, body, version_of)
    assert answer.status_code >= 500, (name, answer.text)
    if name.startswith("GET"):
        assert (answer.status_code, answer.json()["code"]) == (503, "record-unwritable"), name
    assert "Diallo" not in answer.text, name
    assert world.ids["student_id"] not in answer.text, name
    assert await world.students.rows("select count(*) as events from outbox") == before, name


@promise("Access and privacy", "Where the log cannot be written, nothing is refused either.")
async def test_a_refusal_that_cannot_be_logged_is_answered_with_503(
    world: World, unwritable: House
) -> None:
    child = world.ids["student_id"]
    asked = [
        (OTHER_WORKER, f"/v1/students/{child}"),
        (OTHER_WORKER, f"/v1/students/{uuid4()}"),
        (world.callers["teacher"], f"/v1/students/{child}/disclosures"),
        (OTHER_WORKER, f"/internal/students/{child}/grant?category=resources"),
    ]
    await refuse_rows(unwritable)
    for caller, address in asked:
        answer = await ask(unwritable, caller, "GET", address)
        assert (answer.status_code, answer.json()["code"]) == (503, "record-unwritable"), address
    answer = await ask(unwritable, OTHER_WORKER, "POST", "/v1/engagements", {
        "student_id": child, "program_id": world.ids["program_id"],
    })  # fmt: skip
    assert answer.status_code == 503
    assert await unwritable.rows("select * from disclosure where outcome = 'refused'") == []


async def test_a_refusal_stays_in_the_log_although_the_request_changes_nothing(
    world: World,
) -> None:
    child = UUID(world.ids["student_id"])
    await ask(world.students, OTHER_WORKER, "POST", "/v1/engagements", {
        "student_id": str(child), "program_id": world.ids["program_id"],
    })  # fmt: skip
    [row] = await world.students.rows("select * from disclosure where outcome = 'refused'")
    assert (row["student_id"], row["account_id"]) == (child, OTHER_WORKER.account_id)
    assert await world.students.rows("select * from engagement") == []
