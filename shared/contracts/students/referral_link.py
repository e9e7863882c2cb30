"""Links by which a partner without an account answers one referral."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body

MOST_DAYS = 14


class ReferralLinkDraft(Body):
    days: int = Field(default=7, ge=1, le=MOST_DAYS)


class ReferralLink(Answer):
    """A new link. `secret` and `pin` are told once and kept nowhere. In an address the secret stands
    after a `#`: browsers send that part to no server."""

    id: UUID
    referral_id: UUID
    secret: str
    pin: str = Field(description="Six digits, told by another way than the secret.")
    expires_at: datetime


class ReferralOpening(Body):
    secret: str = Field(min_length=1, max_length=100)
    pin: str = Field(min_length=1, max_length=20)


class LinkHolder(Answer):
    """Somebody with an open link, as the gateway needs it."""

    link_id: UUID
    partner_id: UUID


class OpenedReferral(Answer):
    """What a link opens. The token acts for the partner on referrals that the link is about, and
    nothing else. `expires_in`: seconds."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 (the name of a scheme)
    expires_in: int
