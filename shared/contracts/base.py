"""The three kinds of thing that cross a border: a body, an answer, an event."""

import builtins
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """What a client sends. Unknown fields are refused, so that a misspelling is never silent."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, str_max_length=10_000)


class Answer(BaseModel):
    """What a client gets. A resource's answer has `id` and `version`, which is its ETag."""

    model_config = ConfigDict(from_attributes=True)


class Event(BaseModel):
    """A fact about the past, named `service.noun.happened.vN`.

    Within a version fields are only added, with a default; anything else is a new class with the
    next version. An event carries ids, states, dates and numbers of children, never a name, a
    birth date or a way to contact them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    kinds: ClassVar[dict[str, builtins.type["Event"]]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        known = Event.kinds.setdefault(cls.type, cls)
        if (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"{cls.type} is declared twice")
