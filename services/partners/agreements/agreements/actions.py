"""Agreements are drafted, changed, suspended and resumed; every step is announced.

The nouns proposals, signatures, terminations and expirations take the other steps.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.agreements.agreements import rules
from services.partners.agreements.agreements.records import AgreementRow, AgreementStepRow
from services.partners.agreements.locked_agreements import queries
from services.partners.agreements.locked_agreements.queries import Opened
from services.partners.agreements.terms import actions as versions
from services.partners.agreements.terms.queries import directory
from services.partners.agreements.terms.rules import ensure_sound, parties
from shared.contracts.partners.agreement import (
    AgreementAction,
    AgreementChanged,
    AgreementStatus,
    AgreementTerms,
    PartyAct,
)
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.security.principal import Principal

COPIED = ("title", "purpose", "basis", "starts_at", "ends_at")


@dataclass(frozen=True)
class Step:
    """What was done, by whom and when. Account and partner are None where the clock or another
    event did it."""

    action: AgreementAction
    at: datetime
    account_id: UUID | None = None
    partner_id: UUID | None = None
    reason: str | None = None


async def draft(
    session: AsyncSession, caller: Principal, terms: AgreementTerms, now: datetime
) -> AgreementRow:
    own = await queries.administered(session, caller)
    known = await directory(session, terms)

    rules.ensure_ours(caller, parties(terms), own)
    ensure_sound(terms, known)

    row = AgreementRow(status=AgreementStatus.DRAFT, **_copied(terms))
    session.add(row)
    await session.flush()
    versions.add(session, row.id, 1, terms)

    take(session, row, terms, Step(AgreementAction.DRAFTED, now, caller.account_id))
    return row


async def change(
    session: AsyncSession,
    caller: Principal,
    agreement_id: UUID,
    expected: int,
    terms: AgreementTerms,
    now: datetime,
) -> AgreementRow:
    """Replace the terms of a draft."""
    found = await queries.opened(session, caller, agreement_id, now)
    ensure_version(found.row, expected)
    known = await directory(session, terms)

    rules.ensure_may(AgreementAction.CHANGED, found.status)
    rules.ensure_ours(caller, parties(terms), found.own)
    ensure_sound(terms, known)

    versions.change(found.current, terms)
    adopt(found.row, terms)

    take(session, found.row, terms, Step(AgreementAction.CHANGED, now, caller.account_id))
    return found.row


async def suspend(
    session: AsyncSession, caller: Principal, agreement_id: UUID, act: PartyAct, now: datetime
) -> AgreementRow:
    """At once, by any party alone. Data flows again when each suspending party has lifted its own
    suspension."""
    found = await queries.opened(session, caller, agreement_id, now)

    ensure_party(caller, found, act.partner_id)
    rules.ensure_may(AgreementAction.SUSPENDED, found.status)
    rules.ensure_not_suspended_by(act.partner_id, found.row.suspended_by)

    found.row.suspended_by = [*found.row.suspended_by, act.partner_id]
    found.row.status = AgreementStatus.SUSPENDED

    take(session, found.row, found.terms, by(caller, AgreementAction.SUSPENDED, now, act))
    return found.row


async def resume(
    session: AsyncSession,
    caller: Principal,
    agreement_id: UUID,
    partner_id: UUID,
    expected: int,
    now: datetime,
) -> AgreementRow:
    found = await queries.opened(session, caller, agreement_id, now)
    ensure_version(found.row, expected)

    ensure_party(caller, found, partner_id)
    rules.ensure_may(AgreementAction.RESUMED, found.status)
    rules.ensure_suspended_by(partner_id, found.row.suspended_by)

    found.row.suspended_by = [id for id in found.row.suspended_by if id != partner_id]
    found.row.status = rules.agreed(found.row.starts_at, found.row.suspended_by, now)

    step = Step(AgreementAction.RESUMED, now, caller.account_id, partner_id)
    take(session, found.row, found.terms, step)
    return found.row


def take(session: AsyncSession, row: AgreementRow, terms: AgreementTerms, step: Step) -> None:
    """Record a step and announce it with the terms that count. Every step goes through here."""
    announce(
        session,
        row,
        AgreementChanged(
            agreement_id=row.id, terms_version=row.terms_version,
            status=AgreementStatus(row.status), providers=terms.providers,
            recipients=terms.recipients, purpose=terms.purpose, basis=terms.basis,
            categories=terms.categories, program_ids=terms.cohort.program_ids,
            school_ids=terms.cohort.school_ids, grades=[str(g) for g in terms.cohort.grades],
            retention_days=terms.retention_days, redisclosure_to=terms.redisclosure_to,
            starts_at=row.starts_at, ends_at=row.ends_at,
        ),
    )  # fmt: skip
    session.add(
        AgreementStepRow(
            agreement_id=row.id, number=row.version, action=step.action, status=row.status,
            terms_version=row.terms_version, partner_id=step.partner_id,
            account_id=step.account_id, reason=step.reason, taken_at=step.at,
        )
    )  # fmt: skip


def adopt(row: AgreementRow, terms: AgreementTerms) -> None:
    """Make these the terms that count."""
    row.sqlmodel_update(_copied(terms))


def _copied(terms: AgreementTerms) -> dict[str, Any]:
    return {name: getattr(terms, name) for name in COPIED}


def ensure_party(caller: Principal, found: Opened, partner_id: UUID) -> None:
    rules.ensure_acts_for(caller, partner_id, found.current.party_ids, found.own)


def by(caller: Principal, action: AgreementAction, now: datetime, act: PartyAct) -> Step:
    return Step(action, now, caller.account_id, act.partner_id, act.reason)
