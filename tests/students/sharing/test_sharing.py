"""The messages of a partner's stream: the parts that the policy releases to it, with their history."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from services.students.roster.students.records import StudentIdentifierRow
from shared.contracts.outcomes.measure import MeasureChanged, MeasureKind
from shared.contracts.partners.agreement import LegalBasis
from shared.contracts.purpose import Purpose
from shared.contracts.resources.assignment import AssignmentMade
from shared.contracts.students.access import Category
from shared.contracts.students.dosage import DosageCounted
from tests.houses import House
from tests.promised import promise
from tests.students.people import (
    PARTNER_ID,
    a_class,
    a_program,
    a_school,
    an_educator,
    engage,
)
from tests.students.streams import (
    NOW,
    STREAM_ID,
    TODAY,
    a_family,
    agree,
    attend,
    consent,
    in_short,
    listen,
    told,
)


async def measure(students: House, child: Any) -> None:
    await students.hear(
        MeasureChanged(
            student_id=child, measure=MeasureKind.ATTENDANCE_RATE, school_year=2027, numerator=1,
            denominator=1, holds=None,
        ),
        aggregate_id=uuid4(),
    )  # fmt: skip


async def dose(students: House, child: Any, partner_id: Any) -> None:
    await students.hear(
        DosageCounted(
            engagement_id=uuid4(), student_id=child, program_id=uuid4(), partner_id=partner_id,
            planned_minutes=60, delivered_minutes=30, sessions_planned=2, sessions_attended=1,
            as_of=TODAY,
        )
    )  # fmt: skip


@promise(
    "Access and privacy",
    "A partner's stream carries the parts that agreement, consent and purpose all open.",
)
async def test_a_partners_stream_carries_only_the_parts_that_agreement_and_consent_both_name(
    students: House,
) -> None:
    await listen(students)
    agreement = await agree(students, Category.ATTENDANCE, Category.MEASURES)
    child, guardian = await a_family(students)
    word = await consent(students, child, guardian, Category.ATTENDANCE)
    await attend(students, child)
    await measure(students, child)
    [event] = await told(students)
    assert event.pop("happened_at")
    assert event == {
        "type": "students.sharing.told.v1",
        "version": 1,
        "student_id": str(child),
        "own_id": None,
        "category": "attendance",
        "what": "students.attendance.counted.v1",
        "record_id": None,
        "link": f"/v1/views/students/{child}",
        "statement": False,
        "purpose": "service",
        "consentref": str(word.id),
        "agreementref": str(agreement.agreement_id),
        "noredisclosure": True,
    }


async def test_an_event_names_the_further_recipients_that_the_agreement_names(
    students: House,
) -> None:
    await listen(students)
    parties = [uuid4(), uuid4()]
    await agree(students, Category.ATTENDANCE, redisclosure_to=parties)
    child, guardian = await a_family(students)
    await consent(students, child, guardian, Category.ATTENDANCE)
    await attend(students, child)
    [event] = await told(students)
    assert event["noredisclosure"] is False
    assert event["redisclosureto"].split(",") == [str(party) for party in parties]


@promise("Access and privacy", "Each message of a partner's stream stands in the disclosure log.")
async def test_each_message_stands_in_the_disclosure_log_under_its_one_basis(
    students: House,
) -> None:
    await listen(students)
    agreement = await agree(students)
    child, guardian = await a_family(students)
    word = await consent(students, child, guardian)
    await attend(students, child)
    assert len(await told(students)) == 1
    [row] = await students.rows("select * from disclosure where channel = 'event'")
    named = ("student_id", "account_id", "organization_id", "role", "purpose", "basis")
    assert {name: row[name] for name in named} == {
        "student_id": child, "account_id": STREAM_ID, "organization_id": PARTNER_ID,
        "role": "partner_system", "purpose": "service", "basis": "consent",
    }  # fmt: skip
    assert (row["agreement_id"], row["consent_id"]) == (agreement.agreement_id, word.id)
    assert row["categories"] == ["attendance"]


async def test_where_no_partner_listens_no_event_waits_and_none_is_disclosed(
    students: House,
) -> None:
    await agree(students)
    child, guardian = await a_family(students)
    await consent(students, child, guardian)
    await attend(students, child)
    assert await told(students) == []
    [kept] = await students.rows("select waiting, category from child_event")
    assert kept == {"waiting": False, "category": "attendance"}


@promise(
    "Access and privacy",
    "After a grant the partner gets the history that it opens, from its start and in order.",
)
async def test_a_new_consent_is_followed_by_the_history_in_order_from_its_start(
    students: House,
) -> None:
    await listen(students)
    await agree(students)
    child, guardian = await a_family(students)
    for day in range(1, 4):
        await attend(students, child, day)
    assert await told(students) == []
    await age(students, 1, days=60)
    await consent(students, child, guardian)
    await attend(students, child, 4)
    events = await told(students)
    assert in_short(events) == ["attendance*", "attendance*", "attendance"]
    assert [event["version"] for event in events] == [1, 2, 3]


async def age(students: House, position: int, days: int) -> None:
    """As if it had happened so long ago: before the agreement began."""
    async with students.database.transaction() as session:
        await session.execute(
            text("update child_event set time = now() - make_interval(days => :days)"
                 " where position = :position"),
            {"days": days, "position": position},
        )  # fmt: skip


async def test_an_agreement_that_comes_into_force_is_followed_by_its_history(
    students: House,
) -> None:
    await listen(students)
    child, _ = await a_family(students)
    await attend(students, child)
    assert await told(students) == []
    await agree(students, basis=LegalBasis.STUDIES, purpose=Purpose.STUDY)
    events = await told(students)
    assert in_short(events) == ["attendance*"]
    assert (events[0]["purpose"], "consentref" in events[0]) == ("study", False)


async def test_a_partner_that_begins_to_listen_gets_the_events_that_it_missed(
    students: House,
) -> None:
    await agree(students)
    child, guardian = await a_family(students)
    await consent(students, child, guardian)
    await attend(students, child)
    await listen(students)
    assert in_short(await told(students)) == ["attendance*"]


async def test_an_engagement_opens_to_the_partner_its_own_records_alone(
    students: House,
) -> None:
    await listen(students)
    child, _ = await a_family(students)
    await engage(students, child, await a_program(students), stage="active")
    await students.hear(AssignmentMade(
        assignment_id=uuid4(), resource_id=uuid4(), collection_id=None, student_id=child,
        class_id=None, partner_id=PARTNER_ID, due_on=None,
    ))  # fmt: skip
    await dose(students, child, PARTNER_ID)
    await dose(students, child, uuid4())
    events = await told(students)
    assert in_short(events) == ["dosage"]
    assert events[0]["record_id"] is not None
    assert await withheld(students) == {
        ("dosage", "Of this only what the partner recorded itself is open to it."): 1,
        (
            "resources",
            "No agreement in force lets this organization have this of the child: learning resources.",
        ): 1,
    }


async def withheld(students: House) -> dict[tuple[str, str], int]:
    rows = await students.rows("select * from sharing_count where clause <> ''")
    return {(row["category"], row["clause"]): row["count"] for row in rows}


async def test_a_withheld_event_is_counted_with_the_reason(students: House) -> None:
    await listen(students)
    await agree(students)
    child, _ = await a_family(students)
    await attend(students, child)
    await attend(students, child, 2)
    assert await told(students) == []
    clause = "An agreement allows this once the family consents: school attendance."
    assert await withheld(students) == {("attendance", clause): 2}


async def test_a_child_appears_under_the_partners_own_identifier_too(students: House) -> None:
    await listen(students)
    await agree(students)
    child, guardian = await a_family(students)
    await consent(students, child, guardian)
    async with students.database.transaction() as session:
        session.add(
            StudentIdentifierRow(student_id=child, source=PARTNER_ID, kind="client", value="R-17")
        )
    await attend(students, child)
    assert [event["own_id"] for event in await told(students)] == ["R-17"]


async def test_an_assignment_to_a_class_is_disclosed_for_each_child_in_it(students: House) -> None:
    await listen(students)
    await agree(students, Category.RESOURCES, basis=LegalBasis.STUDIES, purpose=Purpose.STUDY)
    (one, _), (other, _), (outside, _) = [await a_family(students) for _ in range(3)]
    lesson = await a_class(
        students, await a_school(students), await an_educator(students), one, other
    )
    await students.hear(AssignmentMade(
        assignment_id=uuid4(), resource_id=uuid4(), collection_id=None, student_id=None,
        class_id=lesson, partner_id=None, due_on=None,
    ))  # fmt: skip
    about = {event["student_id"] for event in await told(students)}
    assert about == {str(one), str(other)}
    assert str(outside) not in about


async def test_an_event_heard_twice_is_disclosed_once(students: House) -> None:
    await listen(students)
    await agree(students)
    child, guardian = await a_family(students)
    await consent(students, child, guardian)
    await attend(students, child)
    students.versions[child] -= 1
    await attend(students, child)
    assert len(await told(students)) == 1


async def test_each_partner_gets_a_decision_of_its_own(students: House) -> None:
    other = uuid4()
    await listen(students)
    await listen(students, other)
    await agree(students, recipients=[PARTNER_ID, other])
    child, guardian = await a_family(students)
    await consent(students, child, guardian, partner_id=other)
    await attend(students, child)
    assert (await told(students), in_short(await told(students, other))) == ([], ["attendance"])


async def test_an_agreement_that_has_not_begun_opens_nothing_until_it_begins(
    students: House,
) -> None:
    await listen(students)
    await agree(students, starts_at=NOW + timedelta(days=2))
    child, guardian = await a_family(students)
    await consent(students, child, guardian)
    await attend(students, child)
    assert await told(students) == []
