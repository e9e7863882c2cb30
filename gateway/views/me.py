"""The caller's own identity and memberships."""

from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field

from gateway.state import Here, Somebody
from gateway.views.routing import views
from shared.security.principal import Role

router = views("me")


class OwnMembership(BaseModel):
    """A membership of the caller; `person_id` is the caller's id in a district's records."""

    id: UUID = Field(description="The value for the header Acting-As.")
    role: Role
    partner_id: UUID | None
    partner_name: str | None
    person_id: UUID | None
    by_default: bool = Field(description="Acts where a request has no Acting-As: the oldest.")


class Me(BaseModel):
    """The caller. For a partner's system, `account_id` and the `id` of its one membership are the
    `client_id`."""

    account_id: UUID
    acting_as: UUID | None = Field(description="The membership under which this request acts.")
    memberships: list[OwnMembership]


@router.get("/me")
async def read_me(request: Request, caller: Somebody, gateway: Here) -> Me:
    """The signed-in caller and all their memberships, the oldest first. A caller without a
    membership is refused with `membership-missing`, as everywhere."""
    known = await gateway.callers.memberships(request)
    return Me(
        account_id=caller.account_id,
        acting_as=caller.membership_id,
        memberships=[
            OwnMembership(
                id=each.membership_id, role=each.role, partner_id=each.partner_id,
                partner_name=each.partner_name, person_id=each.person_id,
                by_default=each is known[0],
            )
            for each in known
        ],
    )  # fmt: skip
