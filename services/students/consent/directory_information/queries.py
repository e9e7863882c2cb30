"""Who has opted out of directory information, as the caller may know it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures.queries import refusal
from services.students.access.policy.rules import Decision
from services.students.consent.directory_information.records import DirectoryChoiceRow
from services.students.consent.signers import queries as signers
from services.students.consent.signers.rules import SPEAKING
from services.students.roster.students.records import StudentRow
from shared.contracts.students.access import Category
from shared.contracts.students.directory import DirectoryInformation
from shared.persistence.queries import columns, one, row_for_change, unknown
from shared.security.principal import Principal

S: Any = StudentRow  # columns, where mypy would see values
D: Any = DirectoryChoiceRow
SAID = frozenset({"said_by", "recorded_by", "method", "said_at"})


async def information(
    session: AsyncSession, caller: Principal, student_id: UUID
) -> tuple[DirectoryInformation, Decision]:
    """For the family and the district. Refuses as `access.decided`."""
    _, decision = await signers.known(session, caller, student_id, Category.IDENTITY)
    if decision.relation not in SPEAKING:
        raise unknown("student", keeping=refusal(caller, student_id, [Category.IDENTITY]))
    named = [c for c in columns(DirectoryInformation, DirectoryChoiceRow) if c.key in SAID]
    last = select(*named).where(D.student_id == S.id).order_by(D.id.desc()).limit(1).lateral()
    found = (
        select(
            S.id.label("student_id"), S.version, S.directory_opt_out.label("opted_out"), *last.c
        )
        .outerjoin(last, true())
        .where(S.id == student_id)
    )
    return await one(session, found, DirectoryInformation, "student"), decision


async def child_row(session: AsyncSession, student_id: UUID) -> StudentRow:
    """For change; whoever calls this may speak for the child."""
    return await row_for_change(session, StudentRow, student_id, "student")


async def last_opt_out(session: AsyncSession, student_id: UUID) -> datetime | None:
    """When somebody last said so."""
    found = select(func.max(D.said_at)).where(D.student_id == student_id, D.opted_out)
    said: datetime | None = (await session.execute(found)).scalar_one()
    return said
