"""Keeps what was heard of the disclosure log. Never announced: students owns it."""

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.audit.disclosure_heads.records import HeardHeadRow
from shared.contracts.students.disclosure import DisclosureHeadPublished


async def keep_heads(session: AsyncSession, published: Sequence[DisclosureHeadPublished]) -> None:
    """The first word on a head counts: a later one is what a witness is there to disbelieve."""
    await session.execute(
        insert(HeardHeadRow).on_conflict_do_nothing(),
        [head.model_dump(include=set(DisclosureHeadPublished.model_fields)) for head in published],
    )
