"""Stopping a disclosure, in one transaction, by the same decisions that the family can make one by
one elsewhere."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.audit.accounting import queries
from services.students.audit.accounting.rules import (
    STOP_DIRECTORY,
    of_kind,
    still_flowing,
    stop_consent,
)
from services.students.audit.stops import rules
from services.students.consent.consents import actions as consents
from services.students.consent.consents import queries as consent_queries
from services.students.consent.directory_information import actions as directory_information
from services.students.consent.directory_information import queries as directory_queries
from services.students.consent.signers import queries as signers
from shared.contracts.students.access import Basis
from shared.contracts.students.consent import ConsentStatus, Signing
from shared.contracts.students.directory import DirectoryChoice
from shared.contracts.students.disclosure import Stopped
from shared.security.principal import Principal


async def stop(
    session: AsyncSession, caller: Principal, student_id: UUID, position: int, signing: Signing,
    now: datetime,
) -> Stopped:  # fmt: skip
    """Stop the disclosures on a line's ground, by any person with rights today. Stopping it again
    changes nothing."""
    child, _ = await signers.speaking(session, caller, student_id, signing)
    group = await queries.one_line(session, student_id, position)
    line = group.line()

    basis = rules.ensure_stoppable(line)

    if basis is Basis.DIRECTORY:
        if not child.opted_out:
            await _opt_out(session, caller, student_id, signing, now)
        done = STOP_DIRECTORY
    else:
        if group.consent_id is not None and not of_kind(line, child):
            await _take_back(session, caller, student_id, group.consent_id, signing, now)
        if still_flowing(line, child):
            said_no = rules.refusal(line, signing, child)
            await consents.decide(session, caller, student_id, said_no, now)
        done = stop_consent(line, child)
    return Stopped(position=position, basis=basis, consent_id=group.consent_id, done=done)


async def _take_back(
    session: AsyncSession, caller: Principal, student_id: UUID, consent_id: UUID,
    signing: Signing, now: datetime,
) -> None:  # fmt: skip
    word = await consent_queries.consent_row(session, student_id, consent_id)
    if word.status == ConsentStatus.GRANTED:
        await consents.revoke(session, caller, student_id, consent_id, signing, now)
        await session.flush()


async def _opt_out(
    session: AsyncSession, caller: Principal, student_id: UUID, signing: Signing, now: datetime
) -> None:
    child = await directory_queries.child_row(session, student_id)
    choice = DirectoryChoice(opted_out=True, **signing.model_dump())
    await directory_information.choose(session, caller, student_id, child.version, choice, now)
