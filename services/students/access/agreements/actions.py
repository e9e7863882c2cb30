"""Keeping the copy of agreements. It is never announced: the service partners owns agreements."""

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.agreements.records import KnownAgreementRow, known_agreement
from shared.contracts.partners.agreement import AgreementChanged

FIELDS = set(KnownAgreementRow.model_fields)


async def keep_agreements(session: AsyncSession, changed: Sequence[AgreementChanged]) -> None:
    """Write the latest state of each agreement into the copy."""
    latest = {agreement.agreement_id: agreement for agreement in changed}
    kept = insert(known_agreement)
    await session.execute(
        kept.on_conflict_do_update(
            index_elements=["agreement_id"],
            set_={name: kept.excluded[name] for name in FIELDS - {"agreement_id"}},
        ),
        [agreement.model_dump(include=FIELDS) for agreement in latest.values()],
    )
