"""What follows for one child from the numbers of students.

Chronically absent: missed at least 10 % of the days enrolled, for any reason (Promise
Neighborhoods, GPRA 3.2). Dosage reached: delivered at least 80 % of the minutes planned. Where
nothing is enrolled or planned, nothing is measured.
"""

from typing import Final

from services.outcomes.indicators.quantities.rules import percent
from shared.contracts.outcomes.quantity import Percent

CHRONIC_PERCENT: Final = 10
DOSAGE_REACHED_PERCENT: Final = 80


def chronically_absent(days_enrolled: int, days_attended: int) -> bool | None:
    if days_enrolled <= 0:
        return None
    return 100 * (days_enrolled - days_attended) >= CHRONIC_PERCENT * days_enrolled


def dosage_reached(planned_minutes: int, delivered_minutes: int) -> bool | None:
    if planned_minutes <= 0:
        return None
    return 100 * delivered_minutes >= DOSAGE_REACHED_PERCENT * planned_minutes


def share(part: int, whole: int) -> Percent | None:
    """At most 100 %; null of nothing."""
    return percent(max(0, min(part, whole)), whole) if whole > 0 else None
