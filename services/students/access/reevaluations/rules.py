"""What is asked again, and in which order."""

from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID


class Rank(IntEnum):
    ONE_CHILD = 0
    MAY_LOSE = 1
    """Many children, of whom something may have to be taken back."""
    MAY_GAIN = 2


@dataclass(frozen=True, slots=True)
class Review:
    """`partner_id` null: with regard to all partners."""

    position: int
    student_id: UUID
    partner_id: UUID | None
