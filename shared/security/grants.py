"""The grant: students' signed statement of the categories of one child that one viewer may have,
for a minute.

resources and outcomes disclose data about a child only against a grant; they know neither rosters
nor relations.
"""

import time
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.contracts.students.access import Category as Category  # noqa: PLC0414
from shared.core.refusals import Forbidden
from shared.security.principal import principal_of
from shared.security.tokens import Signer, TokenRefused, Verifier

LIFETIME_SECONDS = 60
TYPE = "grant+jwt"


class Grant(BaseModel):
    """`viewer`: the account that it was given to; no other account can use it."""

    model_config = ConfigDict(frozen=True)

    student_id: UUID
    viewer: UUID
    categories: frozenset[Category]
    class_ids: tuple[UUID, ...] = ()


class GrantSigner:
    """Signs grants, in students."""

    def __init__(self, private_key: str) -> None:
        self._signer = Signer(private_key, TYPE)

    def token(self, grant: Grant) -> str:
        now = int(time.time())
        return self._signer.sign(
            {
                "iss": "students",
                "aud": "services",
                "iat": now,
                "exp": now + LIFETIME_SECONDS,
                "grant": grant.model_dump(mode="json"),
            }
        )


class GrantVerifier:
    """Verifies grants, in resources and outcomes."""

    def __init__(self, public_keys: str) -> None:
        self._verifier = Verifier(public_keys, TYPE, issuer="students", audience="services")

    def grant(self, token: str) -> Grant:
        """The grant in `token`. Raises `Forbidden("grant-refused")` for anything but a valid
        grant."""
        try:
            return Grant.model_validate(self._verifier.claims(token)["grant"])
        except (TokenRefused, KeyError, ValidationError) as refused:
            raise Forbidden(
                "grant-refused", "You may not have this part of the child's record."
            ) from refused


async def read_grant(
    request: Request, grant: Annotated[str, Header(include_in_schema=False)] = ""
) -> Grant:
    """The grant in the request's header. Raises `grant-refused` (403), also where the caller is
    not its viewer."""
    verifier: GrantVerifier = request.app.state.grants
    given = verifier.grant(grant)
    if given.viewer != principal_of(request).account_id:
        raise Forbidden("grant-refused", "You may not have this part of the child's record.")
    return given


async def read_grant_if_given(
    request: Request, grant: Annotated[str, Header(include_in_schema=False)] = ""
) -> Grant | None:
    return await read_grant(request, grant) if grant else None


ChildGrant = Annotated[Grant, Depends(read_grant)]
MaybeGrant = Annotated[Grant | None, Depends(read_grant_if_given)]


def ensure_granted(grant: Grant, student_id: UUID, category: Category) -> None:
    """Raises `Forbidden("grant-refused")` unless this child's category was granted."""
    if grant.student_id != student_id or category not in grant.categories:
        raise Forbidden("grant-refused", "You may not have this part of the child's record.")
