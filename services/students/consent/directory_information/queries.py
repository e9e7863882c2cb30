"""The family's choice on directory information, as the caller may see it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures.queries import refusal
from services.students.access.policy.rules import Decision
from services.students.access.same_child.queries import every_record, opted_out
from services.students.consent.directory_information.records import (
    DirectoryChoiceRow,
    directory_choice,
)
from services.students.consent.signers import queries as signers
from services.students.consent.signers.rules import SPEAKING
from services.students.roster.students.records import StudentRow, student
from shared.contracts.students.access import Category
from shared.contracts.students.directory import DirectoryInformation
from shared.persistence.queries import columns, one, row_for_change, unknown
from shared.security.principal import Principal

SAID = frozenset({"said_by", "recorded_by", "method", "said_at"})


async def information(
    session: AsyncSession, caller: Principal, student_id: UUID
) -> tuple[DirectoryInformation, Decision]:
    """The latest choice: for the family and the district. Refuses as `access.decided`."""
    _, decision = await signers.known(session, caller, student_id, Category.IDENTITY)
    if decision.relation not in SPEAKING:
        raise unknown("student", keeping=refusal(caller, student_id, [Category.IDENTITY]))
    named = [c for c in columns(DirectoryInformation, DirectoryChoiceRow) if c.key in SAID]
    last = (
        select(*named)
        .where(directory_choice.student_id == student.id)
        .order_by(directory_choice.id.desc())
        .limit(1)
        .lateral()
    )
    found = (
        select(
            student.id.label("student_id"),
            student.version,
            opted_out(student).label("opted_out"),
            *last.c,
        )
        .outerjoin(last, true())
        .where(student.id == student_id)
    )
    return await one(session, found, DirectoryInformation, "student"), decision


async def child_row(session: AsyncSession, student_id: UUID) -> StudentRow:
    """For change. The caller has checked that the signer may decide for the child."""
    return await row_for_change(session, StudentRow, student_id, "student")


async def opt_out_row(
    session: AsyncSession, student_id: UUID, other_id: UUID
) -> DirectoryChoiceRow | None:
    """The latest opt-out in the other record of the child, where this one has none of its own and
    the other's holds in it."""
    holds = (
        select(student.id)
        .where(student.id == student_id, ~student.directory_opt_out, opted_out(student))
        .exists()
    )
    found = (
        select(DirectoryChoiceRow)
        .where(directory_choice.student_id == other_id, directory_choice.opted_out, holds)
        .order_by(directory_choice.id.desc())
        .limit(1)
    )
    row: DirectoryChoiceRow | None = (await session.execute(found)).scalar_one_or_none()
    return row


async def last_opt_out(session: AsyncSession, student_id: UUID) -> datetime | None:
    """The moment of the latest opt-out, in this record or in another one of the child; None
    without one."""
    found = select(func.max(directory_choice.said_at)).where(
        directory_choice.student_id.in_(every_record(student_id)), directory_choice.opted_out
    )
    said: datetime | None = (await session.execute(found)).scalar_one()
    return said
