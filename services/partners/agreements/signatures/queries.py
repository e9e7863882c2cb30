"""Reading signatures."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.partners.agreements.agreements.rules import Signed
from services.partners.agreements.signatures.records import AgreementSignatureRow
from shared.persistence.database import Reading

G: Any = AgreementSignatureRow


async def signatures(reader: Reading, agreement_id: UUID, *numbers: int) -> Sequence[Any]:
    """Those of these versions that were not withdrawn."""
    found = select(
        G.number, G.partner_id, G.terms_sha256, G.name, G.title, G.account_id, G.signed_at
    ).where(G.agreement_id == agreement_id, G.number.in_(numbers), G.voided_at.is_(None))
    return (await reader.execute(found)).all()


async def signed(reader: Reading, agreement_id: UUID, number: int) -> list[Signed]:
    return [
        Signed(row.partner_id, row.terms_sha256)
        for row in await signatures(reader, agreement_id, number)
    ]
