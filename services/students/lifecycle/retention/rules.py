"""Which classes of a child's data have had their time.

Basis: a time for every class, never "indefinite" (16 CFR 312.10 for children under 13; the
platform holds to it for all).
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from shared.contracts.students.erasure import DataClass


def ended(left_on: date, days: Mapping[DataClass, int], today: date) -> list[DataClass]:
    """With the roster everything goes."""
    over = [kind for kind in DataClass if left_on + timedelta(days[kind]) <= today]
    return list(DataClass) if DataClass.ROSTER in over else over


def still_to_go(due: Collection[DataClass], gone: Collection[DataClass]) -> list[DataClass]:
    """What was added to a class since it went, goes with the roster."""
    if DataClass.ROSTER in due:
        return list(due)
    return [kind for kind in due if kind not in gone]
