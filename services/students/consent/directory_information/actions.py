"""Opting out of directory information, and in again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.access.reevaluations.actions import review_children
from services.students.consent.consents import rules as consents
from services.students.consent.directory_information import queries
from services.students.consent.directory_information.records import DirectoryChoiceRow
from services.students.consent.signers import queries as signers
from services.students.roster.students import actions as students
from services.students.roster.students.records import StudentRow
from shared.contracts.students.access import Category
from shared.contracts.students.directory import DirectoryChoice, DirectoryInformation
from shared.http.etags import ensure_version
from shared.security.principal import Principal


async def disclose_information(
    session: AsyncSession, caller: Principal, student_id: UUID
) -> DirectoryInformation:
    """The family's choice, after writing down the release."""
    found, decision = await queries.information(session, caller, student_id)
    disclosures.release(session, caller, student_id, decision, [Category.IDENTITY])
    return found


async def protect(session: AsyncSession, student: StudentRow, erased_id: UUID) -> None:
    """Write into this record of a child an opt-out that holds by another, which is erased."""
    out = await queries.opt_out_row(session, student.id, erased_id)
    if out is not None:
        student.directory_opt_out = True
        own = out.model_dump(exclude={"id"}) | {"student_id": student.id}
        session.add(DirectoryChoiceRow(**own))


async def choose(
    session: AsyncSession, caller: Principal, student_id: UUID, expected: int,
    choice: DirectoryChoice, now: datetime,
) -> None:  # fmt: skip
    """Record the choice of a person with rights today, or by the district from paper. Rosters do not
    change it, and it stands when the child leaves."""
    _, said_by = await signers.speaking(session, caller, student_id, choice)
    student = await queries.child_row(session, student_id)
    ensure_version(student, expected)

    if choice.signed_on is not None and not choice.opted_out:
        said = consents.said_at(choice.signed_on, now)
        consents.ensure_last_word(said, await queries.last_opt_out(session, student_id))

    student.directory_opt_out = choice.opted_out
    session.add(
        DirectoryChoiceRow(
            student_id=student_id, opted_out=choice.opted_out, said_by=said_by, said_at=now,
            recorded_by=caller.account_id, method=choice.method, signed_on=choice.signed_on,
        )
    )  # fmt: skip

    students.announce_child(session, student)
    await review_children(session, [student_id])
