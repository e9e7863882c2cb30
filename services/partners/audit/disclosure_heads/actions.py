"""Keeps the received heads of the disclosure log. Never announced, since students owns the log."""

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.audit.disclosure_heads.records import heard_disclosure_head
from shared.contracts.students.disclosure import DisclosureHeadPublished


async def keep_heads(session: AsyncSession, published: Sequence[DisclosureHeadPublished]) -> None:
    """The first event about a head counts: the witness exists to disbelieve a later one."""
    await session.execute(
        insert(heard_disclosure_head).on_conflict_do_nothing(),
        [head.model_dump(include=set(DisclosureHeadPublished.model_fields)) for head in published],
    )
