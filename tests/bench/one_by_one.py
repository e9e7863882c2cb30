"""Starts a gateway that asks for one child after the other, as it asks services of the release before:
for `together`."""

import sys
from collections.abc import Sequence
from typing import Any

from deploy import serve
from gateway.upstream import children
from gateway.upstream.together import A, Q, Together


class OneByOne(Together[Q, A]):
    async def ask(self, account_id: Any, question: Any) -> Any:
        [answer] = await self._carry_out([question])
        if isinstance(answer, BaseException):
            raise answer
        return answer


async def _ask(self: children.Children, kind: children.Kind, some: Sequence[Any]) -> Any:
    return [await self._ask_alone(kind, each) for each in some]


children.Together = OneByOne
children.Children._ask = _ask
serve.main(*sys.argv[1:])
