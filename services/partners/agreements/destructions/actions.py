"""Destructions: opened when terms end, attested by the recipient that carried them out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.agreements.destructions import queries, rules
from services.partners.agreements.destructions.records import DestructionRow
from services.partners.agreements.destructions.rules import Owed
from services.partners.agreements.locked_agreements.queries import administered
from services.partners.directory.backbones.queries import ever_members
from services.partners.directory.partners.queries import one_partner
from shared.contracts.partners.destruction import (
    Attestation,
    DestructionChanged,
    DestructionStatus,
    EarlierAttestation,
)
from shared.contracts.partners.partner import PartnerStatus
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.security.principal import Principal


async def open_all(session: AsyncSession, owed: Owed, at: datetime, due_at: datetime) -> None:
    """Open a destruction for each recipient of data that no terms cover any more."""
    if not rules.has_flowed(owed.terms.starts_at, at):
        return
    for recipient_id, providers in rules.owed_by(owed.terms, owed.kept):
        row = DestructionRow(
            agreement_id=owed.agreement_id, terms_version=owed.terms_version,
            recipient_id=recipient_id, providers=providers, opened_at=at, due_at=due_at,
        )  # fmt: skip
        session.add(row)
        await session.flush()
        announce(session, row, _changed(row))


async def attest(
    session: AsyncSession,
    caller: Principal,
    destruction_id: UUID,
    expected: int,
    attestation: Attestation,
    now: datetime,
) -> DestructionRow:
    row = await _to_attest(session, caller, destruction_id, expected)

    rules.ensure_open(row.status)
    rules.ensure_done(attestation.destroyed_at, now)

    row.status = DestructionStatus.ATTESTED
    _attest(row, caller, attestation, now)

    announce(session, row, _changed(row))
    return row


async def correct_attestation(
    session: AsyncSession,
    caller: Principal,
    destruction_id: UUID,
    expected: int,
    attestation: Attestation,
    now: datetime,
) -> DestructionRow:
    """What the attestation said before stays readable beside it."""
    row = await _to_attest(session, caller, destruction_id, expected)

    rules.ensure_attested(row.status)
    rules.ensure_correctable(len(row.earlier_attestations))
    rules.ensure_done(attestation.destroyed_at, now)

    said = EarlierAttestation.model_validate(row).model_dump(
        mode="json", exclude={"attested_by_name"}
    )
    row.earlier_attestations = [*row.earlier_attestations, said]
    _attest(row, caller, attestation, now)

    announce(session, row, _changed(row))
    return row


async def _to_attest(
    session: AsyncSession, caller: Principal, destruction_id: UUID, expected: int
) -> DestructionRow:
    """The destruction, for change. Refuses a caller who may not attest it."""
    row = await queries.destruction_row(session, caller, destruction_id)
    ensure_version(row, expected)
    own = await administered(session, caller)
    led = await ever_members(session, caller)
    recipient = await one_partner(session, row.recipient_id)
    closed = recipient.status is PartnerStatus.CLOSED
    rules.ensure_may_attest(caller, row.recipient_id, own, led, closed=closed)
    return row


def _attest(
    row: DestructionRow, caller: Principal, attestation: Attestation, now: datetime
) -> None:
    row.sqlmodel_update(attestation.model_dump())
    row.attested_by, row.attested_at = caller.account_id, now


def _changed(row: DestructionRow) -> DestructionChanged:
    return DestructionChanged(
        destruction_id=row.id, agreement_id=row.agreement_id, terms_version=row.terms_version,
        recipient_id=row.recipient_id, providers=row.providers,
        status=DestructionStatus(row.status), due_at=row.due_at,
    )  # fmt: skip
