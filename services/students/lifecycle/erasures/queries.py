"""Erasures and their certificates, for the district that kept the record."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures.records import disclosure
from services.students.access.same_child.queries import alike, other_records
from services.students.lifecycle.amendments.records import amendment
from services.students.lifecycle.erasures.records import (
    ConfirmationRow,
    ErasureRow,
    erasure,
    erasure_confirmation,
)
from services.students.participation.engagements.records import engagement
from services.students.sharing.retractions.records import retraction
from shared.contracts.students.amendment import AmendmentStatus
from shared.contracts.students.engagement import LIVE_STAGES
from shared.contracts.students.erasure import Confirmation, Erasure, ErasureStatus
from shared.contracts.students.possible_duplicate import DuplicateStatus
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, json_rows, one, row_for_change
from shared.security.principal import Principal

NOUN = "erasure"


def _told(caller: Principal) -> Select[Any]:
    kept = (
        select(func.count()).where(disclosure.student_id == erasure.student_id).correlate(erasure)
    )
    unreceived = (
        select(func.count())
        .where(
            retraction.student_id == erasure.student_id,
            retraction.received_at.is_(None),
            retraction.withdrawn_at.is_(None),
        )
        .correlate(erasure)
    )
    confirmed = (
        select(*columns(Confirmation, ConfirmationRow))
        .where(erasure_confirmation.erasure_id == erasure.id)
        .correlate(erasure)
    )
    return select(
        *columns(Erasure, ErasureRow),
        json_rows(confirmed).label("confirmations"),
        kept.scalar_subquery().label("disclosures_kept"),
        unreceived.scalar_subquery().label("receipts_open"),
    ).where(erasure.source == caller.partner_id)


async def erasures(
    reader: Reading, caller: Principal, paging: PageRequest, status: ErasureStatus | None
) -> Page[Erasure]:
    found = _told(caller)
    if status is not None:
        found = found.where(erasure.status == status)
    return await page(reader, found, Erasure, paging, by=[erasure.id], descending=True)


async def one_erasure(reader: Reading, caller: Principal, erasure_id: UUID) -> Erasure:
    return await one(reader, _told(caller).where(erasure.id == erasure_id), Erasure, NOUN)


async def erasure_row(session: AsyncSession, erasure_id: UUID) -> ErasureRow:
    return await row_for_change(session, ErasureRow, erasure_id, NOUN)


async def confirmed(session: AsyncSession, erasure_id: UUID) -> list[str]:
    found = select(erasure_confirmation.service).where(
        erasure_confirmation.erasure_id == erasure_id
    )
    return list((await session.execute(found)).scalars())


async def is_asked(session: AsyncSession, student_id: UUID) -> bool:
    """Whether the family waits for a decision on an amendment."""
    found = select(amendment.id).where(
        amendment.student_id == student_id, amendment.status == AmendmentStatus.ASKED
    )
    return (await session.execute(found)).first() is not None


async def is_undecided(session: AsyncSession, student_id: UUID) -> bool:
    """Whether another record may be of the same child, and the district has not decided."""
    found = other_records(student_id).where(alike.status == DuplicateStatus.OPEN)
    return (await session.execute(found)).first() is not None


async def records_of_the_same(session: AsyncSession, student_id: UUID) -> list[UUID]:
    """The other records that the district decided to be of the same child, by id."""
    return sorted((await session.execute(other_records(student_id))).scalars())


async def placed_in(session: AsyncSession, student_id: UUID) -> list[UUID]:
    """The programs in which the child has or waits for a place, in the order they are locked."""
    found = select(engagement.program_id).where(
        engagement.student_id == student_id, engagement.stage.in_(LIVE_STAGES)
    )
    return sorted((await session.execute(found)).scalars())
