"""Lists in pages, with an opaque cursor that marks the last row of the page before.

A cursor is bound to the caller, the path and the filters. The cursor of another list, and a forged
one, are refused with `cursor-foreign`. A cursor is encrypted, since it holds the sort keys, which
may be a child's name, and stands in addresses.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import Select, literal, tuple_

from shared.core.refusals import BadRequest
from shared.persistence.database import Reading
from shared.persistence.queries import answers
from shared.security.principal import principal_of

LIMIT = 50
MOST = 200
CURSOR_CHARACTERS = 2000

A = TypeVar("A", bound=BaseModel)
Limit = Annotated[int, Query(ge=1, le=MOST, description="The most items on a page.")]
Cursor = Annotated[
    str | None,
    Query(
        max_length=CURSOR_CHARACTERS,
        description="Where the page begins: `next` of the page before, with the same filters.",
    ),
]


class Page(BaseModel, Generic[A]):
    """At most `limit` items; `next` is the cursor of the following page, null on the last."""

    items: list[A]
    next: str | None = Field(default=None, description="Also in the Link header, rel=next.")


@dataclass(frozen=True)
class PageRequest:
    """The page that a caller asks for."""

    limit: int
    cursor: str | None
    scope: bytes
    keys: Sequence[bytes]  # the first encrypts; a cursor of any of them is read
    request: Request
    response: Response

    def after(self) -> list[Any] | None:
        """The sort keys of the last row of the page before; None for the first page. Raises
        `cursor-foreign` (400)."""
        if self.cursor is None:
            return None
        for key in self.keys:
            try:
                raw = urlsafe_b64decode(self.cursor.encode("ascii") + b"==")
                after: list[Any] = orjson.loads(_cipher(key).decrypt(raw, [self.scope]))
            except (ValueError, InvalidTag):
                continue
            return after
        raise BadRequest("cursor-foreign", "The cursor is not one of this list's.")

    def to_next(self, keys: Sequence[Any]) -> str:
        """The cursor of the page after a row with these sort keys; also sets the Link header."""
        body = orjson.dumps(list(keys), default=str)
        sealed = _cipher(self.keys[0]).encrypt(body, [self.scope])
        cursor = urlsafe_b64encode(sealed).decode().rstrip("=")
        query = [(k, v) for k, v in self.request.query_params.multi_items() if k != "cursor"]
        target = f"{self.request.url.path}?{urlencode([*query, ('cursor', cursor)])}"
        self.response.headers["Link"] = f'<{target}>; rel="next"'
        return cursor


@cache
def _cipher(key: bytes) -> AESSIV:
    """AES-SIV (RFC 5297): it needs no nonce, and gives the same cursor for the same place in a
    list."""
    return AESSIV(hashlib.sha256(b"cursor\0" + key).digest())


async def read_page(
    request: Request,
    response: Response,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> PageRequest:
    """The page that the query asks for."""
    filters = sorted(
        pair for pair in request.query_params.multi_items() if pair[0] not in {"cursor", "limit"}
    )
    caller = principal_of(request)
    scope = f"{caller.account_id}|{caller.membership_id}|{request.url.path}|{urlencode(filters)}"
    return PageRequest(
        limit, cursor, scope.encode(), request.app.state.cursor_keys, request, response
    )


Paging = Annotated[PageRequest, Depends(read_page)]


async def page(
    reader: Reading,
    statement: Select[Any],
    answer: type[A],
    paging: PageRequest,
    *,
    by: Sequence[Any],
    descending: bool = False,
    given: Mapping[str, Any] | None = None,
) -> Page[A]:
    """One page of `statement`, ordered by the columns `by`, none of which is null and the last of
    which is unique. `given`: the statement's parameters."""
    wanted = ordered(statement, by, paging.limit + 1, descending=descending)
    after = paging.after()
    if after is not None:
        wanted = _beyond(wanted, by, after, descending=descending)
    found = await reader.execute(wanted, given)
    rows = found.all()
    items = answers(answer, found.keys(), rows[: paging.limit])
    if len(rows) <= paging.limit:
        return Page[answer](items=items)  # type: ignore[valid-type]
    keys = rows[paging.limit - 1][-len(by) :]
    return Page[answer](items=items, next=paging.to_next(keys))  # type: ignore[valid-type]


Keys = Sequence[Any]
ReadRows = Callable[[int, Keys | None], Awaitable[tuple[Iterable[str], Sequence[Any]]]]
"""Reads so many rows of a list after the row with these sort keys: the names of the columns, and the
rows, of which the last columns are the sort keys."""


async def page_of_ranks(
    lists: Sequence[ReadRows], answer: type[A], paging: PageRequest, *, keys: int
) -> Page[A]:
    """One page of several lists in turn, the best first, each ordered by as many `keys` of the same
    types. No row stands in two lists. One is read only where those before it do not fill the page."""
    after = paging.after()
    first, last = (0, None) if after is None else (int(after[0]), after[1:])
    found: list[tuple[int, Any]] = []
    names: Iterable[str] = ()
    for rank, read in enumerate(lists[first:], first):
        told, rows = await read(paging.limit + 1 - len(found), last)
        names, last = told or names, None
        found += ((rank, row) for row in rows)
        if len(found) > paging.limit:
            break
    shown = found[: paging.limit]
    items = answers(answer, names, [row for _, row in shown])
    if len(found) <= paging.limit:
        return Page[answer](items=items)  # type: ignore[valid-type]
    rank, row = shown[-1]
    return Page[answer](items=items, next=paging.to_next([rank, *row[-keys:]]))  # type: ignore[valid-type]


def in_order(
    statement: Select[Any], by: Sequence[Any], limit: int, after: Keys | None
) -> Select[Any]:
    """The first rows of `statement` after the one with these sort keys, which are its last columns;
    `by` as of `page`."""
    wanted = ordered(statement, by, limit)
    return wanted if after is None else _beyond(wanted, by, after)


def ordered(
    statement: Select[Any], by: Sequence[Any], limit: Any, *, descending: bool = False
) -> Select[Any]:
    """The statement in this order, with the columns of the order as `page_key_0` and so on."""
    named = [column.label(f"page_key_{n}") for n, column in enumerate(by)]
    order = [column.desc() if descending else column.asc() for column in by]
    return statement.add_columns(*named).order_by(*order).limit(limit)


def _beyond(
    wanted: Select[Any], by: Sequence[Any], after: Keys, *, descending: bool = False
) -> Select[Any]:
    last = tuple_(*(literal(typed(k, c), c.type) for k, c in zip(after, by, strict=True)))
    return wanted.where(tuple_(*by) < last if descending else tuple_(*by) > last)


def typed(key: Any, column: Any) -> Any:
    """The key as its column's Python type, since JSON has neither dates nor UUIDs."""
    python: type = column.type.python_type
    if python is UUID:
        return UUID(key)
    if python in {date, datetime}:
        return python.fromisoformat(key)
    return python(key) if key is not None and not isinstance(key, python) else key
