"""Who calls, told to themselves."""

from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field

from gateway.state import Here, Somebody
from gateway.views.routing import views
from shared.security.principal import Role

router = views("me")


class OwnMembership(BaseModel):
    """What somebody is to the partnership; `person_id` is who they are in a district's records."""

    id: UUID = Field(description="For the header Acting-As.")
    role: Role
    partner_id: UUID | None
    partner_name: str | None
    person_id: UUID | None
    by_default: bool = Field(description="Acts where no Acting-As is said: the oldest.")


class Me(BaseModel):
    """Of a partner's system `account_id` and its one membership's `id` are the `client_id`."""

    account_id: UUID
    acting_as: UUID | None = Field(description="The membership that this request acts under.")
    memberships: list[OwnMembership]


@router.get("/me")
async def read_me(request: Request, caller: Somebody, gateway: Here) -> Me:
    """Who is signed in, and all they are to the partnership, the oldest membership first. Whom
    nobody has admitted yet is refused with `membership-missing`, as everywhere."""
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
