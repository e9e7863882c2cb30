"""The measures that follow for one child from the numbers of students.

Dosage reached: at least 80 % of the minutes planned were delivered. Where no minutes are planned,
there is no measure.
"""

from typing import Final

from services.outcomes.indicators.quantities.rules import percent
from shared.contracts.outcomes.quantity import Percent

DOSAGE_REACHED_PERCENT: Final = 80


def dosage_reached(planned_minutes: int, delivered_minutes: int) -> bool | None:
    if planned_minutes <= 0:
        return None
    return 100 * delivered_minutes >= DOSAGE_REACHED_PERCENT * planned_minutes


def share(part: int, whole: int) -> Percent | None:
    """The share, at most 100 %; None where the whole is zero."""
    return percent(max(0, min(part, whole)), whole) if whole > 0 else None
