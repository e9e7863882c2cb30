"""Keeps the copy of agreements. Never announced: partners owns them."""

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.agreements.records import KnownAgreementRow
from shared.contracts.partners.agreement import AgreementChanged

FIELDS = set(KnownAgreementRow.model_fields)


async def keep_agreements(session: AsyncSession, changed: Sequence[AgreementChanged]) -> None:
    """The last word on each agreement counts."""
    latest = {agreement.agreement_id: agreement for agreement in changed}
    kept = insert(KnownAgreementRow)
    await session.execute(
        kept.on_conflict_do_update(
            index_elements=["agreement_id"],
            set_={name: kept.excluded[name] for name in FIELDS - {"agreement_id"}},
        ),
        [agreement.model_dump(include=FIELDS) for agreement in latest.values()],
    )
