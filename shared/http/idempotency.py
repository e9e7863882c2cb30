"""A POST repeated with the same Idempotency-Key is done once and answered twice.

The key and the answer are written in the transaction of the work itself
(draft-ietf-httpapi-idempotency-key-header). An answer that is not to be stored (`Cache-Control:
no-store`: it holds a secret) is not; the work is done once all the same.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from uuid import UUID

from fastapi import Request, Response
from python_multipart.multipart import parse_options_header
from sqlalchemy import DateTime, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col, select

from shared.core.refusals import BadRequest, Conflict, Malformed
from shared.persistence.database import open_session
from shared.persistence.records import utc_now
from shared.security.principal import principal_of

KEY = re.compile(r"[\x21-\x7e]{1,200}", re.ASCII)
KEPT_HEADERS = ("etag", "location", "content-type")
KEPT_DAYS = 7


class IdempotencyRow(SQLModel, table=True):
    __tablename__ = "idempotency"

    account_id: UUID = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: str
    status: int | None = None
    headers: str | None = None
    body: bytes | None = None
    created_at: datetime = Field(
        default_factory=utc_now,
        index=True,
        sa_type=DateTime(timezone=True),
    )


async def answer_once(
    request: Request, key: str, handle: Callable[[Request], Awaitable[Response]]
) -> Response:
    if not KEY.fullmatch(key):
        raise BadRequest(
            "idempotency-key-unreadable", "Idempotency-Key: 1 to 200 ASCII characters."
        )
    session = await open_session(request)
    account_id = principal_of(request).account_id
    fingerprint = await _fingerprint(request)
    # A second request with this key waits here until the first has ended.
    taken = await session.execute(
        insert(IdempotencyRow)
        .values(account_id=account_id, key=key, fingerprint=fingerprint, created_at=utc_now())
        .on_conflict_do_nothing()
        .returning(col(IdempotencyRow.key))
    )
    if taken.one_or_none() is None:
        return await _stored(session, account_id, key, fingerprint)
    response = await handle(request)
    headers = "\n".join(f"{k}: {v}" for k, v in response.headers.items() if k in KEPT_HEADERS)
    storable = response.headers.get("cache-control") != "no-store"
    await session.execute(
        update(IdempotencyRow)
        .where(col(IdempotencyRow.account_id) == account_id, col(IdempotencyRow.key) == key)
        .values(
            status=response.status_code,
            headers=headers,
            body=bytes(response.body) if storable else None,
        )
    )
    return response


async def _stored(session: AsyncSession, account_id: UUID, key: str, fingerprint: str) -> Response:
    row = (
        await session.execute(
            select(IdempotencyRow).where(
                IdempotencyRow.account_id == account_id, IdempotencyRow.key == key
            )
        )
    ).scalar_one()
    if row.fingerprint != fingerprint:
        raise Malformed(
            "idempotency-key-reused", "This Idempotency-Key came with another request."
        )
    if row.body is None:
        raise Conflict("answer-not-kept", "This was done already; its answer was given once.")
    headers = dict(line.split(": ", 1) for line in (row.headers or "").splitlines())
    headers["Idempotency-Replayed"] = "true"
    return Response(row.body, row.status or 200, headers)


async def _fingerprint(request: Request) -> str:
    digest = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    # As whom and what for: an answer about a child is given again under the membership it was given
    # to, and under no other. Which agreements are closed is no part of who asks.
    caller = principal_of(request).model_dump_json(exclude={"closed_agreements"})
    digest.update(caller.encode() + b"\n")
    body = await request.body()
    for part in _parts(request.headers.get("content-type", ""), body):
        digest.update(part)
    return digest.hexdigest()


def _parts(content_type: str, body: bytes) -> Iterator[bytes | memoryview]:
    """A form's client draws another boundary each time it sends the same form (RFC 7578, 4.1): what
    stands between the boundaries is the request, each with its length."""
    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        yield body
        return
    view, begins = memoryview(body), 0
    for delimiter in re.finditer(rb"(?:^|\r\n)--" + re.escape(boundary), body):
        yield b"%d\n" % (delimiter.start() - begins)
        yield view[begins : delimiter.start()]
        begins = delimiter.end()
    yield view[begins:]
