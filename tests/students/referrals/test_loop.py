"""A referral's way: a teacher asks a church basement program to help, the family reads what would be
told and says yes, the program answers, the child attends, and the loop closes."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.students.lifecycle.removals.actions import remove
from services.students.referrals.evidence.actions import expire
from shared.contracts.base import Event
from shared.contracts.students.consent import ConsentChanged
from shared.contracts.students.dosage import DosageCounted
from shared.contracts.students.engagement import EngagementChanged
from shared.contracts.students.erasure import DataClass
from shared.contracts.students.referral import ReferralChanged, ReferralDrafted
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.family import (
    SYSTEM,
    TODAY,
    a_guardian,
    an_agreement,
    ask,
    eighteen,
    seen,
    themselves,
)
from tests.students.people import (
    DISTRICT,
    OTHER_WORKER,
    PARTNER_ID,
    WORKER,
    a_class,
    a_leader,
    a_partner,
    a_program,
    a_school,
    a_student,
    an_educator,
    engage,
    move,
)

ADMIN = principal(Role.PARTNER_ADMIN, partner_id=PARTNER_ID)
NEED = "Reading at the level of a younger child; would like help twice a week."


class Loop:
    """A child with a mother, a teacher and a principal, and a program of another organization under
    an agreement by consent about its participants alone."""

    def __init__(self, students: House) -> None:
        self.students = students

    async def begin(
        self, *, agreed: bool = True, capacity: int | None = None, **known: Any
    ) -> "Loop":
        await a_partner(self.students, "Grace Church Basement")
        self.school = await a_school(self.students)
        self.teacher = await an_educator(self.students)
        self.leader = await a_leader(self.students, self.school)
        self.child = await a_student(self.students, school_id=self.school, grade="03", **known)
        await a_class(self.students, self.school, self.teacher, self.child)
        self.mother = await a_guardian(self.students, self.child)
        self.program = await a_program(self.students, capacity=capacity)
        if agreed:
            await an_agreement(self.students, program_ids=[self.program])
        return self

    async def act(self, caller: Principal, id: str, act: str, **body: Any) -> Any:
        sent = None if act in {"consent-request", "sending", "extension"} else body
        return await ask(self.students, caller, "POST", f"/v1/referrals/{id}/{act}", sent)

    async def done(self, caller: Principal, id: str, act: str, **body: Any) -> dict[str, Any]:
        answer = await self.act(caller, id, act, **body)
        assert answer.status_code == 201, (act, answer.text)
        return dict(answer.json())

    async def read(self, caller: Principal, id: str, more: str = "") -> Any:
        return await ask(self.students, caller, "GET", f"/v1/referrals/{id}{more}")

    async def listed(self, caller: Principal) -> list[dict[str, Any]]:
        answer = await ask(self.students, caller, "GET", "/v1/referrals")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def write(self, caller: Principal | None = None, **known: Any) -> Any:
        body = {"student_id": str(self.child), "program_id": str(self.program), "need": NEED}
        return await ask(
            self.students, caller or self.teacher, "POST", "/v1/referrals", body | known
        )

    async def hear_own(self) -> None:
        """The service reacts to what it has announced itself."""
        for each in await self.students.events():
            kind = Event.kinds[each["type"]]
            if kind in (ConsentChanged, EngagementChanged, DosageCounted):
                await self.students.hear(kind(**each["data"]))

    async def sent(self) -> str:
        """A referral to which the mother has said yes."""
        id: str = (await self.write()).json()["id"]
        await self.done(self.teacher, id, "consent-request")
        await self.done(self.mother, id, "family-word", decision="granted")
        return id

    async def accepted(self) -> str:
        id = await self.sent()
        await self.done(WORKER, id, "acceptance")
        return id


@promise(
    "Support",
    "A referral tells the partner nothing before its family says yes, and each step stands in the"
    " family's words.",
)
async def test_a_teacher_refers_the_mother_says_yes_the_child_attends_and_the_loop_closes(
    students: House,
) -> None:
    loop = await Loop(students).begin()
    draft = (await loop.write()).json()
    id = draft["id"]
    assert (draft["state"], draft["program_name"], draft["student_name"]) == (
        "draft", "Tutoring", "Amara Diallo",
    )  # fmt: skip
    for caller in (loop.mother, loop.leader, DISTRICT, WORKER, SYSTEM):
        assert (await loop.read(caller, id)).json()["code"] == "referral-unknown", caller.role
    early = await loop.act(loop.teacher, id, "sending")
    assert early.json()["code"] == "ground-missing"
    assert "once the family consents" in early.json()["detail"]

    await loop.done(loop.teacher, id, "consent-request")
    preview = (await loop.read(loop.mother, id, "/preview")).json()
    assert [each["category"] for each in preview["missing"]] == ["identity", "contacts", "support"]
    assert (preview["need"], preview["told"]) == (NEED, [])
    assert preview == (await loop.read(loop.teacher, id, "/preview")).json()
    for caller in (WORKER, ADMIN, SYSTEM):
        assert await seen(students, loop.child, caller) == set()
        assert await loop.listed(caller) == []

    told = await loop.done(loop.mother, id, "family-word", decision="granted")
    assert (told["state"], told["sent_on"]) == ("sent", str(TODAY))
    [mine] = await loop.listed(WORKER)
    assert (mine["id"], mine["need"], mine["student_name"]) == (id, NEED, "Amara Diallo")
    assert await seen(students, loop.child, WORKER) == {"identity", "contacts", "support"}
    assert (await loop.read(OTHER_WORKER, id)).status_code == 404

    assert (await loop.done(WORKER, id, "acceptance"))["state"] == "accepted"
    failed = await loop.done(WORKER, id, "contacts", reached=False, channel="telephone")
    assert (failed["state"], failed["contacted_on"]) == ("accepted", None)
    reached = await loop.done(WORKER, id, "contacts", reached=True, channel="in_person")
    assert (reached["state"], reached["contact_by"]) == ("contacted", None)
    placed = await loop.done(WORKER, id, "place")
    assert placed["state"] == "enrolled"
    session = await ask(students, WORKER, "POST", "/v1/sessions", {
        "program_id": str(loop.program), "held_on": str(TODAY), "minutes": 60})  # fmt: skip
    marks = [{"engagement_id": placed["engagement_id"], "category": "Present"}]
    address = f"/v1/sessions/{session.json()['id']}/attendance"
    marked = await ask(students, WORKER, "PUT", address, {"marks": marks})
    assert marked.status_code == 204, marked.text
    await loop.hear_own()
    served = (await loop.read(loop.mother, id)).json()
    assert (served["state"], served["served_on"]) == ("served", str(TODAY))

    closed = await loop.done(loop.teacher, id, "closing", outcome="partly_met")
    assert (closed["state"], closed["outcome"]) == ("closed", "partly_met")
    steps = (await loop.read(loop.mother, id, "/steps")).json()["items"]
    assert [each["act"] for each in steps] == [
        "written", "consent_asked", "consent_given", "sent", "accepted", "contact_failed",
        "contacted", "enrolled", "served", "closed",
    ]  # fmt: skip
    assert [each["number"] for each in steps] == list(range(1, 11))
    events = [e["data"]["state"] for e in await students.events(ReferralChanged)]
    assert events[0] == "awaiting_consent" and events[-1] == "closed"
    assert len(await students.events(ReferralDrafted)) == 1


async def test_a_family_that_says_no_withdraws_the_referral_and_the_partner_learns_nothing(
    students: House,
) -> None:
    loop = await Loop(students).begin()
    id = (await loop.write()).json()["id"]
    await loop.done(loop.teacher, id, "consent-request")
    refused = await loop.done(loop.mother, id, "family-word", decision="refused")
    assert refused["state"] == "withdrawn"
    assert await loop.listed(WORKER) == []
    assert await seen(students, loop.child, WORKER) == set()
    assert await students.rows("select id from consent") == []
    late = await loop.act(loop.mother, id, "family-word", decision="granted")
    assert late.json()["code"] == "state-not-next"


async def test_only_people_with_rights_speak_for_the_family_and_the_district_records_paper(
    students: House,
) -> None:
    loop = await Loop(students).begin()
    id = (await loop.write()).json()["id"]
    await loop.done(loop.teacher, id, "consent-request")
    father = await a_guardian(students, loop.child, restricted=True)
    stranger = await a_guardian(students)
    for caller in (loop.teacher, loop.leader, father, stranger, WORKER):
        for decision in ("granted", "refused"):
            answer = await loop.act(caller, id, "family-word", decision=decision)
            assert answer.status_code in {403, 404}, (caller.role, answer.text)
    paper = {"given_by": str(loop.mother.person_id), "method": "paper", "signed_on": str(TODAY)}
    unsigned = await loop.act(DISTRICT, id, "family-word", decision="granted")
    assert unsigned.status_code == 422
    assert (await loop.done(DISTRICT, id, "family-word", decision="granted", **paper))[
        "state"
    ] == "sent"
    [consent] = await students.rows("select given_by, program_id, text from consent")
    assert (consent["given_by"], consent["program_id"]) == (loop.mother.person_id, loop.program)
    assert NEED in consent["text"]


async def test_the_student_of_age_answers_and_the_mother_no_longer_does(students: House) -> None:
    loop = await Loop(students).begin(birth_date=eighteen())
    id = (await loop.write()).json()["id"]
    await loop.done(loop.teacher, id, "consent-request")
    assert (await loop.act(loop.mother, id, "family-word", decision="granted")).status_code == 404
    told = await loop.done(themselves(loop.child), id, "family-word", decision="granted")
    assert told["state"] == "sent"


async def test_a_yes_without_an_agreement_sends_nothing_and_records_nothing(
    students: House,
) -> None:
    loop = await Loop(students).begin(agreed=False)
    id = (await loop.write()).json()["id"]
    await loop.done(loop.teacher, id, "consent-request")
    told = await loop.act(loop.mother, id, "family-word", decision="granted")
    assert told.json()["code"] == "ground-missing"
    assert "No agreement in force" in told.json()["detail"]
    assert await students.rows("select id from consent") == []
    assert (await loop.read(loop.mother, id)).json()["state"] == "awaiting_consent"


@promise(
    "Support",
    "When a referral ends, in whatever way, its partner reads nothing more of the child on it.",
)
@pytest.mark.parametrize("end", ["withdrawn", "by_sender", "declined", "closed", "expired", "error",
                                 "revoked"])  # fmt: skip
async def test_after_the_end_of_a_referral_its_partner_reads_nothing(
    students: House, end: str
) -> None:
    loop = await Loop(students).begin(agreed=False)
    # The agreement is about every child, so that nothing but the consent narrows it.
    await an_agreement(students)
    id = await (loop.accepted() if end == "closed" else loop.sent())
    assert "identity" in await seen(students, loop.child, WORKER)
    match end:
        case "withdrawn":
            await loop.done(loop.mother, id, "withdrawal")
        case "by_sender":
            await loop.done(loop.teacher, id, "withdrawal", words="The family has moved.")
        case "declined":
            told = await loop.done(WORKER, id, "decline", reason="no_capacity")
            assert "student_id" not in told
        case "closed":
            await loop.done(WORKER, id, "closing", outcome="not_met")
        case "error":
            await loop.done(loop.teacher, id, "error")
        case "expired":
            await students.rows("update referral set expires_on = current_date - 1 returning id")
        case "revoked":
            [consent] = await students.rows("select id from consent")
            address = f"/v1/students/{loop.child}/consents/{consent['id']}/revocation"
            assert (await ask(students, loop.mother, "POST", address, {})).status_code == 201
    assert await seen(students, loop.child, WORKER) == set()
    assert await loop.listed(WORKER) == []
    gone = await loop.read(WORKER, id)
    none = await loop.read(WORKER, str(uuid4()))
    assert (gone.status_code, gone.json()) == (404, none.json())
    for act, body in (("acceptance", {}), ("place", {}), ("service", {"minutes": 5})):
        assert (await loop.act(WORKER, id, act, **body)).status_code == 404
    await loop.hear_own()
    await expire(students.database)
    family = (await loop.read(loop.mother, id)).json()
    assert family["state"] == {
        "by_sender": "withdrawn", "revoked": "withdrawn", "error": "in_error",
    }.get(end, end)  # fmt: skip
    assert family["ended_on"] is not None


async def test_a_consent_to_one_program_opens_nothing_for_another_of_the_same_partner(
    students: House,
) -> None:
    loop = await Loop(students).begin(agreed=False)
    other = await a_program(students)
    await an_agreement(students, program_ids=[other])
    id = (await loop.write()).json()["id"]
    await loop.done(loop.teacher, id, "consent-request")
    told = await loop.act(loop.mother, id, "family-word", decision="granted")
    assert told.json()["code"] == "ground-missing"


async def test_a_full_program_puts_the_child_on_its_waiting_list_and_a_free_place_moves_it_on(
    students: House,
) -> None:
    loop = await Loop(students).begin(capacity=1)
    first = await a_student(students, school_id=loop.school, grade="03")
    taken = await engage(students, first, loop.program, DISTRICT)
    await move(students, taken, "enrolled", WORKER)
    id = await loop.accepted()
    waits = await loop.done(WORKER, id, "place")
    assert waits["state"] == "waitlisted"
    assert (await loop.act(WORKER, id, "place")).json()["code"] == "already-engaged"
    await move(students, taken, "withdrawn", WORKER, reason="moved")
    await loop.hear_own()
    assert (await loop.read(loop.mother, id)).json()["state"] == "enrolled"


async def test_a_service_without_an_engagement_is_told_with_day_and_minutes(
    students: House,
) -> None:
    loop = await Loop(students).begin()
    id = await loop.sent()
    early = await loop.act(WORKER, id, "service", minutes=30)
    assert early.json()["code"] == "state-not-next"
    await loop.done(WORKER, id, "acceptance")
    future = await loop.act(WORKER, id, "service", minutes=30, on=str(TODAY + timedelta(days=1)))
    assert future.json()["code"] == "date-in-future"
    served = await loop.done(WORKER, id, "service", minutes=30)
    assert (served["state"], served["service_by"]) == ("served", None)
    steps = (await loop.read(loop.mother, id, "/steps")).json()["items"]
    assert (steps[-1]["act"], steps[-1]["minutes"]) == ("served", 30)


async def test_the_sender_extends_the_last_day_once(students: House) -> None:
    loop = await Loop(students).begin()
    id = await loop.sent()
    await students.rows("update referral set expires_on = current_date returning id")
    extended = await loop.done(loop.teacher, id, "extension")
    assert date.fromisoformat(extended["expires_on"]) > TODAY + timedelta(days=12)
    assert (await loop.act(loop.teacher, id, "extension")).json()["code"] == "extended-before"


async def test_a_referral_sent_twice_by_a_phone_exists_once(students: House) -> None:
    loop = await Loop(students).begin()
    own = str(uuid4())
    first, again = await loop.write(id=own), await loop.write(id=own)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (await loop.write()).json()["code"] == "already-referred"
    another = await loop.write(DISTRICT, id=own)
    assert another.json()["code"] == "id-taken"


async def test_a_second_referral_is_refused_to_somebody_who_may_know_of_the_first(
    students: House,
) -> None:
    loop = await Loop(students).begin()
    id = await loop.sent()
    colleague = await an_educator(students)
    await a_class(students, loop.school, colleague, loop.child)
    for caller in (loop.teacher, loop.leader, DISTRICT):
        told = (await loop.write(caller)).json()
        assert told["code"] == "already-referred" and id in told["detail"]
    # A colleague may not know of it: the partner will say that it serves the child already.
    assert (await loop.write(colleague)).status_code == 201


async def test_a_need_names_no_diagnosis_and_a_referral_tells_no_other_part(
    students: House,
) -> None:
    loop = await Loop(students).begin()
    for words in ("ADHD, F90.0", "takes a Schedule II stimulant"):
        assert (await loop.write(need=words)).json()["code"] == "clinical-content"
    assert (await loop.write(need="Lives at 12 B20 Street, grade 3.5")).status_code == 201
    for parts in (["identity"], ["identity", "support", "notes"], []):
        assert (await loop.write(parts=parts)).status_code == 422


async def test_only_school_and_district_refer_and_a_hidden_child_is_an_absent_one(
    students: House,
) -> None:
    loop = await Loop(students).begin()
    for caller in (loop.mother, WORKER, SYSTEM):
        assert (await loop.write(caller)).json()["code"] == "permission-missing"
    stranger = await an_educator(students)
    hidden = await loop.write(stranger)
    absent = await loop.write(stranger, student_id=str(UUID(int=7)))
    assert hidden.json() == absent.json()
    assert hidden.json()["code"] == "student-unknown"


async def test_a_principal_reads_the_schools_referrals_and_changes_no_other_persons(
    students: House,
) -> None:
    loop = await Loop(students).begin()
    id = await loop.sent()
    colleague = await an_educator(students)
    await a_class(students, loop.school, colleague, loop.child)
    assert [each["id"] for each in await loop.listed(loop.leader)] == [id]
    assert await loop.listed(colleague) == []
    for act, body in (("withdrawal", {}), ("extension", {}), ("closing", {"outcome": "met"})):
        other = await loop.act(loop.leader, id, act, **body)
        assert other.json()["code"] == "referral-of-another", act
    assert (await loop.done(DISTRICT, id, "withdrawal"))["state"] == "withdrawn"


async def test_the_log_names_who_read_a_referral_and_on_which_consent(students: House) -> None:
    loop = await Loop(students).begin()
    id = await loop.sent()
    await loop.read(WORKER, id)
    [consent] = await students.rows("select id from consent")
    rows = await students.rows(
        "select categories, basis, consent_id, organization_id from disclosure"
        " where role = 'case_worker' and outcome = 'released'"
    )
    assert {(r["basis"], r["consent_id"], r["organization_id"]) for r in rows} == {
        ("consent", consent["id"], PARTNER_ID)
    }
    assert {part for row in rows for part in row["categories"]} == {"identity", "support"}


@pytest.mark.parametrize("kind", [DataClass.ENGAGEMENTS, DataClass.CONSENTS, DataClass.SUPPORT])
async def test_a_referral_may_outlive_its_consent_and_its_engagement_and_may_go_before_them(
    students: House, kind: DataClass
) -> None:
    loop = await Loop(students).begin()
    id = await loop.accepted()
    await loop.done(WORKER, id, "place")
    async with students.database.transaction() as session:
        await remove(session, loop.child, [kind])
    left = {
        table: len(await students.rows(f"select * from {table}"))
        for table in ("referral", "referral_step", "engagement", "consent")
    }
    gone = {
        DataClass.ENGAGEMENTS: {"engagement"}, DataClass.CONSENTS: {"consent"},
        DataClass.SUPPORT: {"referral", "referral_step"},
    }  # fmt: skip
    assert {table for table, rows in left.items() if rows == 0} == gone[kind]


async def test_figures_count_the_districts_children_a_partners_programs_and_a_teachers_own(
    students: House,
) -> None:
    loop = await Loop(students).begin()
    await loop.accepted()
    another = await an_educator(students)
    abroad = principal(Role.DISTRICT_ADMIN, partner_id=uuid4())
    counts = {}
    for name, caller in {"district": DISTRICT, "worker": WORKER, "teacher": loop.teacher,
                         "colleague": another, "abroad": abroad,
                         "other": OTHER_WORKER}.items():  # fmt: skip
        answer = await ask(students, caller, "GET", "/v1/referral-metrics?by=partner")
        assert answer.status_code == 200, answer.text
        told = answer.json()
        counts[name] = (told["all"]["sent"], told["all"]["accepted"], len(told["groups"]))
    one, none = (1, 1, 1), (0, 0, 0)
    assert counts == {"district": one, "worker": one, "teacher": one, "colleague": none,
                      "abroad": none, "other": none}  # fmt: skip
    assert (await ask(students, loop.mother, "GET", "/v1/referral-metrics")).status_code == 403
