"""The type of figures before disclosure control, and of what asks for them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import orjson

from shared.contracts.outcomes.indicator import Derivation


class Figures(NamedTuple):
    """The sums of one definition and period, before disclosure control."""

    definition_id: UUID
    period: str
    group_ids: Sequence[int]
    numerators: Sequence[int]
    denominators: Sequence[int]
    people: Sequence[int]
    as_of: datetime


class Wanted(NamedTuple):
    """Places whose figures of one definition are wanted; `owner` names them in the answer."""

    owner: int
    definition_id: UUID
    derivation: Derivation | None
    place_ids: Sequence[int]


def wanted_json(wanted: Iterable[Wanted]) -> str:
    """As the statements take it."""
    return orjson.dumps([each._asdict() for each in wanted], default=str).decode()
