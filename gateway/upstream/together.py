"""Questions that are asked together. Those that come while a question is under way are asked as one
when it is answered. A caller who is alone waits for nobody, and the more callers come at once, the
less each of their questions costs."""

import asyncio
import contextvars
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from gateway.upstream.replicas import Replicas
from shared.contracts.together import MOST_TOGETHER

TURNS = 10  # of the loop, in which those who were just answered may ask anew
SLOW_SECONDS = 0.5  # after which a question no longer keeps others waiting

Q = TypeVar("Q")
A = TypeVar("A")


class Waiting(NamedTuple, Generic[Q, A]):
    """A question that waits for its turn, or for its answer."""

    question: Q
    answer: "asyncio.Future[A]"


class Together(Generic[Q, A]):
    """Questions of one kind. `carry_out` asks some of them as one, and gives for each its answer, or
    the exception that is raised to its asker. As many are under way as there are `replicas`."""

    def __init__(
        self,
        replicas: Replicas,
        carry_out: Callable[[Sequence[Q]], Awaitable[Sequence[A | BaseException]]],
    ) -> None:
        self._replicas = replicas
        self._carry_out = carry_out
        self._lines: dict[UUID, deque[Waiting[Q, A]]] = {}
        self._under_way = 0
        self._soon = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, account_id: UUID, question: Q) -> A:
        """The answer. An asker who goes away takes only the own question along."""
        loop = asyncio.get_running_loop()
        waiting = Waiting[Q, A](question, loop.create_future())
        self._lines.setdefault(account_id, deque()).append(waiting)
        if not self._soon:
            self._soon = True
            loop.call_soon(self._go)  # those who come in this turn of the loop are asked with it
        return await waiting.answer

    def _go(self) -> None:
        self._soon = False
        while self._under_way < len(self._replicas) and (some := self._next()):
            self._under_way += 1
            # In no request's context, since the question is nobody's alone.
            task = asyncio.create_task(self._run(some), context=contextvars.Context())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _next(self) -> list[Waiting[Q, A]]:
        """At most MOST_TOGETHER, of each account in turn, so that somebody who asks much keeps nobody
        waiting."""
        some: list[Waiting[Q, A]] = []
        while self._lines and len(some) < MOST_TOGETHER:
            account_id = next(iter(self._lines))
            line = self._lines.pop(account_id)
            first = line.popleft()
            if line:
                self._lines[account_id] = line
            if not first.answer.done():
                some.append(first)
        return some

    async def _run(self, some: Sequence[Waiting[Q, A]]) -> None:
        asking = asyncio.ensure_future(self._carry_out([each.question for each in some]))
        done, _ = await asyncio.wait([asking], timeout=SLOW_SECONDS)
        if not done:
            self._under_way -= 1
            self._go()
        told: list[tuple[Waiting[Q, A], A | BaseException]]
        try:
            told = list(zip(some, await asking, strict=True))
        except Exception as error:
            told = [(each, error) for each in some]
        for each, answer in told:
            if each.answer.done():  # whoever asked has gone away
                continue
            if isinstance(answer, BaseException):
                each.answer.set_exception(answer)
            else:
                each.answer.set_result(answer)
        if done:
            for _ in range(TURNS):
                await asyncio.sleep(0)
            self._under_way -= 1
            self._go()
