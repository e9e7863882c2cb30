"""The grant: students' signed statement of the categories of one child that one viewer may have,
for a minute.

resources and outcomes disclose data about a child only against a grant; they know neither rosters
nor relations.
"""

import time
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from shared.contracts.students.access import Category as Category  # noqa: PLC0414
from shared.contracts.together import GRANTS_LENGTH
from shared.core.refusals import Forbidden
from shared.security.principal import Principal, principal_of
from shared.security.tokens import Signer, TokenRefused, Verifier

LIFETIME_SECONDS = 60
TYPE = "grant+jwt"
TYPE_OF_MANY = "grants+jwt"


class Grant(BaseModel):
    """`viewer`: the account that it was given to; no other account can use it."""

    model_config = ConfigDict(frozen=True)

    student_id: UUID
    viewer: UUID
    categories: frozenset[Category]
    class_ids: tuple[UUID, ...] = ()


GRANTS = TypeAdapter(dict[int, Grant])


class GrantSigner:
    """Signs grants, in students."""

    def __init__(self, private_key: str) -> None:
        self._signer = Signer(private_key, TYPE)
        self._signer_of_many = Signer(private_key, TYPE_OF_MANY)

    def token(self, grant: Grant) -> str:
        return self._signer.sign(_claims(grant=grant.model_dump(mode="json")))

    def token_of_many(self, grants: Mapping[int, Grant]) -> str:
        """One signature for the grants of a question about many children, each by its number. Each
        of them opens what it would open alone: its own child, to its own viewer."""
        dumped = {str(entry): grant.model_dump(mode="json") for entry, grant in grants.items()}
        return self._signer_of_many.sign(_claims(grants=dumped))


def _claims(**granted: Any) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": "students", "aud": "services", "iat": now, "exp": now + LIFETIME_SECONDS, **granted
    }  # fmt: skip


class GrantVerifier:
    """Verifies grants, in resources and outcomes."""

    def __init__(self, public_keys: str) -> None:
        self._verifier = Verifier(public_keys, TYPE, issuer="students", audience="services")
        self._verifier_of_many = Verifier(
            public_keys, TYPE_OF_MANY, issuer="students", audience="services",
            most_bytes=GRANTS_LENGTH,
        )  # fmt: skip

    def grant(self, token: str) -> Grant:
        """The grant in `token`. Raises `Forbidden("grant-refused")` for anything but a valid
        grant."""
        try:
            return Grant.model_validate(self._verifier.claims(token)["grant"])
        except (TokenRefused, KeyError, ValidationError) as refused:
            raise grant_refused() from refused

    def grants(self, token: str) -> dict[int, Grant]:
        """The grants of many that `token` was signed for, by number. Raises as `grant`."""
        try:
            return GRANTS.validate_python(self._verifier_of_many.claims(token)["grants"])
        except (TokenRefused, KeyError, ValidationError) as refused:
            raise grant_refused() from refused


def grant_refused() -> Forbidden:
    return Forbidden("grant-refused", "You may not have this part of the child's record.")


def ensure_viewer(grant: Grant, viewer: Principal) -> None:
    """Raises `Forbidden("grant-refused")` unless the grant was given to this viewer."""
    if grant.viewer != viewer.account_id:
        raise grant_refused()


async def read_grant(
    request: Request, grant: Annotated[str, Header(include_in_schema=False)] = ""
) -> Grant:
    """The grant in the request's header. Raises `grant-refused` (403), also where the caller is
    not its viewer."""
    verifier: GrantVerifier = request.app.state.grants
    given = verifier.grant(grant)
    ensure_viewer(given, principal_of(request))
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
        raise grant_refused()
