"""Every route that discloses data about a child × every state of agreement and consent × the
viewer's relation to the child: the answer, and its row in the log."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.students.access.agreements.records import KnownAgreementRow
from services.students.consent.consents.records import ConsentRow
from services.students.participation.attendance.records import (
    AttendanceMarkRow,
    AttendanceTotalRow,
)
from services.students.roster.contacts.records import ContactRestrictionRow, StudentContactRow
from services.students.roster.people.records import PersonRow
from shared.contracts.students.access import Category
from shared.contracts.students.school import NO_SCHOOL
from shared.security.principal import Principal, Role
from tests.access.roles import table
from tests.houses import House, principal
from tests.promised import promise
from tests.students.people import (
    DISTRICT,
    DISTRICT_ID,
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
)
from tests.together import pictures

C = Category
ROOT = Path(__file__).parents[2]
NOW = datetime.now(UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AGREED = {C.IDENTITY, C.CONTACTS, C.ATTENDANCE, C.RESOURCES}
CONSENTED = {C.IDENTITY, C.ATTENDANCE, C.RESOURCES, C.MEASURES, C.DEMOGRAPHICS}
OWN = {C.IDENTITY, C.ENGAGEMENT, C.DOSAGE, C.NOTES}
WHOLE = set(Category)
SYSTEM = principal(Role.PARTNER_SYSTEM, partner_id=PARTNER_ID)

# state → (what the copy of the agreement says, whether anything may flow)
AGREEMENTS: dict[str, tuple[dict[str, Any] | None, bool]] = {
    "none": (None, False),
    "a draft": ({"status": "draft"}, False),
    "proposed, unsigned": ({"status": "proposed"}, False),
    "signed, not begun": ({"status": "signed", "starts_at": NOW + HOUR}, False),
    "signed, and begun a moment ago": ({"status": "signed"}, True),
    "in force": ({}, True),
    "in force, of another purpose": ({"purpose": "study"}, False),
    "in force, with another partner": ({"recipients": [uuid4()]}, False),
    "in force, of another district": ({"providers": [uuid4()]}, False),
    "in force, for other grades": ({"grades": ["12"]}, False),
    "suspended": ({"status": "suspended"}, False),
    "ended": ({"status": "ended"}, False),
    "expired, and nobody said so yet": ({"ends_at": NOW - HOUR}, False),
}
# state → (the family's words, oldest first; whether the last yes holds)
CONSENTS: dict[str, tuple[list[dict[str, Any]], bool]] = {
    "none": ([], False),
    "granted": ([{}], True),
    "granted to all such organizations": (
        [{"partner_id": None, "partner_kind": "community_organization"}], True),
    "granted to another": ([{"partner_id": uuid4()}], False),
    "granted for another purpose": ([{"purpose": "study"}], False),
    "granted from tomorrow": ([{"begins_on": NOW.date() + DAY}], False),
    "granted until yesterday": ([{"ends_on": NOW.date() - DAY}], False),
    "refused": ([{"status": "refused"}], False),
    "revoked": ([{"status": "revoked"}], False),
    "granted, then refused by the other parent": ([{}, {"status": "refused", "by": "other"}], False),
    "refused, then granted": ([{"status": "refused"}, {}], True),
    "granted by who has no rights": ([{"by": "stranger"}], False),
}  # fmt: skip
# What each route needs released; a route about a child that is in no table fails below.
NEEDS: dict[str, Category | None] = {
    "/v1/students/{id}": None,
    "/v1/students/{id}/contacts": C.CONTACTS,
    "/v1/students/{id}/attendance/days": C.ATTENDANCE,
    "/internal/students/{id}/picture": None,
    "/internal/students/{id}/grant?category=resources": C.RESOURCES,
    "/internal/students/{id}/grant?category=measures": C.MEASURES,
}
LISTS = {
    "/v1/students?identifier=": None,
    "/v1/attendance?student_id={id}": C.ATTENDANCE,
    "/internal/visible?category=attendance&ids={id}": C.ATTENDANCE,
    "/internal/visible?category=demographics&ids={id}": C.DEMOGRAPHICS,
}


class Family:
    """A child with everything that can be told of it."""

    child: UUID
    mother: UUID
    father: UUID
    stranger: UUID
    teacher: Principal
    leader: Principal


async def a_family(students: House, *, engaged: bool) -> Family:
    made = Family()
    await a_partner(students)
    school = await a_school(students)
    made.child = await a_student(students, school_id=school, grade="05")
    made.teacher = await an_educator(students)
    made.leader = await a_leader(students, school)
    await a_class(students, school, made.teacher, made.child)
    async with students.database.transaction() as session:
        for name, legal in (("mother", "yes"), ("father", "yes"), ("stranger", "no")):
            person = PersonRow(
                source=DISTRICT_ID, given_name="A", family_name="B", search_name="b"
            )
            session.add(person)
            await session.flush()
            setattr(made, name, person.id)
            session.add(StudentContactRow(student_id=made.child, contact_id=person.id,
                                          relation="parent", legal_guardian=legal))  # fmt: skip
        session.add(AttendanceMarkRow(student_id=made.child, held_on=date(2026, 1, 5),
                                      school_id=NO_SCHOOL, category="In Attendance"))  # fmt: skip
        session.add(AttendanceTotalRow(student_id=made.child, school_year=2026, days_enrolled=1,
                                       days_attended=1, days_excused=0, days_tardy=0,
                                       as_of=date(2026, 1, 5)))  # fmt: skip
    if engaged:
        begun = await engage(students, made.child, await a_program(students), stage="active")
        assert "id" in begun, begun
    return made


async def agree(students: House, terms: dict[str, Any] | None) -> None:
    async with students.database.transaction() as session:
        if terms is not None:
            session.add(KnownAgreementRow(**{
                "agreement_id": uuid4(), "terms_version": 1, "status": "in_force",
                "providers": [DISTRICT_ID], "recipients": [PARTNER_ID], "purpose": "service",
                "basis": "consent", "categories": sorted(AGREED), "program_ids": [],
                "school_ids": [], "grades": [], "redisclosure_to": [], "starts_at": NOW - HOUR,
                "ends_at": NOW + DAY} | terms))  # fmt: skip


async def say(students: House, family: Family, words: list[dict[str, Any]]) -> None:
    async with students.database.transaction() as session:
        for order, word in enumerate(words):
            said = dict(word)
            by = {"other": family.father, "stranger": family.stranger}.get(
                said.pop("by", ""), family.mother
            )
            session.add(ConsentRow(**{
                "student_id": family.child, "status": "granted", "partner_id": PARTNER_ID,
                "purpose": "service", "categories": sorted(CONSENTED),
                "begins_on": NOW.date() - DAY, "ends_on": NOW.date() + DAY, "given_by": by,
                "method": "electronic", "text": "I agree that …", "text_version": "1",
                "language": "en", "recorded_by": uuid4(),
                "decided_at": NOW - HOUR + order * timedelta(minutes=1)} | said))  # fmt: skip


async def seen(students: House, viewer: Principal, child: UUID) -> dict[str, Any]:
    """What each route answers this viewer."""
    answers = {}
    async with students.calling(viewer) as http:
        for path in (*NEEDS, *LISTS):
            answers[path] = await http.get(path.replace("{id}", str(child)))
    alone = answers["/internal/students/{id}/picture"]
    [_, together] = await pictures(students, [(OTHER_WORKER, child), (viewer, child)])
    told = {name: part for name, part in alone.json().items() if name != "grant"}
    assert together == (alone.status_code, told)
    return answers


def check(answers: dict[str, Any], child: UUID, released: set[Category]) -> None:
    for path, needed in NEEDS.items():
        answer = answers[path]
        if not released:
            assert (answer.status_code, answer.json()["code"]) == (404, "student-unknown"), path
        elif needed is not None and needed not in released:
            assert (answer.status_code, answer.json()["code"]) == (403, "category-withheld"), path
        else:
            assert answer.status_code == 200, (path, answer.text)
    for path, needed in LISTS.items():
        if needed is not None:
            found = answers[path].json()
            items = found["items"] if isinstance(found, dict) else found
            assert bool(items) == (needed in released), path
    if released:
        told = answers["/v1/students/{id}"].json()
        assert {c["category"] for c in told["access"]["released"]} == released
        assert (told["given_name"] is not None) == (C.IDENTITY in released)
        assert (told["demographics"] is not None) == (C.DEMOGRAPHICS in released)
        picture = answers["/internal/students/{id}/picture"].json()
        assert set(picture["withheld"]) == WHOLE - released
        for part in ("contacts", "attendance", "dosage"):
            assert (picture[part] is not None) == (Category(part) in released), part


@promise(
    "Access and privacy",
    "A partner gets of a child the parts that agreement, consent and purpose all name, and "
    "nothing else.",
)
@pytest.mark.parametrize("engaged", [True, False], ids=["engaged", "no engagement"])
@pytest.mark.parametrize("agreement", AGREEMENTS)
async def test_a_partner_gets_the_parts_that_agreement_and_consent_both_name_and_nothing_else(
    students: House, agreement: str, engaged: bool
) -> None:
    terms, flows = AGREEMENTS[agreement]
    await agree(students, terms)
    for consent in CONSENTS if flows else ("none", "granted", "refused"):
        words, holds = CONSENTS[consent]
        family = await a_family(students, engaged=engaged)
        await say(students, family, words)
        wanted = (OWN if engaged else set()) | (AGREED & CONSENTED if flows and holds else set())
        for viewer in (WORKER, SYSTEM):
            answers = await seen(students, viewer, family.child)
            try:
                check(answers, family.child, wanted)
            except AssertionError as error:
                raise AssertionError(
                    f"agreement {agreement}, consent {consent}: {error}"
                ) from error
            await check_log(students, viewer, family.child, wanted)
        check(await seen(students, OTHER_WORKER, family.child), family.child, set())


async def check_log(
    students: House, viewer: Principal, child: UUID, released: set[Category]
) -> None:
    """Exactly what was released is written down as released, each with one basis."""
    rows = await students.rows(
        "select outcome, basis, categories, agreement_id, consent_id from disclosure"
        " where account_id = :account and student_id = :child",
        account=viewer.account_id, child=child,
    )  # fmt: skip
    told = {Category(c) for row in rows if row["outcome"] == "released" for c in row["categories"]}
    assert told == released - {C.NOTES}
    for row in rows:
        if row["outcome"] == "refused":
            assert (row["basis"], row["consent_id"]) == (None, None)
        else:
            assert row["basis"] in {"own_record", "consent"}
            assert (row["basis"] == "consent") == (row["consent_id"] is not None)
            assert (row["basis"] == "consent") == (row["agreement_id"] is not None)


async def test_family_and_school_read_their_own_child_without_an_agreement_and_strangers_get_nothing(
    students: House,
) -> None:
    family = await a_family(students, engaged=False)
    async with students.database.transaction() as session:
        session.add(ContactRestrictionRow(
            student_id=family.child, contact_id=family.father, kind="no-contact",
            begins_on=NOW.date(), document_reference="FC 1"))  # fmt: skip
    expected: list[tuple[Principal, set[Category]]] = [
        (DISTRICT, WHOLE),
        (family.teacher, WHOLE - {C.DEMOGRAPHICS, C.NOTES}),
        (family.leader, WHOLE - {C.DEMOGRAPHICS}),
        (of_district(Role.GUARDIAN, family.mother), WHOLE),
        (of_district(Role.STUDENT, family.child), WHOLE),
        (of_district(Role.GUARDIAN, family.father), set()),
        (of_district(Role.GUARDIAN, family.stranger), set()),
        (of_district(Role.STUDENT, uuid4()), set()),
        (of_district(Role.EDUCATOR, uuid4()), set()),
        (principal(Role.DISTRICT_ADMIN, partner_id=uuid4()), set()),
        (principal(Role.GUARDIAN, partner_id=uuid4(), person_id=family.mother), set()),
        (principal(Role.EDUCATOR, partner_id=uuid4(), person_id=family.teacher.person_id), set()),
    ]
    for viewer, released in expected:
        check(await seen(students, viewer, family.child), family.child, released)


def of_district(role: Role, person_id: UUID) -> Principal:
    return principal(role, partner_id=DISTRICT_ID, person_id=person_id)


def test_every_route_that_names_a_child_is_tried_here_unless_it_changes_something() -> None:
    tried = {path.partition("?")[0].replace("{id}", "{student_id}") for path in NEEDS}
    there = {
        route.removeprefix("GET ")
        for route in table()["students"]
        if route.startswith("GET ") and "{student_id}" in route
    }
    assert there - tried - ELSEWHERE.keys() == set()
    there = {test.stem for test in (ROOT / "tests" / "students").rglob("test_*.py")}
    assert set(ELSEWHERE.values()) - there == set()


ELSEWHERE = {
    "/v1/students/{student_id}/notes": "test_notes",
    "/v1/students/{student_id}/notes/{note_id}": "test_notes",
    "/v1/students/{student_id}/amendments": "test_amendments",
    "/v1/students/{student_id}/amendments/{amendment_id}": "test_amendments",
    "/v1/students/{student_id}/consents": "test_consent_routes",
    "/v1/students/{student_id}/consents/{consent_id}": "test_consent_routes",
    "/v1/students/{student_id}/directory-information": "test_directory_information",
    "/v1/students/{student_id}/disclosures": "test_accounting",
    "/v1/students/{student_id}/access": "test_access_simulator",
    "/internal/students/{student_id}/export": "test_exports",
    "/internal/students/{student_id}/opportunities": "test_eligible_programs",
}
"""Routes about a child whose own tests try the viewers."""


@promise(
    "Access and privacy",
    "A hidden child and an absent one are answered alike, to the byte, and leave the same behind.",
)
async def test_a_hidden_child_and_an_absent_one_are_answered_alike_in_everything(
    students: House,
) -> None:
    family = await a_family(students, engaged=False)
    for viewer in (WORKER, OTHER_WORKER, of_district(Role.GUARDIAN, family.stranger)):
        hidden = await seen(students, viewer, family.child)
        absent = await seen(students, viewer, uuid4())
        for path in hidden:
            assert hidden[path].status_code == absent[path].status_code, path
            assert hidden[path].content == absent[path].content, path
            assert dict(hidden[path].headers) == dict(absent[path].headers), path
    # The same is written of both, so that neither costs more than the other.
    rows = await students.rows("select outcome, count(distinct student_id) as n from disclosure "
                               "group by outcome")  # fmt: skip
    assert [(row["outcome"], row["n"]) for row in rows] == [("refused", 4)]
