"""Writing the versions of an agreement's terms, under the agreement's lock."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.agreements.terms.records import AgreementTermsRow
from services.partners.agreements.terms.rules import digest, document, parties
from shared.contracts.partners.agreement import AgreementTerms


def add(session: AsyncSession, agreement_id: UUID, number: int, terms: AgreementTerms) -> None:
    session.add(_row(agreement_id, number, terms))


def change(row: AgreementTermsRow, terms: AgreementTerms) -> None:
    """Replace the terms of a draft; proposed terms never change."""
    wanted = _row(row.agreement_id, row.number, terms)
    row.sqlmodel_update(wanted.model_dump(exclude={"agreement_id", "number"}))


def agree(row: AgreementTermsRow, now: datetime) -> None:
    row.agreed_at = now


async def take_back(session: AsyncSession, row: AgreementTermsRow) -> None:
    await session.delete(row)


def _row(agreement_id: UUID, number: int, terms: AgreementTerms) -> AgreementTermsRow:
    text = document(terms)
    return AgreementTermsRow(
        agreement_id=agreement_id, number=number, document=text, sha256=digest(text),
        party_ids=parties(terms), providers=terms.providers, recipients=terms.recipients,
    )  # fmt: skip
