"""Signing. Terms count from the last signature on. Signatures of withdrawn terms are void."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.agreements.agreements import rules
from services.partners.agreements.agreements.actions import Step, adopt, take
from services.partners.agreements.agreements.records import AgreementRow
from services.partners.agreements.agreements.rules import Signed
from services.partners.agreements.destructions import actions as destructions
from services.partners.agreements.destructions.rules import Owed
from services.partners.agreements.locked_agreements import queries as agreements
from services.partners.agreements.locked_agreements.queries import Opened
from services.partners.agreements.signatures import queries
from services.partners.agreements.signatures.records import (
    AgreementSignatureRow,
    agreement_signature,
)
from services.partners.agreements.terms import actions as versions
from services.partners.agreements.terms.queries import directory
from services.partners.agreements.terms.records import AgreementTermsRow
from services.partners.agreements.terms.rules import digest, ensure_active, read
from shared.contracts.partners.agreement import AgreementAction, AgreementTerms, SignatureDraft
from shared.core.refusals import Conflict
from shared.security.principal import Principal


async def sign(
    session: AsyncSession,
    caller: Principal,
    agreement_id: UUID,
    draft: SignatureDraft,
    now: datetime,
) -> AgreementRow:
    """Sign the proposed terms: those of a proposal or of an amendment."""
    found = await agreements.opened(session, caller, agreement_id, now)
    rules.ensure_may(AgreementAction.SIGNED, found.status)
    table = found.on_the_table
    if table is None:
        raise Conflict("nothing-proposed", "No terms are waiting for signatures.")
    terms, words = read(table.document), digest(table.document)
    known = await directory(session, terms)
    signed = await queries.signed(session, agreement_id, table.number)

    rules.ensure_acts_for(caller, draft.partner_id, table.party_ids, found.own)
    rules.ensure_these_terms(draft.terms_sha256, words)
    rules.ensure_first_signature(draft.partner_id, rules.missing(table.party_ids, signed, words))
    rules.ensure_not_over(terms.ends_at, now)
    ensure_active(terms, known)

    session.add(
        AgreementSignatureRow(
            agreement_id=agreement_id, number=table.number, terms_sha256=words,
            partner_id=draft.partner_id, name=draft.name, title=draft.title,
            account_id=caller.account_id, signed_at=now,
        )
    )  # fmt: skip
    there = [*signed, Signed(draft.partner_id, words)]
    complete = not rules.missing(table.party_ids, there, words)
    amended = complete and await _agree(session, found, table, terms, now)

    action = AgreementAction.AMENDED if amended else AgreementAction.SIGNED
    step = Step(action, now, caller.account_id, draft.partner_id)
    take(session, found.row, terms if amended else found.terms, step)
    return found.row


async def void(session: AsyncSession, agreement_id: UUID, number: int, now: datetime) -> None:
    """Void every signature of these terms."""
    await session.execute(
        update(agreement_signature)
        .where(
            agreement_signature.agreement_id == agreement_id,
            agreement_signature.number == number,
            agreement_signature.voided_at.is_(None),
        )
        .values(voided_at=now)
    )


async def _agree(
    session: AsyncSession,
    found: Opened,
    table: AgreementTermsRow,
    terms: AgreementTerms,
    now: datetime,
) -> bool:
    """All have signed: make these the terms that count. Gives whether they replace others."""
    row, before = found.row, found.terms
    amends = table.number > row.terms_version
    versions.agree(table, now)
    row.terms_version = table.number
    adopt(row, terms)
    row.suspended_by = [id for id in row.suspended_by if id in table.party_ids]
    row.status = rules.agreed(row.starts_at, row.suspended_by, now)
    if amends:
        due = now + timedelta(days=before.retention_days)
        owed = Owed(row.id, table.number - 1, before, kept=terms)
        await destructions.open_all(session, owed, now, due)
    return amends
