"""Reading signatures."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.partners.agreements.agreements.rules import Signed
from services.partners.agreements.signatures.records import agreement_signature
from services.partners.identity.accounts.records import account
from shared.persistence.database import Reading


async def signatures(reader: Reading, agreement_id: UUID, *numbers: int) -> Sequence[Any]:
    """The signatures of these versions that were not withdrawn."""
    named = select(
        agreement_signature.number,
        agreement_signature.partner_id,
        agreement_signature.terms_sha256,
        agreement_signature.name,
        agreement_signature.title,
        agreement_signature.account_id,
        account.name.label("account_name"),
        agreement_signature.signed_at,
    ).outerjoin(account, account.id == agreement_signature.account_id)
    found = named.where(
        agreement_signature.agreement_id == agreement_id,
        agreement_signature.number.in_(numbers),
        agreement_signature.voided_at.is_(None),
    )
    return (await reader.execute(found)).all()


async def signed(reader: Reading, agreement_id: UUID, number: int) -> list[Signed]:
    return [
        Signed(row.partner_id, row.terms_sha256)
        for row in await signatures(reader, agreement_id, number)
    ]
