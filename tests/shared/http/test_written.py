"""Dates, times, ids, numbers, truth values and sets of a body are accepted only as documented."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import pytest
from pydantic import Field, ValidationError

from shared.contracts.base import Body
from tests.promised import promise

ID = "123e4567-e89b-12d3-a456-426614174000"


class Inner(Body):
    id: UUID


class Sent(Body):
    day: date | None = None
    at: time | None = None
    moment: datetime | None = Field(default=None, description="When.")
    ids: list[UUID] = []
    days: dict[str, date] = {}
    inner: Inner | None = None
    either: date | int | None = None
    count: int | None = None
    share: float | None = None
    open: bool | None = None
    roles: set[str] = set()


GOOD: list[dict[str, Any]] = [
    {"day": "2026-09-01"}, {"at": "17:30"}, {"at": "17:30:01.5"}, {"at": "17:30:00+02:00"},
    {"moment": "2026-09-01T10:00:00Z"}, {"moment": "2026-09-01T10:00:00.25-05:00"},
    {"moment": "2026-09-01 10:00"}, {"ids": [ID, ID.upper()]}, {"days": {"a": "2026-09-01"}},
    {"inner": {"id": ID}}, {"day": None, "inner": None}, {"day": date(2026, 9, 1)},
    {"ids": [UUID(ID)], "inner": Inner(id=UUID(ID))}, {"either": 3},
    {"count": 3}, {"count": 3.0}, {"share": 1}, {"share": 0.5}, {"open": False}, {"roles": ["a", "b"]},
]  # fmt: skip
BAD: list[dict[str, Any]] = [
    {"day": 0}, {"day": True}, {"day": "0"}, {"day": "1750000000"}, {"day": "2026-9-1"},
    {"day": "2026-09-01T00:00:00"}, {"day": "٢٠٢٦-09-01"}, {"day": "2026-02-30"}, {"at": 0},
    {"at": "61200"}, {"at": 1.5}, {"moment": 0}, {"moment": "0"}, {"moment": "2026-09-01"},
    {"moment": 1e300}, {"ids": [ID.replace("-", "")]}, {"ids": [f"urn:uuid:{ID}"]},
    {"ids": [f"{{{ID}}}"]}, {"days": {"a": 0}}, {"inner": {"id": 5}}, {"either": "5 days"},
    {"count": "3"}, {"count": True}, {"count": 3.5}, {"share": "0.5"}, {"share": False}, {"open": 0},
    {"open": "true"}, {"open": "no"}, {"roles": ["a", "a"]}, {"at": "24:00"}, {"at": "10:60"},
]  # fmt: skip


@pytest.mark.parametrize("sent", GOOD)
def test_a_value_written_as_documented_is_accepted(sent: dict[str, Any]) -> None:
    assert Sent.model_validate(sent)


@promise("Requests", "A date, a time and an id are accepted as documented, and in no other form.")
@pytest.mark.parametrize("sent", BAD)
def test_a_value_written_otherwise_is_refused(sent: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Sent.model_validate(sent)


def test_the_documented_formats_stay_as_they_are() -> None:
    described = Sent.model_json_schema()["properties"]
    assert described["day"]["anyOf"][0] == {"type": "string", "format": "date"}
    assert described["ids"]["items"] == {"type": "string", "format": "uuid"}
