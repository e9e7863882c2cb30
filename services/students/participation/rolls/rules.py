"""What must hold for a roll."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from uuid import UUID

from services.students.participation.attendance.rules import (
    OLDEST_YEAR,
    PART_UNFIT,
    in_hundredths,
    part_fits,
)
from shared.contracts.students.attendance import AttendanceCategory, AttendanceMark, RollEntry
from shared.core.refusals import Conflict, Fault

FAULTS_SHOWN = 50


def ensure_school_day(day: date, today: date) -> None:
    if day > today:
        raise Conflict("date-in-future", f"{day} is after today, {today}.")
    if day.year < OLDEST_YEAR:
        raise Conflict("date-too-old", f"Attendance before {OLDEST_YEAR} is not kept.")


def ensure_parts(marks: Sequence[AttendanceMark]) -> None:
    for place, mark in enumerate(marks):
        part = hundredths_of(mark)
        if part is not None and not part_fits(mark.category, part):
            fault = Fault(
                field=f"body.marks.{place}.attended", code="part-unfit", reason=PART_UNFIT
            )
            raise Conflict("part-unfit", PART_UNFIT, [fault])


def hundredths_of(mark: AttendanceMark) -> int | None:
    return None if mark.attended is None else in_hundredths(str(mark.attended))


def ensure_on_roll(named: Sequence[UUID], roll: AbstractSet[UUID], field: str) -> None:
    """Each student is named once and is on the roll. A hidden student and an absent one are refused
    alike."""
    seen: set[UUID] = set()
    faults: list[Fault] = []
    for place, id in enumerate(named):
        where = f"body.marks.{place}.{field}"
        if id not in roll:
            faults.append(
                Fault(field=where, code="not-on-roll", reason=f"{id} is not on the roll.")
            )
        elif id in seen:
            faults.append(Fault(field=where, code="named-twice", reason=f"{id} is named twice."))
        seen.add(id)
    if faults:
        raise Conflict(
            "roll-does-not-fit", "The marks do not fit the roll.", faults[:FAULTS_SHOWN]
        )


def by_name(entries: Sequence[RollEntry]) -> list[RollEntry]:
    """The entries in their order, which is that of the names. Those without a name come last, by id, so
    that their place gives no name away."""
    nameless = [entry for entry in entries if entry.given_name is None]
    named = [entry for entry in entries if entry.given_name is not None]
    return named + sorted(nameless, key=lambda entry: entry.student_id)


def whole_roll(
    roll: AbstractSet[UUID],
    marks: Sequence[AttendanceMark],
    everyone_else: AttendanceCategory | None,
) -> dict[UUID, tuple[AttendanceCategory, int | None]]:
    """The category of each student, and the part of the day in hundredths where it is said. Without
    `everyone_else`, only of the students with a mark."""
    named = {mark.student_id: (mark.category, hundredths_of(mark)) for mark in marks}
    if everyone_else is None:
        return named
    return dict.fromkeys(roll, (everyone_else, None)) | named
