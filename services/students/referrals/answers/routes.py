"""A partner's answers to referrals over HTTP."""

from uuid import UUID

from fastapi import Response

from services.students.referrals.answers import actions
from services.students.referrals.referrals.routes import ended, told
from shared.contracts.students.referral import EndedReferral, Referral
from shared.contracts.students.referral_act import (
    ReferralAcceptance,
    ReferralClosing,
    ReferralContact,
    ReferralDecline,
    ReferralPlace,
    ReferralService,
)
from shared.core.clock import Today
from shared.core.refusals import refusals
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.callers import (
    ReferralsAnswerer,
    ReferralsSenderOrReferralsAnswerer,
)

router = noun("referrals")


@router.post("/{referral_id}/acceptance", status_code=201, responses=refusals(404, 409))
async def accept_referral(
    referral_id: UUID, acceptance: ReferralAcceptance, caller: ReferralsAnswerer,
    session: Session, today: Today, response: Response,
) -> Referral:  # fmt: skip
    """Promise, for the program's partner, to contact the family within five school days. Announces
    `students.referral.changed.v1`."""
    row = await actions.accept(session, caller, referral_id, acceptance.words, today)
    return await told(session, caller, row.id, response)


@router.post("/{referral_id}/decline", status_code=201, responses=refusals(404, 409))
async def decline_referral(
    referral_id: UUID, decline: ReferralDecline, caller: ReferralsAnswerer, session: Session,
    today: Today, response: Response,
) -> EndedReferral:  # fmt: skip
    """Decline, for the program's partner, with a reason. From then on the partner reads nothing of
    it. Announces `students.referral.changed.v1`."""
    row = await actions.decline(session, caller, referral_id, decline, today)
    return await ended(session, row, response)


@router.post("/{referral_id}/contacts", status_code=201, responses=refusals(404, 409))
async def record_referral_contact(
    referral_id: UUID, contact: ReferralContact, caller: ReferralsAnswerer, session: Session,
    today: Today, response: Response,
) -> Referral:  # fmt: skip
    """Record that the partner spoke with the family, or an attempt that failed. Announces
    `students.referral.changed.v1`."""
    row = await actions.contact(session, caller, referral_id, contact, today)
    return await told(session, caller, row.id, response)


@router.post("/{referral_id}/place", status_code=201, responses=refusals(403, 404, 409))
async def give_referred_child_a_place(
    referral_id: UUID, place: ReferralPlace, caller: ReferralsAnswerer, session: Session,
    today: Today, response: Response,
) -> Referral:  # fmt: skip
    """Enroll the child in the program, or put it on the waiting list of a full one. Announces
    `students.engagement.changed.v1` and `students.referral.changed.v1`."""
    row = await actions.give_place(session, caller, referral_id, place, today)
    return await told(session, caller, row.id, response)


@router.post("/{referral_id}/service", status_code=201, responses=refusals(404, 409))
async def record_referral_service(
    referral_id: UUID, service: ReferralService, caller: ReferralsAnswerer, session: Session,
    today: Today, response: Response,
) -> Referral:  # fmt: skip
    """Record a service without an engagement: its day and its minutes. Announces
    `students.referral.changed.v1`."""
    row = await actions.serve(session, caller, referral_id, service, today)
    return await told(session, caller, row.id, response)


@router.post("/{referral_id}/closing", status_code=201, responses=refusals(403, 404, 409))
async def close_referral(
    referral_id: UUID, closing: ReferralClosing, caller: ReferralsSenderOrReferralsAnswerer,
    session: Session, today: Today, response: Response,
) -> EndedReferral:  # fmt: skip
    """Close a referral with what became of the need: its sender, or the program's partner.
    Announces `students.referral.changed.v1`."""
    row = await actions.close(session, caller, referral_id, closing, today)
    return await ended(session, row, response)
