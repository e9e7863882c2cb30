"""The start of tests of sharing: a partner that listens, an agreement, a family's consent, and
events about a child."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson

from services.students.access.reevaluations.actions import review_children
from services.students.audit.hash_chain import actions as hash_chain
from services.students.consent.consents.records import ConsentRow
from services.students.roster.contacts.records import StudentContactRow
from services.students.roster.people.records import PersonRow
from services.students.sharing.decisions import actions as decisions
from services.students.sharing.partner_reads import actions as partner_reads
from shared.contracts.partners.agreement import AgreementChanged, AgreementStatus, LegalBasis
from shared.contracts.partners.stream import StreamClosed, StreamOpened
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.students.attendance import AttendanceCounted
from shared.contracts.students.consent import ConsentStatus
from shared.persistence.database import Database
from tests.houses import House
from tests.students.people import DISTRICT_ID, PARTNER_ID, a_student

NOW = datetime.now(UTC)
TODAY = NOW.date()
STREAM_ID = uuid4()
ALL_YEAR = (TODAY - timedelta(days=100), TODAY + timedelta(days=100))


async def listen(students: House, partner_id: UUID = PARTNER_ID) -> None:
    stream_id = STREAM_ID if partner_id == PARTNER_ID else partner_id
    await students.hear(StreamOpened(stream_id=stream_id, partner_id=partner_id))


async def stop_listening(students: House, partner_id: UUID = PARTNER_ID) -> None:
    await students.hear(StreamClosed(stream_id=STREAM_ID, partner_id=partner_id))


async def agree(students: House, *categories: Category, **known: Any) -> AgreementChanged:
    fields: dict[str, Any] = {
        "agreement_id": uuid4(), "terms_version": 1, "status": AgreementStatus.IN_FORCE,
        "providers": [DISTRICT_ID], "recipients": [PARTNER_ID], "purpose": Purpose.SERVICE,
        "basis": LegalBasis.CONSENT, "categories": categories or [Category.ATTENDANCE],
        "program_ids": [], "school_ids": [], "grades": [], "retention_days": 0,
        "redisclosure_to": [], "starts_at": NOW - timedelta(days=50),
        "ends_at": NOW + timedelta(days=50),
    }  # fmt: skip
    agreement = AgreementChanged(**(fields | known))
    await students.hear(agreement)
    return agreement


async def a_family(students: House, **known: Any) -> tuple[UUID, UUID]:
    """A child and its legal guardian."""
    child = await a_student(students, **known)
    person = PersonRow(
        source=DISTRICT_ID, given_name="Fatou", family_name="Diallo", search_name="diallo fatou"
    )
    async with students.database.transaction() as session:
        session.add(person)
        await session.flush()
        session.add(
            StudentContactRow(
                student_id=child, contact_id=person.id, relation="Mother",
                legal_guardian="yes", legal_recorded=True,
            )
        )  # fmt: skip
    return child, person.id


async def consent(
    students: House, child: UUID, guardian: UUID, *categories: Category,
    status: ConsentStatus = ConsentStatus.GRANTED, partner_id: UUID = PARTNER_ID,
    period: tuple[date, date] = ALL_YEAR,
) -> ConsentRow:  # fmt: skip
    row = ConsentRow(
        student_id=child, status=status, partner_id=partner_id, purpose=Purpose.SERVICE,
        categories=list(categories or [Category.ATTENDANCE]), begins_on=period[0],
        ends_on=period[1], given_by=guardian, method="electronic", text="I agree to this.",
        text_version="1", language="en", recorded_by=uuid4(), decided_at=datetime.now(UTC),
    )  # fmt: skip
    async with students.database.transaction() as session:
        session.add(row)
        await review_children(session, [child])
    return row


async def revoke(students: House, row: ConsentRow) -> None:
    await withdraw(students, row)
    async with students.database.transaction() as session:
        await review_children(session, [row.student_id])


async def withdraw(students: House, row: ConsentRow) -> None:
    """Taken back, and nothing is re-evaluated yet."""
    row.status, row.decided_at = ConsentStatus.REVOKED, datetime.now(UTC)
    async with students.database.transaction() as session:
        await session.merge(row)


async def attend(students: House, child: UUID, days: int = 1) -> None:
    await students.hear(
        AttendanceCounted(
            student_id=child, school_id=None, school_year=2027, days_enrolled=days,
            days_attended=days, as_of=TODAY,
        )
    )  # fmt: skip


async def note_all(database: Database) -> None:
    """What stands in the disclosure log is sealed, and noted as read."""
    async with database.alone(hash_chain.WORK) as connection:
        await hash_chain.seal_waiting(connection)
    while True:
        async with database.transaction() as session:
            if not await partner_reads.note(session):
                return


async def share_all(database: Database) -> None:
    """Until nothing waits any more."""
    await note_all(database)
    await decide_all(database)


async def decide_all(database: Database) -> None:
    """All that is asked, whether or not what was read is noted."""
    while True:
        async with database.transaction() as session:
            if not await decisions.share(session):
                return


async def told(students: House, partner_id: UUID = PARTNER_ID) -> list[dict[str, Any]]:
    """What is in the partner's outbox once nothing waits, oldest first, each with its terms."""
    await share_all(students.database)
    rows = await students.rows(
        "select * from partner_outbox where partner_id = :id and type <> 'cleared' order by position",
        id=partner_id,
    )
    return [
        {"type": row["type"], "version": row["aggregate_version"],
         **orjson.loads(row["data"]), **orjson.loads(row["terms"])}
        for row in rows
    ]  # fmt: skip


def in_short(events: list[dict[str, Any]]) -> list[str]:
    """The category of what was told, with a star where it is history; `-` before what is to be
    deleted, `+` before what is not to be deleted any more."""
    signs = {"students.sharing.retracted.v1": "-", "students.retraction.withdrawn.v1": "+"}
    return [
        f"{signs[event['type']]}{','.join(event['categories'])}"
        if event["type"] in signs
        else f"{event['category']}{'*' if event.get('replayed') else ''}"
        for event in events
    ]
