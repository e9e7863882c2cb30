"""What students, resources and outcomes hold about a child, asked for together with what other callers
ask at the same time. Each answer is the same as if it had been asked for alone."""

import asyncio
import contextvars
import time
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import orjson

from gateway.upstream.client import NEED_SECONDS, VIEW_SECONDS, Reply, Upstream, down
from gateway.upstream.together import Together
from shared.core.refusals import Refusal
from shared.core.telemetry import PART_SECONDS, traceparent
from shared.http.together import parted
from shared.security.grants import Category
from shared.security.principal import Principal

T = TypeVar("T")
NOT_FOUND, UNFORESEEN = 404, 500
UNWRITABLE = "record-unwritable"


class Kind(NamedTuple):
    """A kind of question. `noun` and `of_one`: in the address of the question for many, and for one
    child. `category`: what its grant must open; None where students itself decides."""

    service: str
    noun: str
    of_one: str
    seconds: float
    category: Category | None = None


PICTURES = Kind("students", "pictures", "picture", NEED_SECONDS)
ASSIGNMENTS = Kind("resources", "assignments", "assignments", VIEW_SECONDS, Category.RESOURCES)
MEASURES = Kind("outcomes", "measures", "measures", VIEW_SECONDS, Category.MEASURES)
GRANTED = (ASSIGNMENTS, MEASURES)


class ChildGrant(NamedTuple):
    """`entry`: which of the token's grants; None where it is of one grant alone."""

    token: str
    entry: int | None


@dataclass(frozen=True)
class Asked:
    """A question about one child. `trace` and `context`: of the request that asks."""

    caller: Principal
    student_id: UUID
    grant: ChildGrant | None = None
    trace: str | None = field(default_factory=traceparent)
    context: contextvars.Context = field(default_factory=contextvars.copy_context)


class Answered(NamedTuple):
    """`withheld` and `grant`: of a picture that was asked for together with others; alone it has them
    within."""

    reply: Reply
    withheld: dict[str, str] = {}
    grant: ChildGrant | None = None


class Picture(NamedTuple):
    """`body`: the parts that students discloses, as a JSON object."""

    body: bytes
    withheld: dict[str, str]
    grant: ChildGrant


class Spliced(Reply):
    """An answer that is not read on its way: it was written by a service of ours, for this gateway to
    put into a larger one."""

    def json(self) -> orjson.Fragment:
        return orjson.Fragment(self.body)


class Told(NamedTuple):
    """A child's picture, and the reply to each question that it grants."""

    picture: Picture
    parts: Mapping[Kind, Reply | BaseException]


