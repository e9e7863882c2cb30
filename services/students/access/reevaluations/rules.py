"""The re-evaluations, which ask the policy again, and their order."""

from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID


class Rank(IntEnum):
    ONE_CHILD = 0
    MAY_LOSE = 1
    """Many children, about whom a partner may have to delete something."""
    MAY_GAIN = 2


@dataclass(frozen=True, slots=True)
class Review:
    """A request to ask the policy again about one child, for one partner; null means all partners."""

    position: int
    student_id: UUID
    partner_id: UUID | None
