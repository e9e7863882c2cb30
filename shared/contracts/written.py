"""Takes dates, times, ids, numbers, truth values and sets of a body as they are documented, and in
no other form. Pydantic by itself takes a number for seconds since 1970, `today` in a hundred
spellings, an id in braces, `"5"` and `false` for numbers, and 0 for false. Texts it takes clean
(`shared/formats/texts.py`), unless a model or a field keeps the spaces at their ends."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import time
from typing import Annotated, Any

from pydantic import PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError, core_schema

from shared.formats.texts import clean

DAY = r"\d{4}-\d\d-\d\d"
CLOCK = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?"
ZONE = r"(Z|[+-]([01]\d|2[0-3]):[0-5]\d)?"
FORMATS = {
    "date": (DAY, "A day is written as 2026-09-01"),
    "time": (CLOCK + ZONE, "A time of day is written as 17:30"),
    "datetime": (f"{DAY}[T ]{CLOCK}{ZONE}", "A moment is written as 2026-09-01T10:00:00Z"),
    "uuid": (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
             "An id is written as 123e4567-e89b-12d3-a456-426614174000"),
}  # fmt: skip


def _shown(at: time) -> str:
    """As people write it: with seconds only where there are any."""
    return at.isoformat() if at.second or at.microsecond else at.isoformat("minutes")


SHOWN = PlainSerializer(_shown, return_type=str, when_used="json-unless-none")
Clock = Annotated[time, SHOWN, WithJsonSchema({"type": "string", "pattern": f"^{CLOCK}{ZONE}$"})]
"""A time of day at the place. The `time` of JSON Schema itself always has an offset."""
LocalClock = Annotated[time, SHOWN, WithJsonSchema({"type": "string", "pattern": f"^{CLOCK}$"})]
"""A time of day at the place; an offset is refused."""
NOT_SCHEMAS = frozenset({"metadata", "serialization", "default", "config", "ref"})


def _check(kind: str) -> Callable[[Any], Any]:
    pattern, reason = FORMATS[kind]
    whole = re.compile(pattern, re.ASCII | re.IGNORECASE)

    def check(value: Any) -> Any:
        """A value that is neither text nor number is of the type already, or will be refused."""
        number = isinstance(value, int | float)
        if number or (isinstance(value, str) and not whole.fullmatch(value.strip())):
            raise PydanticCustomError(f"{kind}_malformed", reason)
        return value

    return check


def _number(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise PydanticCustomError("number_type", "A number is written without quotes")
    return value


def _truth(value: Any) -> Any:
    if not isinstance(value, bool) and value is not None:
        raise PydanticCustomError("bool_type", "It is true or false")
    return value


def _each_once(value: Any) -> Any:
    with suppress(TypeError):  # values that cannot be compared are refused later
        if isinstance(value, list) and len(set(value)) < len(value):
            raise PydanticCustomError("set_repeats", "Each is named once")
    return value


def _clean(value: Any) -> Any:
    return clean(value) if isinstance(value, str) else value


CHECKS = {kind: _check(kind) for kind in FORMATS} | {
    "int": _number, "float": _number, "bool": _truth, "set": _each_once, "frozenset": _each_once,
}  # fmt: skip
OWN = frozenset({_clean, *CHECKS.values()})


def as_written(schema: Any, *, as_sent: bool = False) -> Any:
    """The schema of a model, with a check of the written form before each value of these kinds.
    `as_sent`: texts are taken as they are."""
    if isinstance(schema, list | tuple):
        return type(schema)(as_written(each, as_sent=as_sent) for each in schema)
    if not isinstance(schema, dict):
        return schema
    kind = schema.get("type")
    if kind == "function-before" and schema["function"]["function"] in OWN:
        return schema  # a model within, which has its check
    config = schema.get("config") or {}
    as_sent = as_sent or not config.get("str_strip_whitespace", True)
    held = {
        name: each if name in NOT_SCHEMAS else as_written(each, as_sent=as_sent)
        for name, each in schema.items()
    }
    check = CHECKS.get(kind) if isinstance(kind, str) else None
    if kind == "str" and not as_sent and schema.get("strip_whitespace", True):
        check = _clean
    return core_schema.no_info_before_validator_function(check, held) if check else held
