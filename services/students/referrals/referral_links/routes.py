"""Links to referrals over HTTP, and the gateway's questions about them."""

import secrets
from uuid import UUID

from fastapi import Response

from services.students.referrals.referral_links import actions, queries, rules
from shared.contracts.students.referral_link import (
    LinkHolder,
    ReferralLink,
    ReferralLinkDraft,
    ReferralOpening,
)
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.route import internal, noun
from shared.persistence.database import Reader, Session
from shared.security.callers import Composer, ReferralsSender
from shared.security.link_secrets import new_secret

router = noun("referrals")
inside = internal()


@router.post("/{referral_id}/links", status_code=201, responses=refusals(403, 404, 409))
async def offer_referral_link(
    referral_id: UUID, draft: ReferralLinkDraft, caller: ReferralsSender, session: Session,
    now: Now, response: Response,
) -> ReferralLink:  # fmt: skip
    """Offer a link by which a partner without an account answers this referral, in place of any
    earlier link. The answer is given once. Tell the PIN by another way than the link, by telephone:
    neither opens anything without the other."""
    secret = new_secret()
    pin = f"{secrets.randbelow(10**rules.PIN_DIGITS):0{rules.PIN_DIGITS}}"
    link = await actions.offer(session, caller, referral_id, draft.days, secret, pin, now)
    response.headers["Cache-Control"] = "no-store"
    return ReferralLink(
        id=link.id, referral_id=referral_id, secret=secret, pin=pin, expires_at=link.expires_at
    )


@router.post("/{referral_id}/links/ending", status_code=204, responses=refusals(403, 404))
async def end_referral_links(
    referral_id: UUID, caller: ReferralsSender, session: Session, now: Now
) -> None:
    """End every link to the referral. From the commit on it opens nothing."""
    await actions.end(session, caller, referral_id, now)


@inside.post("/referral-links/opening")
async def open_referral_link(
    opening: ReferralOpening, _: Composer, session: Session, now: Now
) -> list[LinkHolder]:
    """The holder of the link with this secret and PIN: one or none."""
    return await actions.open_link(session, opening, now)


@inside.get("/referral-links/{link_id}/holder")
async def acting_link_holder(link_id: UUID, _: Composer, reader: Reader) -> list[LinkHolder]:
    """The partner for which the holder of this link acts now: one or none."""
    return await queries.holders(reader, link_id)
