"""The caller of a request. An access token names the person or client; the platform's memberships
give their role. An ended membership has no effect as soon as the gateway receives its event, and
after KEPT_SECONDS in any case, since the broker may hang or be busy with an import."""

import asyncio
import time
from dataclasses import asdict
from functools import partial
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, TypeAdapter

from gateway.authentication.access_tokens import AccessTokens, Identity, Profile, note
from gateway.authentication.own_tokens import client_of, link_of
from gateway.upstream.client import Asked, Upstream
from shared.contracts.purpose import PARTNER_PURPOSES, Purpose
from shared.core.refusals import BadRequest, Forbidden, NotFound, Refusal, Unauthenticated
from shared.formats.jwts import Reason
from shared.security.principal import NOBODY, THE_GATEWAY, Principal, Role

BEARER = "bearer"  # a scheme's name is compared without regard to case (RFC 9110, 11.1)
KEPT_SECONDS = 1.0
KEPT_CALLERS = 20_000


class Membership(BaseModel):
    """A membership as partners answers it."""

    membership_id: UUID
    account_id: UUID
    role: Role
    partner_id: UUID | None = None
    person_id: UUID | None = None
    partner_name: str | None = None
    account_name: str | None = None
    account_email: str | None = None
    closed_agreements: frozenset[UUID] = frozenset()
    leads: frozenset[UUID] = frozenset()


NOTHING_TOLD = Profile(None, None)
MEMBERSHIPS = TypeAdapter(list[Membership])
Asking = asyncio.Task[list[Membership]]


class Callers:
    """`own_issuer` is the issuer of tokens for partners' systems."""

    def __init__(self, tokens: AccessTokens, upstream: Upstream, own_issuer: str) -> None:
        self._tokens = tokens
        self._upstream = upstream
        self._own_issuer = own_issuer
        self._kept: dict[Identity, tuple[float, Asking]] = {}
        self._reported: dict[Identity, Profile] = {}

    async def caller(self, request: Request) -> Principal:
        """The caller, NOBODY without a token. Refuses a bad token, and a person without a
        membership."""
        identity = await self.identity(request)
        if identity is None:
            return NOBODY
        acting = _acting(await self._memberships(identity), request.headers.get("acting-as"))
        return acting.model_copy(update={"purpose": _purpose(acting, request)})

    async def memberships(self, request: Request) -> list[Membership]:
        """The caller's memberships, the oldest first; none without a token."""
        identity = await self.identity(request)
        return [] if identity is None else await self._memberships(identity)

    async def identity(self, request: Request) -> Identity | None:
        """The identity in the request's token, admitted or not; None without a token."""
        authorization = request.headers.get("authorization")
        if authorization is None:
            return None
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != BEARER:
            note(Reason.SCHEME)
            raise Unauthenticated("token-refused", "The access token is not valid here.")
        return await self._tokens.identity(token)

    def forget(self) -> None:
        """Called when a membership or a client's key was granted or ended. Answers still under way
        may be older than that, and are forgotten too."""
        self._kept.clear()

    async def _memberships(self, identity: Identity) -> list[Membership]:
        """One question to partners serves all requests that come while it is asked and within
        KEPT_SECONDS after it began."""
        asked_at, asking = self._kept.get(identity, (0.0, None))
        if asking is None or time.monotonic() - asked_at >= KEPT_SECONDS:
            if len(self._kept) >= KEPT_CALLERS:
                self._kept.clear()
            asking = asyncio.create_task(self._ask(identity))
            asking.add_done_callback(partial(self._drop_failed, identity))
            self._kept[identity] = (time.monotonic(), asking)
        return asking.result() if asking.done() else await asyncio.shield(asking)

    async def _ask(self, identity: Identity) -> list[Membership]:
        link_id = link_of(identity.subject) if identity.issuer == self._own_issuer else None
        if link_id is not None:
            return await self._ask_for_link(link_id)
        path, asked = self._question(identity)
        read = await self._upstream.need("partners", path, THE_GATEWAY, asked)
        found = MEMBERSHIPS.validate_python(read)
        if identity.issuer == self._own_issuer or (found and not self._is_news(identity)):
            return found
        return await self._sign_in(identity, found)

    async def _ask_for_link(self, link_id: UUID) -> list[Membership]:
        """Students knows whether the link still opens its referral, and partners what its partner
        may have."""
        path = f"/internal/referral-links/{link_id}/holder"
        found: list[Membership] = []
        for holder in await self._upstream.need("students", path, THE_GATEWAY):
            path = f"/internal/partners/{holder['partner_id']}/link-holders/{link_id}"
            read = await self._upstream.need("partners", path, THE_GATEWAY)
            found += MEMBERSHIPS.validate_python(read)
        if not found:
            raise Unauthenticated("link-closed", "The link opens nothing any more.")
        return found

    def _is_news(self, identity: Identity) -> bool:
        """Whether the issuer tells of the person anything that was not reported yet."""
        return identity.profile not in (NOTHING_TOLD, self._reported.get(identity))

    async def _sign_in(self, identity: Identity, found: list[Membership]) -> list[Membership]:
        """Reports to partners somebody of whom the issuer tells something new, and somebody without
        a membership, who may be the first operator. Where the report fails, whoever has a membership
        works on under it; a partners of the release before takes none."""
        asked = {
            "issuer": identity.issuer,
            "subject": identity.subject,
            **asdict(identity.profile),
        }
        try:
            reply = await self._upstream.post("partners", "/internal/sign-ins", THE_GATEWAY, asked)
            if not reply.good and reply.status != NotFound.status:
                raise reply.refusal("partners")
        except Refusal:
            if found:
                return found
            raise
        if reply.status == NotFound.status:
            return found
        if len(self._reported) >= KEPT_CALLERS:
            self._reported.clear()
        self._reported[identity] = identity.profile
        return MEMBERSHIPS.validate_python(reply.json())

    def _drop_failed(self, identity: Identity, asking: Asking) -> None:
        if not asking.cancelled() and asking.exception() is None:
            return
        if self._kept.get(identity, (0.0, None))[1] is asking:
            del self._kept[identity]

    def _question(self, identity: Identity) -> tuple[str, Asked]:
        """A client is never looked up by an issuer's name, so that no issuer can name one."""
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
    Role.LINK_HOLDER: Purpose.SERVICE,
}


def _purpose(caller: Principal, request: Request) -> Purpose:
    """The purpose of the request: the role's own, or a partner's as its header `Purpose` says."""
    said = request.headers.get("purpose")
    own = OWN_PURPOSES.get(caller.role)
    if own is not None or said is None:
        return own or Purpose.SERVICE
    if said not in PARTNER_PURPOSES:
        allowed = ", ".join(PARTNER_PURPOSES)
        raise BadRequest("purpose-unknown", f"Purpose must be one of {allowed}.")
    return Purpose(said)


def _acting(memberships: list[Membership], acting_as: str | None) -> Principal:
    """The principal of the one membership that acts: the named one, else the oldest."""
    if not memberships:
        raise Forbidden("membership-missing", "You are signed in, but you have no membership yet.")
    chosen = memberships[0]
    if acting_as is not None:
        named = [m for m in memberships if str(m.membership_id) == acting_as.lower()]
        if not named:
            raise BadRequest("acting-as-unknown", "Acting-As must name one of your memberships.")
        chosen = named[0]
    return Principal(
        account_id=chosen.account_id,
        role=chosen.role,
        membership_id=chosen.membership_id,
        partner_id=chosen.partner_id,
        person_id=chosen.person_id,
        closed_agreements=chosen.closed_agreements,
        leads=chosen.leads,
    )
