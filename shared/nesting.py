"""How deep a JSON body may nest: a limit of our own, since Python's differs by version and by what
else the process does, and beyond it a parser may exhaust the stack."""

import re

from fastapi import Request

from shared.refusals import Malformed

MOST_DEEP = 64
TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


async def ensure_shallow(request: Request) -> None:
    """Raises `body-too-deep` for a JSON body that nests deeper than MOST_DEEP."""
    if "json" in request.headers.get("content-type", "") and is_deep(await request.body()):
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
