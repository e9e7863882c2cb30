"""Many questions asked as one: each item has a caller of its own and an answer of its own, the same
as if it had been asked alone.

The body of the answer is a line of JSON, then the bodies of all answers, one behind the other. The
line gives the status of each and its number of bytes, so that nobody reads through the others.
"""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from fastapi import Request, Response
from opentelemetry.trace import SpanKind
from pydantic import BaseModel
from starlette.background import BackgroundTask

from shared.contracts.together import AskedChild, GrantedChildren
from shared.core.refusals import Refusal
from shared.core.telemetry import span, trace_of
from shared.security.callers import ensure_may
from shared.security.grants import (
    Category,
    Grant,
    GrantVerifier,
    ensure_granted,
    ensure_viewer,
    grant_refused,
)
from shared.security.permissions import Permission
from shared.security.principal import BEARER, Principal, PrincipalVerifier

log = logging.getLogger("request")

BODY_BYTES = 1024 * 1024
MEDIA_TYPE = "application/vnd.answers"
DECLARED: dict[int | str, dict[str, Any]] = {
    200: {"description": "The answers, one behind the other.", "content": {MEDIA_TYPE: {}}}
}
GOOD = 200


class Asked(NamedTuple):
    """An item that its caller may ask at all. `n`: its number among all items."""

    n: int
    caller: Principal
    student_id: UUID


class Granted(NamedTuple):
    """An item whose caller brings a grant for it."""

    n: int
    grant: Grant


class Told(NamedTuple):
    """One of the answers to a question for many."""

    status: int
    body: bytes


class Together:
    """A question for many, as a route carries it out. An item whose caller may not ask, or brings no
    grant for it, has its refusal at once, and refuses no other."""

    def __init__(
        self,
        request: Request,
        items: Sequence[AskedChild],
        callers: Sequence[str],
        may: Permission,
    ) -> None:
        self._request = request
        self._began = time.time_ns()
        self._items = items
        self._refused: dict[int, Refusal] = {}
        self._callers = [self._caller(token, may) for token in callers]

    def _caller(self, token: str, may: Permission) -> Principal | Refusal:
        verifier: PrincipalVerifier = self._request.app.state.principals
        try:
            caller = verifier.principal(f"{BEARER}{token}")
            ensure_may(caller, may)
        except Refusal as refused:
            return refused
        return caller

    def asked(self) -> list[Asked]:
        """The items that their callers may ask."""
        found = []
        for n, item in enumerate(self._items):
            caller = self._callers[item.caller]
            if isinstance(caller, Refusal):
                self._refused[n] = caller
            else:
                found.append(Asked(n, caller, item.student_id))
        return found

    def granted(self, question: GrantedChildren, category: Category) -> list[Granted]:
        """The items whose grant opens this category of their child to their caller."""
        tokens = [self._grants(token) for token in question.grants]
        found = []
        for n, caller, student_id in self.asked():
            item = question.items[n]
            try:
                grant = _entry(tokens[item.grants], item.entry)
                ensure_viewer(grant, caller)
                ensure_granted(grant, student_id, category)
            except Refusal as refused:
                self._refused[n] = refused
            else:
                found.append(Granted(n, grant))
        return found

    def _grants(self, token: str) -> Mapping[int, Grant] | Refusal:
        verifier: GrantVerifier = self._request.app.state.grants
        try:
            return verifier.grants(token)
        except Refusal as refused:
            return refused

    def answer(self, told: Mapping[int, BaseModel | Refusal], **more: Any) -> Response:
        """The answers by number, as one. Once they are sent, each has a line in the log and a span in
        its own trace. `more` is said to the gateway beside them."""
        answers = [told[n] if n in told else self._refused[n] for n in range(len(self._items))]
        parts = [_told(answer) for answer in answers]
        head = orjson.dumps({"answers": [(each.status, len(each.body)) for each in parts], **more})
        body = b"".join([head, b"\n", *(each.body for each in parts)])
        lines = BackgroundTask(self._write_lines, parts, answers, time.time_ns())
        return Response(body, media_type=MEDIA_TYPE, background=lines)

    async def _write_lines(
        self, parts: Sequence[Told], answers: Sequence[BaseModel | Refusal], ended: int
    ) -> None:
        """The log has of each item what it has of a request, and its trace a span."""
        method, route = self._request.scope["method"], self._request.scope["route"].path
        took = {"milliseconds": round((ended - self._began) / 1e6, 1)}
        whole = {"method": method, "route": route, **took}
        lines = []
        for item, part, answer in zip(self._items, parts, answers, strict=True):
            caller = self._callers[item.caller]
            line = {
                **whole,
                "about": {"student_id": item.student_id},
                "status": part.status,
                "code": answer.code if isinstance(answer, Refusal) else None,
                "caller": None if isinstance(caller, Refusal) else caller.account_id,
                "role": None if isinstance(caller, Refusal) else caller.role,
            }
            if item.traceparent is not None:
                name = f"{method} {route}"
                with span(name, item.traceparent, SpanKind.SERVER, begun=self._began) as current:
                    line["trace"] = trace_of(current)
            lines.append(line)
        log.info("request", extra={"each": lines})


def _entry(grants: Mapping[int, Grant] | Refusal, entry: int) -> Grant:
    if isinstance(grants, Refusal):
        raise grants
    if entry not in grants:
        raise grant_refused()
    return grants[entry]


def _told(answer: BaseModel | Refusal) -> Told:
    if isinstance(answer, Refusal):
        problem = answer.problem().model_dump_json(exclude_defaults=True)
        return Told(answer.status, problem.encode())
    return Told(GOOD, answer.model_dump_json().encode())


def parted(body: bytes) -> tuple[list[Told], dict[str, Any]]:
    """The answers, and what is said beside them. Raises ValueError where `body` is not of this
    form."""
    line, _, rest = body.partition(b"\n")
    head = orjson.loads(line)
    try:
        told = list(_cut(head.pop("answers"), rest))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError("no answers") from error
    if sum(len(each.body) for each in told) != len(rest):
        raise ValueError("answers of another length")
    return told, head


def _cut(lengths: Sequence[tuple[int, int]], rest: bytes) -> Iterator[Told]:
    begin = 0
    for status, length in lengths:
        yield Told(status, rest[begin : begin + length])
        begin += length
