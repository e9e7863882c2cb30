"""Amendments of one child, for its family and its district."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures.queries import refusals_kept
from services.students.access.facts.queries import facts
from services.students.access.policy import queries as access
from services.students.lifecycle.amendments import rules
from services.students.lifecycle.amendments.records import AmendmentRow, amendment
from shared.contracts.students.access import Category
from shared.contracts.students.amendment import Amendment
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, many, one, row_for_change
from shared.security.principal import Principal

NOUN = "amendment"


async def holder(
    session: AsyncSession, caller: Principal, student_id: UUID, category: Category
) -> UUID:
    """The id of the caller, who has the family's rights. Refuses as `access.decided`."""
    child = await facts(session, caller, student_id)
    decision = access.decided(caller, student_id, child, category)
    eligible = child is not None and child.eligible
    with refusals_kept(caller, student_id, [category]):
        return rules.holder(decision.relation, caller.person_id, eligible=eligible)


def _told(student_id: UUID) -> Select[Any]:
    return select(*columns(Amendment, AmendmentRow)).where(amendment.student_id == student_id)


async def amendments(reader: Reading, paging: PageRequest, student_id: UUID) -> Page[Amendment]:
    """The child's amendments, the latest first. The action has decided that the caller may see
    them."""
    return await page(
        reader, _told(student_id), Amendment, paging, by=[amendment.id], descending=True
    )


async def every_amendment(reader: Reading, student_id: UUID) -> list[Amendment]:
    return await many(reader, _told(student_id).order_by(amendment.id), Amendment)


async def one_amendment(reader: Reading, student_id: UUID, amendment_id: UUID) -> Amendment:
    return await one(
        reader, _told(student_id).where(amendment.id == amendment_id), Amendment, NOUN
    )


async def amendment_row(
    session: AsyncSession, student_id: UUID, amendment_id: UUID
) -> AmendmentRow:
    """The amendment for change. Every writer locks the child first."""
    return await row_for_change(
        session, AmendmentRow, amendment_id, NOUN, amendment.student_id == student_id
    )
