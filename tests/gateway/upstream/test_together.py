"""Questions that come while one is under way are asked as one; whoever is alone waits for nobody."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from gateway.upstream import together
from gateway.upstream.together import Together
from shared.contracts.together import MOST_TOGETHER

ANN, BOB = uuid4(), uuid4()


class Asked:
    """What was asked as one, in its order, while `open` is set: else it is under way."""

    def __init__(self, replicas: Sequence[int] = (1,)) -> None:
        self.batches: list[list[Any]] = []
        self.open = asyncio.Event()
        self.together = Together[Any, Any](replicas, self._carry_out)  # type: ignore[arg-type]
        self._asking: list[asyncio.Task[Any]] = []

    async def _carry_out(self, some: Sequence[Any]) -> Sequence[Any]:
        self.batches.append(list(some))
        await self.open.wait()
        if "down" in some:
            raise OSError("down")
        return [KeyError(each) if each == "bad" else f"answer to {each}" for each in some]

    async def ask(self, account_id: UUID, *questions: Any) -> list[asyncio.Task[Any]]:
        """Asks all of them in one turn of the loop."""
        tasks = [asyncio.create_task(self.together.ask(account_id, each)) for each in questions]
        self._asking += tasks
        await turns()
        return tasks

    async def answered(self) -> list[Any]:
        self.open.set()
        return await asyncio.gather(*self._asking, return_exceptions=True)


async def turns() -> None:
    for _ in range(2 * together.TURNS):
        await asyncio.sleep(0)


async def test_whoever_is_alone_is_asked_for_at_once() -> None:
    asked = Asked()
    await asked.ask(ANN, "a")
    assert asked.batches == [["a"]]
    assert await asked.answered() == ["answer to a"]


async def test_those_who_come_while_a_question_is_under_way_are_asked_for_as_one() -> None:
    asked = Asked()
    await asked.ask(ANN, "a")
    await asked.ask(ANN, "b")
    await asked.ask(BOB, "c")
    assert asked.batches == [["a"]]
    assert await asked.answered() == [f"answer to {each}" for each in "abc"]
    assert asked.batches == [["a"], ["b", "c"]]


async def test_those_who_come_at_the_same_moment_are_asked_for_as_one() -> None:
    asked = Asked()
    await asked.ask(ANN, "a", "b", "c")
    assert asked.batches == [["a", "b", "c"]]
    await asked.answered()


async def test_one_more_than_a_question_holds_is_asked_for_with_the_next() -> None:
    asked = Asked()
    await asked.ask(ANN, *range(MOST_TOGETHER + 1))
    answers = await asked.answered()
    assert asked.batches == [list(range(MOST_TOGETHER)), [MOST_TOGETHER]]
    assert answers == [f"answer to {n}" for n in range(MOST_TOGETHER + 1)]


async def test_somebody_who_asks_much_keeps_nobody_else_waiting() -> None:
    asked = Asked()
    await asked.ask(ANN, "first")
    await asked.ask(ANN, *range(3 * MOST_TOGETHER))
    await asked.ask(BOB, "b", "c")
    await asked.answered()
    assert asked.batches[1][:5] == [0, "b", 1, "c", 2]
    assert [len(some) for some in asked.batches] == [1, *[MOST_TOGETHER] * 3, 2]


async def test_whoever_goes_away_takes_only_the_own_question_along() -> None:
    asked = Asked()
    [under_way, other] = await asked.ask(ANN, "a", "b")
    [waiting, _] = await asked.ask(BOB, "c", "d")
    under_way.cancel()
    waiting.cancel()
    await turns()
    answers = await asked.answered()
    assert [each for each in answers if isinstance(each, str)] == ["answer to b", "answer to d"]
    assert asked.batches == [["a", "b"], ["d"]]
    assert other.result() == "answer to b"


async def test_an_exception_for_one_is_raised_to_this_one_alone() -> None:
    asked = Asked()
    await asked.ask(ANN, "a", "bad", "c")
    a, bad, c = await asked.answered()
    assert (a, c) == ("answer to a", "answer to c")
    assert isinstance(bad, KeyError)


async def test_a_question_that_fails_fails_for_all_and_the_next_is_asked() -> None:
    asked = Asked()
    await asked.ask(ANN, "down", "a")
    await asked.ask(ANN, "b")
    *failed, answer = await asked.answered()
    assert [type(each) for each in failed] == [OSError, OSError]
    assert answer == "answer to b"


async def test_as_many_questions_are_under_way_as_there_are_replicas() -> None:
    asked = Asked(replicas=(1, 2))
    for question in "abcd":
        await asked.ask(ANN, question)
    assert asked.batches == [["a"], ["b"]]
    await asked.answered()
    assert asked.batches == [["a"], ["b"], ["c", "d"]]


async def test_a_slow_question_does_not_keep_the_others_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(together, "SLOW_SECONDS", 0.01)
    asked = Asked()
    await asked.ask(ANN, "slow")
    await asked.ask(ANN, "b")
    while len(asked.batches) == 1:
        await asyncio.sleep(0.001)
    assert asked.batches == [["slow"], ["b"]]
    assert await asked.answered() == ["answer to slow", "answer to b"]
    await asked.ask(ANN, "c", "d")
    assert asked.batches[2:] == [["c", "d"]]