class Children:
    """The gateway's questions about children."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._together = Together[Asked, Told](upstream.replicas["students"], self._tell)

    async def told(self, caller: Principal, student_id: UUID) -> Told:
        """Raises the refusal of students, and Unavailable."""
        return await self._together.ask(caller.account_id, Asked(caller, student_id))

    async def _tell(self, some: Sequence[Asked]) -> Sequence[Told | BaseException]:
        """All pictures, and then the parts that students grants of each."""
        pictures = [_picture(answer) for answer in await self._ask(PICTURES, some)]
        of_kinds = await asyncio.gather(*(self._parts(each, some, pictures) for each in GRANTED))
        parts = list(zip(GRANTED, of_kinds, strict=True))
        return [
            Told(picture, {kind: told[n] for kind, told in parts if n in told})
            if isinstance(picture, Picture)
            else picture
            for n, picture in enumerate(pictures)
        ]

    async def _parts(
        self, kind: Kind, some: Sequence[Asked], pictures: Sequence[Picture | BaseException]
    ) -> dict[int, Reply | BaseException]:
        """The replies about the children whose pictures grant this kind, by number."""
        granted = {
            n: replace(some[n], grant=picture.grant)
            for n, picture in enumerate(pictures)
            if isinstance(picture, Picture) and kind.category not in picture.withheld
        }
        began = time.perf_counter()
        answers = await self._ask(kind, list(granted.values()))
        for _ in answers:
            PART_SECONDS.labels(kind.service).observe(time.perf_counter() - began)
        replies = (each.reply if isinstance(each, Answered) else each for each in answers)
        return dict(zip(granted, replies, strict=True))

    async def _ask(self, kind: Kind, some: Sequence[Asked]) -> Sequence[Answered | BaseException]:
        """One question for all. If it fails by the fault of an item, or the log could not be written,
        it has disclosed nothing, and each is asked for alone: so an item refuses no other."""
        if not some:
            return ()
        if any(each.grant is not None and each.grant.entry is None for each in some):
            return await _each(self._ask_alone(kind, each) for each in some)
        try:
            answer = await self._upstream.ask(
                kind.service, f"/internal/{kind.noun}", self._question(kind, some), kind.seconds
            )
            if answer.status == NOT_FOUND:  # by the release before
                return await _each(self._ask_alone(kind, each) for each in some)
            if len(some) > 1 and _may_be_of_one(answer):
                apart = await asyncio.gather(*(self._ask(kind, [each]) for each in some))
                return [each for [each] in apart]
            return _answers(answer, len(some))
        except Refusal as refused:
            return [refused] * len(some)

    def _question(self, kind: Kind, some: Sequence[Asked]) -> dict[str, Any]:
        callers, grants, items = dict[str, int](), dict[str, int](), list[dict[str, Any]]()
        for asked in some:
            token = self._upstream.token(asked.caller, kind.service)
            item = {
                "caller": callers.setdefault(token, len(callers)),
                "student_id": asked.student_id,
                "traceparent": asked.trace,
            }
            if asked.grant is not None:
                item["grants"] = grants.setdefault(asked.grant.token, len(grants))
                item["entry"] = asked.grant.entry
            items.append(item)
        more = {"grants": list(grants)} if grants else {}
        return {"callers": list(callers), "items": items, **more}

    async def _ask_alone(self, kind: Kind, asked: Asked) -> Answered:
        """As a service of the release before is asked, in the trace of the request that asks."""
        asking = self._of_one(kind, asked)
        return Answered(await asyncio.create_task(asking, context=asked.context))

    async def _of_one(self, kind: Kind, asked: Asked) -> Reply:
        address, grant = f"/internal/students/{asked.student_id}", None
        if kind.category is not None and asked.grant is not None:
            grant = asked.grant.token
            if asked.grant.entry is not None:  # one of many, which the release before cannot read
                path, named = f"{address}/grant", {"category": kind.category}
                given = await self._upstream.get("students", path, asked.caller, named)
                if not given.good:
                    return given
                grant = given.json()["grant"]
        return await self._upstream.get(
            kind.service, f"{address}/{kind.of_one}", asked.caller, None, grant, kind.seconds
        )


async def _each(asking: Iterable[Coroutine[Any, Any, T]]) -> Sequence[T | BaseException]:
    answers: Sequence[T | BaseException] = await asyncio.gather(*asking, return_exceptions=True)
    return answers


def _picture(answer: Answered | BaseException) -> Picture | BaseException:
    """The picture, or what is raised to its asker instead: the refusal of students, or that it is
    away."""
    if not isinstance(answer, Answered):
        return answer
    reply, withheld, grant = answer
    if not reply.good:
        return reply.refusal(PICTURES.service)
    if grant is not None:
        return Picture(reply.body, withheld, grant)
    try:
        alone = reply.json()
    except Refusal as refused:
        return refused
    grant, withheld = ChildGrant(alone.pop("grant"), None), alone.pop("withheld", {})
    return Picture(orjson.dumps(alone), withheld, grant)


def _may_be_of_one(answer: Reply) -> bool:
    """Whether it may have failed by a single item: by its data, or its row of the log."""
    if answer.status == UNFORESEEN:
        return True
    try:
        return bool(orjson.loads(answer.body)["code"] == UNWRITABLE)
    except (ValueError, TypeError, KeyError):
        return False


def _answers(answer: Reply, count: int) -> Sequence[Answered]:
    """Raises Unavailable for anything but `count` answers: a service that refuses the question itself
    refuses nobody's own."""
    service = answer.service
    try:
        told, head = parted(answer.body) if answer.good else ([], {})
    except ValueError as error:
        raise down(service) from error
    if len(told) != count:
        raise down(service)
    replies = [Spliced(status, {}, body, service) for status, body in told]
    if "grants" not in head:
        return [Answered(reply) for reply in replies]
    withheld, grants = head["withheld"], head["grants"]
    return [
        Answered(reply, withheld.get(str(n), {}), ChildGrant(grants, n))
        for n, reply in enumerate(replies)
    ]
