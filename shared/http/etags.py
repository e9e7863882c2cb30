"""Versions as ETags: an answer carries its version, and a change names the version that it changes
(RFC 9110, RFC 6585)."""

import re
from typing import Annotated, Protocol, TypeVar

from fastapi import Depends, Header, Request, Response

from shared.core.refusals import BadRequest, Stale, VersionRequired
from shared.security.principal import ensure_somebody, principal_of

STRONG = re.compile(r'"(\d{1,9})"', re.ASCII)
IF_MATCH_PATTERN = r'^"[0-9]{1,9}"$'
ETAG = {"ETag": {"$ref": "#/components/headers/ETag"}}
"""The headers of an answer that is tagged although it shows no version."""


class Versioned(Protocol):
    @property
    def version(self) -> int: ...


A = TypeVar("A", bound=Versioned)


def tagged(response: Response, answer: A) -> A:
    """The answer, with its version in the response's ETag header."""
    response.headers["ETag"] = f'"{answer.version}"'
    return answer


async def expected_version(
    request: Request,
    if_match: Annotated[
        str | None, Header(description="The ETag of the version to change.")
    ] = None,
) -> int:
    """The version in If-Match. Raises `sign-in-required` (401) first, then `if-match-missing`
    (428) or `if-match-unreadable` (400)."""
    ensure_somebody(principal_of(request))
    if if_match is None:
        raise VersionRequired("if-match-missing", "Say with If-Match which version you change.")
    match = STRONG.fullmatch(if_match.strip())
    if match is None:
        raise BadRequest("if-match-unreadable", 'If-Match takes one ETag, such as "3".')
    return int(match[1])


IfMatch = Annotated[int, Depends(expected_version)]


def ensure_version(row: Versioned, expected: int) -> None:
    """Raises `version-stale` (412) where the row has changed since the caller read it."""
    if row.version != expected:
        raise Stale(
            "version-stale",
            f"You are changing version {expected}, but the present version is {row.version}.",
        )
