"""A composed view is made of parts, and gives a reason for each part that is missing.

`unavailable`: its service is down, with the problem. `withheld`: the caller may not have it, with
the clause. A part that does not exist is null and in neither.
"""

import asyncio
import time
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from fastapi import Response
from pydantic import BaseModel, Field

from gateway.upstream.client import Reply
from shared.core.refusals import Problem, Refusal
from shared.core.telemetry import PART_SECONDS, PARTS

FORBIDDEN = 403
SIGN_IN = "sign-in-required"  # the reason for a caller who is not signed in
NOT_FOUND = 404


class View(BaseModel):
    """The fields of every composed view."""

    unavailable: dict[str, Problem] = Field(
        default={}, description="Parts whose service is down, with the problem."
    )
    withheld: dict[str, str] = Field(
        default={},
        description="Parts that the caller may not have, with the clause that withholds them.",
    )


@dataclass
class Parts:
    """The parts of one answer, as they arrive."""

    found: dict[str, Any] = field(default_factory=dict)
    unavailable: dict[str, Any] = field(default_factory=dict)
    withheld: dict[str, str] = field(default_factory=dict)

    async def gather(self, asked: Mapping[str, tuple[str, Awaitable[Reply]]]) -> None:
        """Asks all services at once: part -> (service, question)."""
        replies = await asyncio.gather(
            *(_timed(service, question) for service, question in asked.values()),
            return_exceptions=True,
        )
        for (part, (service, _)), reply in zip(asked.items(), replies, strict=True):
            self.take(part, service, reply)

    def _outcome(self, part: str) -> str:
        if part in self.unavailable:
            return "unavailable"
        if part in self.withheld:
            return "withheld"
        return "absent" if self.found[part] is None else "found"

    def take(self, part: str, service: str, reply: Reply | BaseException) -> None:
        """Sorts a reply: found, absent, withheld, or its service is down."""
        self._sort(part, service, reply)
        PARTS.labels(service, self._outcome(part)).inc()

    def _sort(self, part: str, service: str, reply: Reply | BaseException) -> None:
        self.found[part] = None
        if isinstance(reply, Refusal):
            self.unavailable[part] = reply.problem().model_dump(exclude_defaults=True)
        elif isinstance(reply, BaseException):
            raise reply
        elif reply.good:
            try:
                self.found[part] = reply.json()
            except Refusal as garbage:
                self.unavailable[part] = garbage.problem().model_dump(exclude_defaults=True)
        elif reply.status != NOT_FOUND:
            refused = reply.refusal(service)
            if reply.status == FORBIDDEN or refused.code == SIGN_IN:
                self.withheld[part] = refused.detail
            else:
                self.unavailable[part] = refused.problem().model_dump(exclude_defaults=True)

    def withhold(self, part: str, refused: Refusal) -> None:
        """Marks a part as one that the caller may not have."""
        self.found[part] = None
        self.withheld[part] = refused.detail

    def follow(self, part: str, of: str) -> None:
        """Marks a part as missing for the reason for which the part that it follows from is."""
        self.found[part] = None
        for reasons in (self.unavailable, self.withheld):
            if of in reasons:
                reasons[part] = reasons[of]

    def answer(self, more: bytes = b"{}") -> Response:
        """The parts in one answer, behind those of the JSON object `more`."""
        told = {**self.found, "unavailable": self.unavailable, "withheld": self.withheld}
        body = orjson.dumps(told)
        if len(more) > len(b"{}"):
            body = b"".join((more[:-1], b",", body[1:]))
        return Response(body, media_type="application/json")


async def _timed(service: str, question: Awaitable[Reply]) -> Reply:
    started = time.perf_counter()
    try:
        return await question
    finally:
        PART_SECONDS.labels(service).observe(time.perf_counter() - started)
