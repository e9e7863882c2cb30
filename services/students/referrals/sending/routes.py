"""A referral's sending over HTTP: by school and district, and by the family."""

from uuid import UUID

from fastapi import Response

from services.students.referrals.referrals.routes import ended, told
from services.students.referrals.sending import actions
from shared.contracts.students.referral import EndedReferral, Referral
from shared.contracts.students.referral_act import FamilyWord, ReferralDraft, ReferralEnding
from shared.core.clock import Now, Today
from shared.core.refusals import refusals
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.callers import (
    ConsentsWriter,
    ReferralsSender,
    ReferralsWithdrawer,
)

router = noun("referrals")


@router.post("", status_code=201, responses=refusals(403, 404, 409))
async def write_referral(
    draft: ReferralDraft, caller: ReferralsSender, session: Session, today: Today,
    response: Response,
) -> Referral:  # fmt: skip
    """Write a referral of a child to a program. Nobody else knows of it yet. Announces
    `students.referral.drafted.v1`."""
    row = await actions.write(session, caller, draft, today)
    return await told(session, caller, row.id, response)


@router.post("/{referral_id}/consent-request", status_code=201, responses=refusals(403, 404, 409))
async def ask_family_about_referral(
    referral_id: UUID, caller: ReferralsSender, session: Session, today: Today, response: Response
) -> Referral:
    """Ask the family. It reads the preview in its home. Announces `students.referral.changed.v1`."""
    row = await actions.ask_family(session, caller, referral_id, today)
    return await told(session, caller, row.id, response)


@router.post("/{referral_id}/family-word", status_code=201, responses=refusals(403, 404, 409))
async def answer_referral_for_family(
    referral_id: UUID, word: FamilyWord, caller: ConsentsWriter, session: Session, today: Today,
    now: Now, response: Response,
) -> Referral:  # fmt: skip
    """Say yes or no, as the family; the district records an answer on paper. A yes is a consent to
    this program alone, in the words of the preview, and sends the referral. A no withdraws it.
    Announces `students.referral.changed.v1`, and for a yes `students.consent.changed.v1`."""
    row = await actions.answer_for_family(session, caller, referral_id, word, today, now)
    return await told(session, caller, row.id, response)


@router.post("/{referral_id}/sending", status_code=201, responses=refusals(403, 404, 409))
async def send_referral(
    referral_id: UUID, caller: ReferralsSender, session: Session, today: Today, response: Response
) -> Referral:
    """Send a referral for which there is a ground (`ground-missing` names what lacks). Announces
    `students.referral.changed.v1`."""
    row = await actions.send(session, caller, referral_id, today)
    return await told(session, caller, row.id, response)


@router.post("/{referral_id}/withdrawal", status_code=201, responses=refusals(403, 404, 409))
async def withdraw_referral(
    referral_id: UUID, ending: ReferralEnding, caller: ReferralsWithdrawer, session: Session,
    today: Today, response: Response,
) -> EndedReferral:  # fmt: skip
    """Take a referral back: its sender, or the family. From then on the partner reads nothing of
    it, and its system is told to delete what it has. Announces `students.referral.changed.v1`."""
    row = await actions.withdraw(session, caller, referral_id, ending.words, today)
    return await ended(session, row, response)


@router.post("/{referral_id}/extension", status_code=201, responses=refusals(403, 404, 409))
async def extend_referral(
    referral_id: UUID, caller: ReferralsSender, session: Session, today: Today, response: Response
) -> Referral:
    """Give the partner as many school days for its answer again, once. Announces
    `students.referral.changed.v1`."""
    row = await actions.extend(session, caller, referral_id, today)
    return await told(session, caller, row.id, response)


@router.post("/{referral_id}/error", status_code=201, responses=refusals(403, 404, 409))
async def mark_referral_in_error(
    referral_id: UUID, ending: ReferralEnding, caller: ReferralsSender, session: Session,
    today: Today, response: Response,
) -> EndedReferral:  # fmt: skip
    """Say that a referral should never have been. Announces `students.referral.changed.v1`."""
    row = await actions.mark_in_error(session, caller, referral_id, ending.words, today)
    return await ended(session, row, response)
