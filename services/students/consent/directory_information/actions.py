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
from shared.contracts.students.access import Category
from shared.contracts.students.directory import DirectoryChoice, DirectoryInformation
from shared.http.etags import ensure_version
from shared.security.principal import Principal


async def tell_information(
    session: AsyncSession, caller: Principal, student_id: UUID
) -> DirectoryInformation:
    """With the release written down."""
    found, decision = await queries.information(session, caller, student_id)
    disclosures.release(session, caller, student_id, decision, [Category.IDENTITY])
    return found


async def choose(
    session: AsyncSession, caller: Principal, student_id: UUID, expected: int,
    choice: DirectoryChoice, now: datetime,
) -> None:  # fmt: skip
    """By somebody with rights today, or from paper by the district. Rosters do not touch it, and
    it stays when the child leaves."""
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

    students.tell(session, student)
    await review_children(session, [student_id])
