"""Ending agreements, and opening the destructions that follow."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.agreements.agreements import rules
from services.partners.agreements.agreements.actions import Step, by, ensure_party, take
from services.partners.agreements.agreements.records import AgreementRow
from services.partners.agreements.destructions import actions as destructions
from services.partners.agreements.destructions.rules import Owed
from services.partners.agreements.locked_agreements import queries
from services.partners.agreements.locked_agreements.queries import Opened
from shared.contracts.partners.agreement import AgreementAction, AgreementStatus, PartyAct
from shared.security.principal import Principal

PARTNER_LEFT = "partner-left"


async def end(
    session: AsyncSession, caller: Principal, agreement_id: UUID, act: PartyAct, now: datetime
) -> AgreementRow:
    """For good, by any party alone. Also gives up a draft or a proposal."""
    found = await queries.opened(session, caller, agreement_id, now)

    ensure_party(caller, found, act.partner_id)
    rules.ensure_may(AgreementAction.ENDED, found.status)

    await conclude(session, found, by(caller, AgreementAction.ENDED, now, act))
    return found.row


async def end_all(session: AsyncSession, partner_id: UUID, now: datetime) -> None:
    """The agreements of a partner that closes or leaves its last partnership."""
    for row in await queries.live_rows(session, partner_id):
        found = await queries.with_terms(session, row, now)
        expired = found.status is AgreementStatus.EXPIRED
        action = AgreementAction.EXPIRED if expired else AgreementAction.ENDED
        step = Step(action, now, partner_id=partner_id, reason=PARTNER_LEFT)
        await conclude(session, found, step)


async def conclude(session: AsyncSession, found: Opened, step: Step) -> None:
    """Record that the agreement is over: ended now, or expired at its end. The recipients must
    destroy the data they received."""
    row, terms = found.row, found.terms
    expired = step.action is AgreementAction.EXPIRED
    row.status = AgreementStatus.EXPIRED if expired else AgreementStatus.ENDED
    row.ended_at = row.ends_at if expired else step.at
    if found.status not in {AgreementStatus.DRAFT, AgreementStatus.PROPOSED}:
        due = row.ended_at + timedelta(days=terms.retention_days)
        owed = Owed(row.id, row.terms_version, terms)
        await destructions.open_all(session, owed, step.at, due)
    take(session, row, terms, step)
