"""Erasures and their certificates, for the district that kept the record."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures.records import DisclosureRow
from services.students.lifecycle.amendments.records import AmendmentRow
from services.students.lifecycle.erasures.records import ConfirmationRow, ErasureRow
from services.students.participation.engagements.records import EngagementRow
from services.students.sharing.retractions.records import RetractionRow
from shared.contracts.students.amendment import AmendmentStatus
from shared.contracts.students.engagement import LIVE_STAGES
from shared.contracts.students.erasure import Confirmation, Erasure, ErasureStatus
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, json_rows, one, row_for_change
from shared.security.principal import Principal

E: Any = ErasureRow  # columns, where mypy would see values
C: Any = ConfirmationRow
D: Any = DisclosureRow
A: Any = AmendmentRow
G: Any = EngagementRow
R: Any = RetractionRow
NOUN = "erasure"


def _told(caller: Principal) -> Select[Any]:
    kept = select(func.count()).where(D.student_id == E.student_id).correlate(E)
    unreceived = (
        select(func.count())
        .where(R.student_id == E.student_id, R.received_at.is_(None))
        .correlate(E)
    )
    confirmed = select(*columns(Confirmation, C)).where(C.erasure_id == E.id).correlate(E)
    return select(
        *columns(Erasure, E),
        json_rows(confirmed).label("confirmations"),
        kept.scalar_subquery().label("disclosures_kept"),
        unreceived.scalar_subquery().label("receipts_open"),
    ).where(E.source == caller.partner_id)


async def erasures(
    reader: Reading, caller: Principal, paging: PageRequest, status: ErasureStatus | None
) -> Page[Erasure]:
    found = _told(caller)
    if status is not None:
        found = found.where(E.status == status)
    return await page(reader, found, Erasure, paging, by=[E.id], descending=True)


async def erasure(reader: Reading, caller: Principal, erasure_id: UUID) -> Erasure:
    return await one(reader, _told(caller).where(E.id == erasure_id), Erasure, NOUN)


async def erasure_row(session: AsyncSession, erasure_id: UUID) -> ErasureRow:
    row: ErasureRow = await row_for_change(session, E, erasure_id, NOUN)
    return row


async def confirmed(session: AsyncSession, erasure_id: UUID) -> list[str]:
    found = select(C.service).where(C.erasure_id == erasure_id)
    return list((await session.execute(found)).scalars())


async def is_asked(session: AsyncSession, student_id: UUID) -> bool:
    """The family waits for a decision on an amendment."""
    found = select(A.id).where(A.student_id == student_id, A.status == AmendmentStatus.ASKED)
    return (await session.execute(found)).first() is not None


async def placed_in(session: AsyncSession, student_id: UUID) -> list[UUID]:
    """The programs in which the child has or waits for a place, in the order they are locked."""
    found = select(G.program_id).where(G.student_id == student_id, G.stage.in_(LIVE_STAGES))
    return sorted((await session.execute(found)).scalars())
