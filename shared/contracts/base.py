"""The three kinds of shape that cross a border: a body, an answer, an event."""

import builtins
import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, LiteralString

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    field_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

from shared.contracts.written import CHECKS, as_written
from shared.formats.texts import Unfit, unfit

ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

SAID: dict[Unfit, LiteralString] = {
    Unfit.UNSTORABLE: "A text holds a character that cannot be stored",
    Unfit.CONTROL: "A text holds the control character {character}",
    Unfit.FORMAT: "A text holds the invisible character {character}",
}


def written_as_date(value: Any) -> Any:
    """Refuses a date in an address that is not written as documented. An address holds only text,
    and Pydantic would take a number for seconds since 1970."""
    if isinstance(value, str) and not ISO_DATE.fullmatch(value):
        raise PydanticCustomError("date_malformed", "A day is written as 2026-09-01")
    return value


def written_as_moment(value: Any) -> Any:
    """Refuses a moment in an address that is not written as documented."""
    if isinstance(value, str):
        CHECKS["datetime"](value)
    return value


Day = Annotated[date, BeforeValidator(written_as_date)]
"""The type of a date in a path or a query."""
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
Moment = Annotated[
    AwareDatetime, Field(ge=EARLIEST, le=LATEST), BeforeValidator(written_as_moment)
]
"""The type of a date with time in a query; it has an offset."""


class Sent(BaseModel):
    """Anything that a client sends: written as documented, its texts clean and fit to be kept
    (`shared/formats/texts.py`)."""

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: builtins.type[BaseModel], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        schema: CoreSchema = as_written(handler(source))
        return schema

    @field_validator("*")
    @classmethod
    def _fit(cls, value: Any) -> Any:
        """Refuses a text here, where the field has a name."""
        ensure_fit(value)
        return value


class Body(Sent):
    """The body that a client sends. An unknown field is refused, so that no misspelling goes
    unnoticed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, str_max_length=10_000)


def ensure_fit(value: Any) -> None:
    """Raises `PydanticCustomError` where a text in the value holds a character that no text may."""
    if isinstance(value, str):
        found = unfit(value)
        if found is not None:
            kind, character = found
            raise PydanticCustomError(f"text_{kind.value}", SAID[kind], {"character": character})
    elif isinstance(value, dict):
        for name, each in value.items():
            ensure_fit(name)
            ensure_fit(each)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            ensure_fit(each)


class Answer(BaseModel):
    """The answer that a client gets. The answer of a resource has `id` and `version`, which is its
    ETag."""

    model_config = ConfigDict(from_attributes=True)


class Event(BaseModel):
    """A fact about the past, named `service.noun.happened.vN`.

    Within a version fields are only added, with a default; anything else is a new class with the
    next version. An event carries ids, states, dates and numbers of children, never a name, a
    birth date or a way to contact them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    aggregate: ClassVar[str]
    """The kind of row that the event is about and whose versions it counts: the noun of `type`, but
    for an event that says another."""
    kinds: ClassVar[dict[str, builtins.type["Event"]]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        known = Event.kinds.setdefault(cls.type, cls)
        if (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"{cls.type} is declared twice")
        if "aggregate" not in vars(cls):
            cls.aggregate = noun_of(cls.type)


def noun_of(type: str) -> str:
    """The second word of an event's type."""
    return type.split(".")[1]
