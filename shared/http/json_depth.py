"""Checks a JSON body before it is parsed: it must be UTF-8 (RFC 8259, 8.1), and must not nest too
deeply. The limit is our own: Python's differs by version and by the stack in use, and a body
beyond it may exhaust the stack."""

import re

from fastapi import Request

from shared.core.refusals import BadRequest, Fault, Malformed

MOST_DEEP = 64
# A string that never closes matches to the end of the body and is not scanned again from its middle.
# Otherwise a small body of quotes would keep a process busy for minutes.
TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


async def ensure_readable(request: Request) -> None:
    """Raises for a JSON body `body-unreadable` (400), with the byte, where it is not UTF-8, and
    `body-too-deep` (422) where it nests deeper than MOST_DEEP."""
    if "json" not in request.headers.get("content-type", "").lower():
        return
    body = await request.body()
    try:
        body.decode()
    except UnicodeDecodeError as error:
        place = Fault(field=f"body.{error.start}", code="encoding", reason="This is not UTF-8")
        raise BadRequest("body-unreadable", "The body is not UTF-8.", [place]) from error
    if is_deep(body):
        raise Malformed("body-too-deep", f"JSON may nest {MOST_DEEP} levels deep at most.")


def is_deep(body: bytes) -> bool:
    """Whether the JSON text nests deeper than MOST_DEEP. Brackets within strings do not count."""
    if body.count(b"[") + body.count(b"{") <= MOST_DEEP:
        return False
    depth = 0
    for token in TOKEN.finditer(body):
        first = token[0][:1]
        depth += (first in b"[{") - (first in b"]}")
        if depth > MOST_DEEP:
            return True
    return False
