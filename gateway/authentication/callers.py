"""Who calls: an access token says who somebody is, the platform's own memberships say what they
are to the partnership. A membership that ends has no effect from the moment its event is heard, and
after KEPT_SECONDS whatever becomes of the event: a broker may hang, or be busy with an import."""

import asyncio
import time
from functools import partial
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, TypeAdapter

from gateway.authentication.access_tokens import AccessTokens, Identity
from gateway.authentication.own_tokens import client_of
from gateway.upstream.client import Asked, Upstream
from shared.contracts.purpose import PARTNER_PURPOSES, Purpose
from shared.core.refusals import BadRequest, Forbidden, Unauthenticated
from shared.security.principal import BEARER, NOBODY, THE_GATEWAY, Principal, Role

KEPT_SECONDS = 1.0
KEPT_CALLERS = 20_000


class Membership(BaseModel):
    """As partners answers the gateway."""

    membership_id: UUID
    account_id: UUID
    role: Role
    partner_id: UUID | None = None
    person_id: UUID | None = None
    partner_name: str | None = None
    closed_agreements: frozenset[UUID] = frozenset()


MEMBERSHIPS = TypeAdapter(list[Membership])
Asking = asyncio.Task[list[Membership]]


class Callers:
    """`own_issuer` is whose tokens are about partners' systems."""

    def __init__(self, tokens: AccessTokens, upstream: Upstream, own_issuer: str) -> None:
        self._tokens = tokens
        self._upstream = upstream
        self._own_issuer = own_issuer
        self._kept: dict[Identity, tuple[float, Asking]] = {}

    async def caller(self, request: Request) -> Principal:
        """Nobody without a token; a refusal for a bad one or a person without a membership."""
        identity = await self.identity(request)
        if identity is None:
            return NOBODY
        acting = _acting(await self._memberships(identity), request.headers.get("acting-as"))
        return acting.model_copy(update={"purpose": _purpose(acting, request)})

    async def memberships(self, request: Request) -> list[Membership]:
        """What whoever calls is here, the oldest first; none for nobody."""
        identity = await self.identity(request)
        return [] if identity is None else await self._memberships(identity)

    async def identity(self, request: Request) -> Identity | None:
        """Who an issuer says it is, admitted or not."""
        authorization = request.headers.get("authorization")
        if authorization is None:
            return None
        if not authorization.startswith(BEARER):
            raise Unauthenticated("token-refused", "The access token is not valid here.")
        return await self._tokens.identity(authorization[len(BEARER) :])

    def forget(self) -> None:
        """A membership was granted or ended, or a client's key. What is being asked now may be
        older than that, and is forgotten too."""
        self._kept.clear()

    async def _memberships(self, identity: Identity) -> list[Membership]:
        """One question serves all who come while it is asked, and a second after it began."""
        asked_at, asking = self._kept.get(identity, (0.0, None))
        if asking is None or time.monotonic() - asked_at >= KEPT_SECONDS:
            if len(self._kept) >= KEPT_CALLERS:
                self._kept.clear()
            asking = asyncio.create_task(self._ask(identity))
            asking.add_done_callback(partial(self._drop_failed, identity))
            self._kept[identity] = (time.monotonic(), asking)
        return asking.result() if asking.done() else await asyncio.shield(asking)

    async def _ask(self, identity: Identity) -> list[Membership]:
        path, asked = self._question(identity)
        found = await self._upstream.need("partners", path, THE_GATEWAY, asked)
        return MEMBERSHIPS.validate_python(found)

    def _drop_failed(self, identity: Identity, asking: Asking) -> None:
        if not asking.cancelled() and asking.exception() is None:
            return
        if self._kept.get(identity, (0.0, None))[1] is asking:
            del self._kept[identity]

    def _question(self, identity: Identity) -> tuple[str, Asked]:
        """A client is never asked for by an issuer's name, so that no issuer can name one."""
        if identity.issuer == self._own_issuer:
            client_id, key_id = client_of(identity.subject)
            return f"/internal/clients/{client_id}/acting", {"key_id": str(key_id)}
        asked = {"issuer": identity.issuer, "subject": identity.subject}
        return "/internal/memberships", asked


OWN_PURPOSES = {
    Role.DISTRICT_ADMIN: Purpose.EDUCATION,
    Role.EDUCATOR: Purpose.EDUCATION,
    Role.GUARDIAN: Purpose.FAMILY,
    Role.STUDENT: Purpose.FAMILY,
}


def _purpose(caller: Principal, request: Request) -> Purpose:
    """What the request is for: the role's own, or a partner's as its header `Purpose` says."""
    said = request.headers.get("purpose")
    own = OWN_PURPOSES.get(caller.role)
    if own is not None or said is None:
        return own or Purpose.SERVICE
    if said not in PARTNER_PURPOSES:
        raise BadRequest("purpose-unknown", f"Purpose is one of {', '.join(PARTNER_PURPOSES)}.")
    return Purpose(said)


def _acting(memberships: list[Membership], acting_as: str | None) -> Principal:
    """One request acts under one membership: the one named, else the first."""
    if not memberships:
        raise Forbidden(
            "membership-missing", "You are signed in, but nobody has admitted you yet."
        )
    chosen = memberships[0]
    if acting_as is not None:
        named = [m for m in memberships if str(m.membership_id) == acting_as.lower()]
        if not named:
            raise BadRequest("acting-as-unknown", "Acting-As takes one of your own memberships.")
        chosen = named[0]
    return Principal(
        account_id=chosen.account_id,
        role=chosen.role,
        membership_id=chosen.membership_id,
        partner_id=chosen.partner_id,
        person_id=chosen.person_id,
        closed_agreements=chosen.closed_agreements,
    )
