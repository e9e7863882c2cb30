"""Proposing terms for signature, and withdrawing the proposal."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.agreements.agreements import rules
from services.partners.agreements.agreements.actions import Step, take
from services.partners.agreements.agreements.records import AgreementRow
from services.partners.agreements.locked_agreements import queries
from services.partners.agreements.locked_agreements.queries import Opened
from services.partners.agreements.signatures import actions as signatures
from services.partners.agreements.terms import actions as versions
from services.partners.agreements.terms.queries import directory
from services.partners.agreements.terms.rules import (
    digest,
    document,
    ensure_active,
    ensure_sound,
    parties,
)
from shared.contracts.partners.agreement import AgreementAction, AgreementStatus, AgreementTerms
from shared.core.refusals import Conflict
from shared.http.etags import ensure_version
from shared.security.principal import Principal


async def propose(
    session: AsyncSession, caller: Principal, agreement_id: UUID, expected: int, now: datetime
) -> AgreementRow:
    """The proposed terms cannot change any more."""
    found = await queries.opened(session, caller, agreement_id, now)
    ensure_version(found.row, expected)
    terms = found.terms
    known = await directory(session, terms)

    rules.ensure_may(AgreementAction.PROPOSED, found.status)
    rules.ensure_ours(caller, parties(terms), found.own)
    rules.ensure_not_over(terms.ends_at, now)
    ensure_active(terms, known)

    found.row.status = AgreementStatus.PROPOSED

    take(session, found.row, terms, Step(AgreementAction.PROPOSED, now, caller.account_id))
    return found.row


async def amend(
    session: AsyncSession,
    caller: Principal,
    agreement_id: UUID,
    expected: int,
    terms: AgreementTerms,
    now: datetime,
) -> AgreementRow:
    """Propose the next version; the present one counts until all have signed."""
    found = await queries.opened(session, caller, agreement_id, now)
    ensure_version(found.row, expected)
    known = await directory(session, terms)

    rules.ensure_may(AgreementAction.AMENDMENT_PROPOSED, found.status)
    rules.ensure_ours(caller, found.current.party_ids, found.own)
    rules.ensure_none_on_the_table(found.amendment)
    ensure_sound(terms, known)
    rules.ensure_amends(found.current.sha256, digest(document(terms)))
    rules.ensure_no_gap(found.row.starts_at, terms.starts_at, now)
    rules.ensure_not_over(terms.ends_at, now)

    versions.add(session, agreement_id, found.row.terms_version + 1, terms)

    step = Step(AgreementAction.AMENDMENT_PROPOSED, now, caller.account_id)
    take(session, found.row, found.terms, step)
    return found.row


async def withdraw(
    session: AsyncSession, caller: Principal, agreement_id: UUID, expected: int, now: datetime
) -> AgreementRow:
    """Void the signatures. A proposal becomes a draft again; an amendment is deleted."""
    found = await queries.opened(session, caller, agreement_id, now)
    ensure_version(found.row, expected)
    table = found.on_the_table

    rules.ensure_may(AgreementAction.WITHDRAWN, found.status)
    if table is None:
        raise Conflict("nothing-proposed", "No terms are waiting for signatures.")
    rules.ensure_ours(caller, found.current.party_ids, found.own)

    await signatures.void(session, agreement_id, table.number, now)
    await _take_back(session, found)

    take(session, found.row, found.terms, Step(AgreementAction.WITHDRAWN, now, caller.account_id))
    return found.row


async def _take_back(session: AsyncSession, found: Opened) -> None:
    if found.amendment is not None:
        await versions.take_back(session, found.amendment)
    else:
        found.row.status = AgreementStatus.DRAFT
