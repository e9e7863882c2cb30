"""What a JSON body must be before it is parsed: UTF-8 (RFC 8259, 8.1), and not too deep: a limit of
our own, since Python's differs by version and by what else the process does, and beyond it a parser
may exhaust the stack."""

import re

from fastapi import Request

from shared.core.refusals import BadRequest, Fault, Malformed

MOST_DEEP = 64
# A text that never closes goes on to the end, and is never looked at again from its middle: else a
# small body of quotes would keep a process busy for minutes.
TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


async def ensure_readable(request: Request) -> None:
    """Raises `body-unreadable`, with the byte, for a JSON body that is not UTF-8, `body-too-deep`
    for one that nests deeper than MOST_DEEP."""
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
    if body.count(b"[") + body.count(b"{") <= MOST_DEEP:
        return False
    depth = 0
    for token in TOKEN.finditer(body):
        first = token[0][:1]
        depth += (first in b"[{") - (first in b"]}")
        if depth > MOST_DEEP:
            return True
    return False
