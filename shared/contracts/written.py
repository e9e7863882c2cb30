"""Dates, times and ids of a body are taken as they are documented, and in no other way. Pydantic by
itself takes a number for seconds since 1970, `today` in a hundred spellings, and an id in braces."""

import re
from collections.abc import Callable
from datetime import time
from typing import Annotated, Any

from pydantic import WithJsonSchema
from pydantic_core import PydanticCustomError, core_schema

DAY = r"\d{4}-\d\d-\d\d"
CLOCK = r"\d\d:\d\d(:\d\d(\.\d+)?)?"
ZONE = r"(Z|[+-]\d\d:\d\d)?"
FORMATS = {
    "date": (DAY, "A day is written as 2026-09-01"),
    "time": (CLOCK + ZONE, "A time of day is written as 17:30"),
    "datetime": (f"{DAY}[T ]{CLOCK}{ZONE}", "A moment is written as 2026-09-01T10:00:00Z"),
    "uuid": (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
             "An id is written as 123e4567-e89b-12d3-a456-426614174000"),
}  # fmt: skip
Clock = Annotated[time, WithJsonSchema({"type": "string", "pattern": f"^{CLOCK}{ZONE}$"})]
"""A time of day at the place. JSON Schema's own `time` has an offset always."""
LocalClock = Annotated[time, WithJsonSchema({"type": "string", "pattern": f"^{CLOCK}$"})]
"""The same, of which an offset is not even taken."""
NOT_SCHEMAS = frozenset({"metadata", "serialization", "default", "config", "ref"})


def _check(kind: str) -> Callable[[Any], Any]:
    pattern, reason = FORMATS[kind]
    whole = re.compile(pattern, re.ASCII | re.IGNORECASE)

    def check(value: Any) -> Any:
        """What is no text and no number is a value of the type already, or will be refused."""
        number = isinstance(value, int | float)
        if number or (isinstance(value, str) and not whole.fullmatch(value.strip())):
            raise PydanticCustomError(f"{kind}_malformed", reason)
        return value

    return check


CHECKS = {kind: _check(kind) for kind in FORMATS}


def as_written(schema: Any) -> Any:
    """The schema of a model, in which each date, time and id is held to its form first."""
    if isinstance(schema, list | tuple):
        return type(schema)(as_written(each) for each in schema)
    if not isinstance(schema, dict):
        return schema
    kind = schema.get("type")
    if kind == "function-before" and schema["function"]["function"] in CHECKS.values():
        return schema  # of a model within
    if isinstance(kind, str) and kind in FORMATS:
        return core_schema.no_info_before_validator_function(CHECKS[kind], schema)
    return {
        name: each if name in NOT_SCHEMAS else as_written(each) for name, each in schema.items()
    }
