"""The classes of a child's data whose retention time has ended.

Basis: every class has a time, and none is kept indefinitely (16 CFR 312.10 for children under 13;
the platform applies it to all).
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from shared.contracts.students.erasure import DataClass


def ended(left_on: date, days: Mapping[DataClass, int], today: date) -> list[DataClass]:
    """The classes whose time has ended. When the roster's time ends, all classes go."""
    over = [kind for kind in DataClass if left_on + timedelta(days[kind]) <= today]
    return list(DataClass) if DataClass.ROSTER in over else over


def still_to_go(due: Collection[DataClass], gone: Collection[DataClass]) -> list[DataClass]:
    """The classes to erase now: those due that were not erased yet. With the roster all go again,
    since data may have been added to a class after its erasure."""
    if DataClass.ROSTER in due:
        return list(due)
    return [kind for kind in due if kind not in gone]
