"""Erasing a child, and completing the certificate from every service's confirmation."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.reevaluations.actions import review_children
from services.students.consent.consents import actions as consents
from services.students.consent.directory_information import actions as directory_information
from services.students.lifecycle.erasures import queries, rules
from services.students.lifecycle.erasures.records import ConfirmationRow, ErasureRow
from services.students.lifecycle.removals.actions import remove
from services.students.participation.engagements.actions import promote
from services.students.participation.programs.queries import program_row
from services.students.roster.contacts import actions as contacts
from services.students.roster.students import queries as students
from services.students.roster.students.records import StudentRow
from services.students.sharing.child_events import actions as child_events
from services.students.sharing.decisions.actions import records_gone
from shared.contracts.students.erasure import (
    DataClass,
    ErasureCertified,
    ErasureDraft,
    ErasureGround,
    ErasureStatus,
    StudentErased,
    categories_of,
)
from shared.core.days import day_of
from shared.events.erasure import forget
from shared.events.outbox import announce
from shared.imports.waiting import drop_waiting
from shared.security.principal import Principal

OWN = "students"


async def erase(
    session: AsyncSession,
    caller: Principal,
    student_id: UUID,
    draft: ErasureDraft,
    now: datetime,
) -> ErasureRow:
    """Erase all of a child's record, by its district. Its places go to the first students in line.
    What protects the child moves into its other records."""
    places = [
        await program_row(session, id) for id in await queries.placed_in(session, student_id)
    ]
    student = await students.student_row(session, caller, student_id)
    asked = await queries.is_asked(session, student_id)
    undecided = await queries.is_undecided(session, student_id)

    rules.ensure_may_be_erased(student.status, draft, asked=asked, undecided=undecided)

    for other in await queries.records_of_the_same(session, student_id):
        await _protect(session, await students.student_row(session, caller, other), student_id)
    row = await carry_out(
        session, student, list(DataClass), draft.ground, now, asked_by=caller.account_id
    )
    # A file that waits for a confirmation may still name the child.
    await drop_waiting(session, row.source)
    for program in places:
        await promote(session, program, day_of(now))
    return row


async def _protect(session: AsyncSession, child: StudentRow, erased_id: UUID) -> None:
    """Write into this record of the child what protects it in the one that is erased."""
    await contacts.protect(session, child, erased_id)
    await consents.protect(session, child.id, erased_id)
    await directory_information.protect(session, child, erased_id)


async def carry_out(
    session: AsyncSession,
    student: StudentRow,
    classes: Collection[DataClass],
    ground: ErasureGround,
    now: datetime,
    asked_by: UUID | None = None,
) -> ErasureRow:
    """Erase these classes of a child's data. The caller has locked the child."""
    student_id, source = student.id, student.source
    whole = DataClass.ROSTER in classes
    session.expunge(student)
    count, adults = await remove(session, student_id, classes)
    subjects = await forget(session, student_id) if whole else []
    # A re-evaluation writes the retractions for the partners that hold something of it.
    if whole:
        await review_children(session, [student_id])
    else:
        gone = categories_of(classes)
        await records_gone(session, student_id, gone)
        await child_events.forget(session, student_id, gone)

    row = ErasureRow(
        student_id=student_id, source=source, ground=ground, classes=sorted(classes),
        asked_by=asked_by, status=ErasureStatus.OPEN,
    )  # fmt: skip
    event = StudentErased(
        erasure_id=row.id, student_id=student_id, classes=sorted(classes),
        people=[student_id, *adults] if whole else adults,
    )  # fmt: skip
    announce(session, row, event, purges=subjects)
    await session.flush()
    session.add(ConfirmationRow(erasure_id=row.id, service=OWN, at=now, rows=count))
    return row


async def confirm(
    session: AsyncSession, erasure_id: UUID, service: str, rows: int, now: datetime
) -> None:
    """Record one service's confirmation. The last one completes the certificate."""
    erasure = await queries.erasure_row(session, erasure_id)
    await session.merge(ConfirmationRow(erasure_id=erasure_id, service=service, at=now, rows=rows))
    await session.flush()
    confirmed = await queries.confirmed(session, erasure_id)

    if erasure.status == ErasureStatus.CERTIFIED or not rules.complete(confirmed):
        return

    erasure.status, erasure.certified_at = ErasureStatus.CERTIFIED, now

    certified = ErasureCertified(erasure_id=erasure.id, student_id=erasure.student_id)
    announce(session, erasure, certified)
