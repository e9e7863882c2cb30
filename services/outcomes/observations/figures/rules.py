"""What figures are."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Figures(NamedTuple):
    """The sums of one definition and period, before disclosure control."""

    definition_id: UUID
    period: str
    group_ids: Sequence[int]
    numerators: Sequence[int]
    denominators: Sequence[int]
    people: Sequence[int]
    as_of: datetime
