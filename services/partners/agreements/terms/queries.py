"""Reading terms, and the partners and programs that they name."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.agreements.terms.records import AgreementTermsRow, agreement_terms
from services.partners.agreements.terms.rules import Directory, Mentioned, parties
from services.partners.directory.partners.records import partner
from services.partners.directory.programs.records import program
from shared.contracts.partners.agreement import AgreementTerms
from shared.persistence.database import Reading


async def directory(reader: Reading, *terms: AgreementTerms) -> Directory:
    """The partners and programs that any of these terms name."""
    partners = {id for each in terms for id in [*parties(each), *each.redisclosure_to]}
    programs = {id for each in terms for id in each.cohort.program_ids}
    found = await reader.execute(
        select(partner.id, partner.name, partner.kind, partner.status).where(
            partner.id.in_(partners)
        )
    )
    known = {row.id: Mentioned(row.name, row.kind, row.status) for row in found}
    if not programs:
        return Directory(known, {})
    named = await reader.execute(select(program.id, program.name).where(program.id.in_(programs)))
    return Directory(known, {row.id: row.name for row in named})


async def terms_row(
    session: AsyncSession, agreement_id: UUID, number: int
) -> AgreementTermsRow | None:
    """One version for change, under the agreement's lock."""
    found = select(AgreementTermsRow).where(
        agreement_terms.agreement_id == agreement_id, agreement_terms.number == number
    )
    row: AgreementTermsRow | None = (await session.execute(found)).scalar_one_or_none()
    return row


async def versions(reader: Reading, agreement_id: UUID, *numbers: int) -> Sequence[Any]:
    """These versions, the oldest first."""
    found = (
        select(
            agreement_terms.number,
            agreement_terms.document,
            agreement_terms.sha256,
            agreement_terms.agreed_at,
        )
        .where(agreement_terms.agreement_id == agreement_id, agreement_terms.number.in_(numbers))
        .order_by(agreement_terms.number)
    )
    return (await reader.execute(found)).all()
