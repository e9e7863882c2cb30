"""A POST that repeats an Idempotency-Key is carried out once and gets the first answer again.

The key and the answer are written in the transaction of the work itself
(draft-ietf-httpapi-idempotency-key-header). An answer with `Cache-Control: no-store` holds a
secret and is not stored; its request is still carried out only once, and a repetition is refused
with `answer-not-kept`.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from python_multipart.multipart import parse_options_header
from sqlalchemy import DateTime, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from shared.core.refusals import BadRequest, Conflict, Malformed
from shared.persistence.database import open_session
from shared.persistence.records import utc_now
from shared.security.principal import principal_of

KEY = re.compile(r"[\x21-\x7e]{1,200}", re.ASCII)
KEPT_HEADERS = ("etag", "location", "content-type")
KEPT_DAYS = 7
FORGET = text("""
    update idempotency set body = null
    where exists (select 1 from unnest(cast(:told as text[])) as id
                  where position(convert_to(id, 'UTF8') in body) > 0)
""")


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


idempotency: Any = IdempotencyRow


async def answer_once(
    request: Request, key: str, handle: Callable[[Request], Awaitable[Response]]
) -> Response:
    """The answer to this POST: computed now, or the stored one where the key is repeated. Raises
    `idempotency-key-unreadable` (400), `idempotency-key-reused` (422) where the key came with
    another request, and `answer-not-kept` (409)."""
    if not KEY.fullmatch(key):
        raise BadRequest(
            "idempotency-key-unreadable", "Idempotency-Key takes 1 to 200 ASCII characters."
        )
    session = await open_session(request)
    account_id = principal_of(request).account_id
    fingerprint = await _fingerprint(request)
    # A second request with this key waits here until the first has ended.
    taken = await session.execute(
        insert(idempotency)
        .values(account_id=account_id, key=key, fingerprint=fingerprint, created_at=utc_now())
        .on_conflict_do_nothing()
        .returning(idempotency.key)
    )
    if taken.one_or_none() is None:
        return await _stored(session, account_id, key, fingerprint)
    response = await handle(request)
    headers = "\n".join(f"{k}: {v}" for k, v in response.headers.items() if k in KEPT_HEADERS)
    storable = response.headers.get("cache-control") != "no-store"
    await session.execute(
        update(idempotency)
        .where(idempotency.account_id == account_id, idempotency.key == key)
        .values(
            status=response.status_code,
            headers=headers,
            body=bytes(response.body) if storable else None,
        )
    )
    return response


async def forget_answers(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Remove the stored answers that name one of these. The work stays done: a repetition is refused
    with `answer-not-kept`."""
    await session.execute(FORGET, {"told": [str(id) for id in ids]})


async def _stored(session: AsyncSession, account_id: UUID, key: str, fingerprint: str) -> Response:
    row = (
        await session.execute(
            select(IdempotencyRow).where(
                idempotency.account_id == account_id, idempotency.key == key
            )
        )
    ).scalar_one()
    if row.fingerprint != fingerprint:
        raise Malformed(
            "idempotency-key-reused", "This Idempotency-Key came with another request."
        )
    if row.body is None:
        raise Conflict(
            "answer-not-kept", "This was done already, and its answer is given only once."
        )
    headers = dict(line.split(": ", 1) for line in (row.headers or "").splitlines())
    headers["Idempotency-Replayed"] = "true"
    return Response(row.body, row.status or 200, headers)


async def _fingerprint(request: Request) -> str:
    digest = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    # The caller and the purpose count: an answer about a child is repeated only under the membership
    # it was given to. Closed agreements do not identify the caller, so they are left out.
    caller = principal_of(request).model_dump_json(exclude={"closed_agreements"})
    digest.update(caller.encode() + b"\n")
    body = await request.body()
    for part in _parts(request.headers.get("content-type", ""), body):
        digest.update(part)
    return digest.hexdigest()


def _parts(content_type: str, body: bytes) -> Iterator[bytes | memoryview]:
    """The parts of the body that identify the request. A client draws another boundary each time
    it sends the same form (RFC 7578, 4.1), so the content between the boundaries counts, each part
    with its length."""
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
