"""The caller's own identity and memberships."""

from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field

from gateway.state import Here, Somebody
from gateway.views.routing import views
from shared.contracts.partners.account import OwnProfile
from shared.core.refusals import Forbidden, refusals
from shared.security.permissions import PERMISSIONS, Permission
from shared.security.principal import THE_GATEWAY, Role

router = views("me")


class OwnMembership(BaseModel):
    """A membership of the caller; `person_id` is the caller's id in a district's records."""

    id: UUID = Field(description="The value for the header Acting-As.")
    role: Role
    partner_id: UUID | None
    partner_name: str | None
    person_id: UUID | None
    by_default: bool = Field(description="Acts where a request has no Acting-As: the oldest.")
    permissions: list[Permission] = Field(
        description="What the role opens. What is found there depends on the partner and the child."
    )


class Me(BaseModel):
    """The caller. For a partner's system, `account_id` and the `id` of its one membership are the
    `client_id`."""

    account_id: UUID
    name: str | None = Field(description="As the issuer or the person gave it.")
    email: str | None = Field(description="Verified by the issuer, and told to nobody else.")
    acting_as: UUID | None = Field(description="The membership under which this request acts.")
    memberships: list[OwnMembership]


@router.get("/me")
async def read_me(request: Request, caller: Somebody, gateway: Here) -> Me:
    """The signed-in caller and all their memberships, the oldest first. A caller without a
    membership is refused with `membership-missing`, as everywhere."""
    known = await gateway.callers.memberships(request)
    return Me(
        account_id=caller.account_id,
        name=known[0].account_name,
        email=known[0].account_email,
        acting_as=caller.membership_id,
        memberships=[
            OwnMembership(
                id=each.membership_id, role=each.role, partner_id=each.partner_id,
                partner_name=each.partner_name, person_id=each.person_id,
                by_default=each is known[0],
                permissions=sorted(permission for permission in PERMISSIONS[each.role]),
            )
            for each in known
        ],
    )  # fmt: skip


@router.put("/me/profile", status_code=204, responses=refusals(403))
async def name_myself(profile: OwnProfile, caller: Somebody, gateway: Here) -> None:
    """Give your account the name by which others know you. The issuer's does not overwrite it."""
    if caller.role is Role.PARTNER_SYSTEM:
        raise Forbidden(
            "person-needed", "Only a person has a name here; a system has its client's."
        )
    chosen = {"account_id": str(caller.account_id), "name": profile.name}
    reply = await gateway.upstream.post("partners", "/internal/account-names", THE_GATEWAY, chosen)
    if not reply.good:
        raise reply.refusal("partners")
    gateway.callers.forget()  # so that /v1/me has the new name at once
