"""Reading versions of terms: the text, its signatures, and what it allows."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.partners.agreements.plain_language.rules import reading
from services.partners.agreements.signatures.queries import signatures
from services.partners.agreements.terms import queries as terms
from services.partners.agreements.terms.rules import Directory, parties, read
from shared.contracts.partners.agreement import Signature, TermsVersion
from shared.persistence.database import Reading


async def versions(
    reader: Reading, agreement_id: UUID, *numbers: int
) -> tuple[list[TermsVersion], Directory]:
    """The versions of these numbers, the oldest first, with the partners and programs they name."""
    rows = await terms.versions(reader, agreement_id, *numbers)
    signed = await signatures(reader, agreement_id, *numbers)
    known = await terms.directory(reader, *(read(row.document) for row in rows))
    return [_version(row, signed, known) for row in rows], known


def _version(row: Any, signed: Sequence[Any], known: Directory) -> TermsVersion:
    said = read(row.document)
    there = {
        each.partner_id: each
        for each in signed
        if (each.number, each.terms_sha256) == (row.number, row.sha256)
    }
    return TermsVersion(
        number=row.number, terms=said, terms_sha256=row.sha256, document=row.document,
        signatures=[
            _signature(id, known.partners[id].name, there.get(id)) for id in parties(said)
        ],
        agreed_at=row.agreed_at, reading=reading(said, known),
    )  # fmt: skip


def _signature(partner_id: UUID, partner_name: str, there: Any) -> Signature:
    """The signature of a party; its fields are null where it is missing."""
    if there is None:
        return Signature(
            partner_id=partner_id,
            partner_name=partner_name,
            signed_by=None,
            name=None,
            title=None,
            signed_at=None,
        )
    return Signature(
        partner_id=partner_id, partner_name=partner_name, signed_by=there.account_id,
        signed_by_name=there.account_name, name=there.name, title=there.title,
        signed_at=there.signed_at,
    )  # fmt: skip
