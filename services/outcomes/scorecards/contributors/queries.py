"""Reading the contributors of a partnership."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from services.outcomes.scorecards.contributors.records import (
    contribution,
    contributor,
    measured_partnership,
)
from shared.contracts.outcomes.scorecard import Contributor
from shared.contracts.partners.partnership import PartnershipStatus
from shared.persistence.database import Reading
from shared.persistence.queries import many


async def contributors(reader: Reading, partnership_id: UUID) -> list[Contributor]:
    """The partnership's members by name; those without a name last."""
    found = (
        select(contribution.partner_id, contributor.name)
        .join(
            contributor,
            contributor.partner_id == contribution.partner_id,
            isouter=True,
        )
        .where(contribution.partnership_id == partnership_id)
        .order_by(contributor.name, contribution.partner_id)
    )
    return await many(reader, found, Contributor)


async def partnership_name(reader: Reading, partnership_id: UUID) -> str | None:
    """The partnership's name; None where it is not known."""
    found = select(measured_partnership.name).where(
        measured_partnership.partnership_id == partnership_id
    )
    return (await reader.execute(found)).scalar_one_or_none()


def goes_on(partnership_id: Any) -> ColumnElement[bool]:
    """Whether the partnership has not ended. Where an earlier release did not keep its status, a
    partnership without members has ended: when one ends, all of its members leave."""
    has_members = exists().where(contribution.partnership_id == partnership_id)
    ended = and_(
        measured_partnership.partnership_id == partnership_id,
        or_(
            measured_partnership.status == PartnershipStatus.ENDED,
            and_(measured_partnership.status.is_(None), ~has_members),
        ),
    )
    return ~exists().where(ended)
