"""Reading terms, and whom they name."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.agreements.terms.records import AgreementTermsRow
from services.partners.agreements.terms.rules import Directory, Mentioned, parties
from services.partners.directory.partners.records import PartnerRow
from services.partners.directory.programs.records import ProgramRow
from shared.contracts.partners.agreement import AgreementTerms
from shared.persistence.database import Reading

A: Any = PartnerRow
G: Any = ProgramRow
T: Any = AgreementTermsRow


async def directory(reader: Reading, *terms: AgreementTerms) -> Directory:
    """Of all whom any of these terms name."""
    partners = {id for each in terms for id in [*parties(each), *each.redisclosure_to]}
    programs = {id for each in terms for id in each.cohort.program_ids}
    found = await reader.execute(select(A.id, A.name, A.kind, A.status).where(A.id.in_(partners)))
    known = {row.id: Mentioned(row.name, row.kind, row.status) for row in found}
    if not programs:
        return Directory(known, {})
    named = await reader.execute(select(G.id, G.name).where(G.id.in_(programs)))
    return Directory(known, {row.id: row.name for row in named})


async def terms_row(
    session: AsyncSession, agreement_id: UUID, number: int
) -> AgreementTermsRow | None:
    """For change, under the agreement's lock."""
    found = select(T).where(T.agreement_id == agreement_id, T.number == number)
    row: AgreementTermsRow | None = (await session.execute(found)).scalar_one_or_none()
    return row


async def versions(reader: Reading, agreement_id: UUID, *numbers: int) -> Sequence[Any]:
    """These versions, the oldest first."""
    found = (
        select(T.number, T.document, T.sha256, T.agreed_at)
        .where(T.agreement_id == agreement_id, T.number.in_(numbers))
        .order_by(T.number)
    )
    return (await reader.execute(found)).all()
