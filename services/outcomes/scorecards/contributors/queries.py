"""Reading who contributes to a partnership."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from services.outcomes.scorecards.contributors.records import (
    ContributionRow,
    ContributorRow,
    MeasuredPartnershipRow,
)
from shared.contracts.outcomes.scorecard import Contributor
from shared.persistence.database import Reading
from shared.persistence.queries import many


async def contributors(reader: Reading, partnership_id: UUID) -> list[Contributor]:
    """The partnership's members by name; the unnamed last."""
    found = (
        select(col(ContributionRow.partner_id), col(ContributorRow.name))
        .join(
            ContributorRow,
            col(ContributorRow.partner_id) == col(ContributionRow.partner_id),
            isouter=True,
        )
        .where(col(ContributionRow.partnership_id) == partnership_id)
        .order_by(col(ContributorRow.name), col(ContributionRow.partner_id))
    )
    return await many(reader, found, Contributor)


async def partnership_name(reader: Reading, partnership_id: UUID) -> str | None:
    """Null where it is not known."""
    found = select(col(MeasuredPartnershipRow.name)).where(
        col(MeasuredPartnershipRow.partnership_id) == partnership_id
    )
    return (await reader.execute(found)).scalar_one_or_none()
