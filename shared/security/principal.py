"""The caller of a request, as the gateway signs it and every service verifies it.

A principal token is a JWT (EdDSA, Ed25519) for one service, valid for a minute. A service keeps a
verified token until it expires, since a verification costs as much as a small answer.
"""

import time
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.contracts.purpose import Purpose
from shared.contracts.role import Role as Role  # noqa: PLC0414
from shared.core.refusals import Unauthenticated
from shared.security.tokens import Signer, TokenRefused, Verifier

LIFETIME_SECONDS = 60
ISSUER = "gateway"
KEPT_TOKENS = 10_000
BEARER = "Bearer "


PARTNER_STAFF = frozenset({Role.CASE_WORKER, Role.PARTNER_ADMIN, Role.PARTNER_SYSTEM})
"""The roles that act for a partner that serves children."""
FOR_PARTNER = PARTNER_STAFF | {Role.LINK_HOLDER}
"""The roles in which somebody reads for a partner, also somebody with no account there."""
FAMILY = frozenset({Role.GUARDIAN, Role.STUDENT})
"""The roles of people in a child's family, the student included."""


class Principal(BaseModel):
    """The caller of one request, acting under one membership.

    - `partner_id`: the partner the person works for (for district staff, the district).
    - `person_id`: that person's id in students: a staff id, contact id or student id by role.
    - `purpose`: the purpose of this request; only partners have a choice.
    - `leads`: the partnerships that the person's partner leads as their backbone; only its staff
      have any.
    - `closed_agreements`: agreements under which the partner gets nothing any more, whatever
      events a service has handled.
    """

    model_config = ConfigDict(frozen=True)

    account_id: UUID
    role: Role
    membership_id: UUID | None = None
    partner_id: UUID | None = None
    person_id: UUID | None = None
    purpose: Purpose = Purpose.SERVICE
    closed_agreements: frozenset[UUID] = frozenset()
    leads: frozenset[UUID] = frozenset()


NOBODY = Principal(account_id=UUID(int=0), role=Role.PUBLIC)
THE_GATEWAY = Principal(account_id=UUID(int=1), role=Role.GATEWAY)


def ensure_somebody(caller: Principal) -> None:
    """Raises `Unauthenticated("sign-in-required")` for a caller who is not signed in."""
    if caller.role is Role.PUBLIC:
        raise Unauthenticated("sign-in-required", "Sign in to ask for this.")


class PrincipalSigner:
    """Signs principals, in the gateway: one token per caller and service, made anew after half its
    life."""

    def __init__(self, private_key: str) -> None:
        self._signer = Signer(private_key, "principal+jwt")
        self._made: dict[tuple[Principal, str], tuple[float, str]] = {}

    def token(self, principal: Principal, service: str) -> str:
        now = time.time()
        until, token = self._made.get((principal, service), (0.0, ""))
        if until > now:
            return token
        if len(self._made) >= KEPT_TOKENS:
            self._made.clear()
        token = self._signer.sign(
            {
                "iss": ISSUER,
                "aud": service,
                "iat": int(now),
                "exp": int(now) + LIFETIME_SECONDS,
                "caller": principal.model_dump(mode="json", exclude_none=True),
            }
        )
        self._made[principal, service] = (now + LIFETIME_SECONDS / 2, token)
        return token


class PrincipalVerifier:
    """Verifies principals, in a service."""

    def __init__(self, public_keys: str, service: str) -> None:
        self._verifier = Verifier(public_keys, "principal+jwt", issuer=ISSUER, audience=service)
        self._kept: dict[str, tuple[float, Principal]] = {}

    def principal(self, authorization: str) -> Principal:
        """The caller in the header `authorization`. Raises `Unauthenticated` for anything but a
        valid token."""
        expires, principal = self._kept.get(authorization, (0.0, NOBODY))
        if expires > time.time():
            return principal
        try:
            claims = self._verifier.claims(_bearer(authorization))
            principal = Principal.model_validate(claims["caller"])
        except (TokenRefused, KeyError, ValidationError) as refused:
            raise Unauthenticated(
                "principal-refused", "The signed statement of who is asking is not valid."
            ) from refused
        if len(self._kept) >= KEPT_TOKENS:
            self._kept.clear()
        self._kept[authorization] = (claims["exp"], principal)
        return principal


def _bearer(authorization: str) -> str:
    if not authorization.startswith(BEARER):
        raise TokenRefused("scheme")
    return authorization[len(BEARER) :]


def principal_of(request: Request) -> Principal:
    """The caller of this request. Raises `Unauthenticated` where there is none."""
    known: Principal | None = request.scope.get("principal")
    if known is None:
        verifier: PrincipalVerifier = request.app.state.principals
        known = verifier.principal(request.headers.get("authorization", ""))
        request.scope["principal"] = known
    return known
