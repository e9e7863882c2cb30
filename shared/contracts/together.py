"""Questions about many children, asked as one."""

from collections.abc import Sequence
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from shared.contracts.base import Body

MOST_TOGETHER = 64
"""The questions that are asked as one at most."""
GRANTS_LENGTH = 262_144
"""Of one token of grants: as many children, each with about fifty classes."""
TRACEPARENT_LENGTH = 128

Tokens = Annotated[list[str], Field(min_length=1, max_length=MOST_TOGETHER)]
GrantTokens = Annotated[
    list[Annotated[str, Field(max_length=GRANTS_LENGTH)]],
    Field(min_length=1, max_length=MOST_TOGETHER),
]


class AskedChild(Body):
    """One child, asked for by one caller. `caller`: its place among the tokens of callers."""

    caller: int = Field(ge=0)
    student_id: UUID
    traceparent: str | None = Field(default=None, max_length=TRACEPARENT_LENGTH)


class AskedChildren(Body):
    """`callers`: the principal token of each caller, once."""

    callers: Tokens
    items: list[AskedChild] = Field(min_length=1, max_length=MOST_TOGETHER)

    @model_validator(mode="after")
    def _all_there(self) -> Self:
        _ensure_among(self.callers, [item.caller for item in self.items], "caller")
        return self


class GrantedChild(AskedChild):
    """One child, asked for by one caller against one grant. `grants`: the place of its token;
    `entry`: which of the token's grants."""

    grants: int = Field(ge=0)
    entry: int = Field(ge=0)


class GrantedChildren(Body):
    """`callers`: as above. `grants`: the tokens that students signed for many grants, once."""

    callers: Tokens
    grants: GrantTokens
    items: list[GrantedChild] = Field(min_length=1, max_length=MOST_TOGETHER)

    @model_validator(mode="after")
    def _all_there(self) -> Self:
        _ensure_among(self.callers, [item.caller for item in self.items], "caller")
        _ensure_among(self.grants, [item.grants for item in self.items], "grants")
        return self


def _ensure_among(tokens: Sequence[str], places: Sequence[int], name: str) -> None:
    if max(places) >= len(tokens):
        raise ValueError(f"each item's {name} must be the place of one of {len(tokens)} tokens")
