"""The order of stages, the giving of places, and the eligibility for a program."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, TypeVar

from shared.contracts.students.engagement import EngagementStage
from shared.core.days import age_on
from shared.core.refusals import Conflict, Forbidden
from shared.security.principal import FAMILY, PARTNER_STAFF, Role

S = EngagementStage
Waiting = TypeVar("Waiting")
FOLLOWS: dict[EngagementStage | None, frozenset[EngagementStage]] = {
    None: frozenset({S.APPLIED, S.WAITLISTED, S.ENROLLED, S.ACTIVE}),
    S.APPLIED: frozenset({S.DENIED, S.WAITLISTED, S.ENROLLED, S.ACTIVE, S.WITHDRAWN}),
    S.WAITLISTED: frozenset({S.DENIED, S.ENROLLED, S.WITHDRAWN}),
    S.ENROLLED: frozenset({S.ACTIVE, S.COMPLETED, S.WITHDRAWN}),
    S.ACTIVE: frozenset({S.COMPLETED, S.WITHDRAWN}),
    S.DENIED: frozenset(),
    S.COMPLETED: frozenset(),
    S.WITHDRAWN: frozenset(),
}
PLACED = frozenset({S.ENROLLED, S.ACTIVE})
WANTS_PLACE = PLACED | {S.WAITLISTED}
LIVE = frozenset({S.APPLIED, S.WAITLISTED, S.ENROLLED, S.ACTIVE})
NEEDS_REASON = frozenset({S.DENIED, S.WITHDRAWN})
PROGRAM_ACTIVE = "active"  # HSDS 3.0 service status


class Eligibility(NamedTuple):
    """The children for whom a program is, as its partner defines. Ages are in whole years at the
    start."""

    minimum_age: int | None
    maximum_age: int | None
    grades: Sequence[str]
    starts_on: date | None


def ensure_follows(previous: EngagementStage | None, stage: EngagementStage) -> None:
    if stage not in FOLLOWS[previous]:
        before = previous or "the beginning"
        raise Conflict("stage-not-next", f"The stage {stage} cannot follow {before}.")


def ensure_may_begin(role: Role, stage: EngagementStage, *, own_program: bool) -> None:
    """A program's own people and the district begin an engagement at any first stage; family
    and school apply."""
    if role in PARTNER_STAFF or role is Role.DISTRICT_ADMIN:
        ensure_runs(role, own_program=own_program)
    elif stage is not S.APPLIED:
        raise Forbidden(
            "stage-of-the-program", "You may only apply; the program takes the other steps."
        )


def ensure_may_move(role: Role, stage: EngagementStage, *, own_program: bool) -> None:
    """The program's own people and the district move an engagement on. A guardian may withdraw the
    own child, and a student with the rights in the own record may withdraw."""
    if role in PARTNER_STAFF or role is Role.DISTRICT_ADMIN:
        ensure_runs(role, own_program=own_program)
    elif role not in FAMILY or stage is not S.WITHDRAWN:
        raise Forbidden(
            "stage-of-the-program",
            f"You may not move an engagement to the stage {stage}; the program does.",
        )


def ensure_runs(role: Role, *, own_program: bool) -> None:
    """The program's own people and the district plan. An earlier check lets a district reach only
    engagements of its own children."""
    if role is not Role.DISTRICT_ADMIN and not (role in PARTNER_STAFF and own_program):
        raise Forbidden("program-of-another", "The program belongs to another partner.")


def ensure_reason(stage: EngagementStage, reason: str | None) -> None:
    if stage in NEEDS_REASON and not reason:
        raise Conflict("reason-missing", f"The stage {stage} needs a reason.")


def ensure_dated(on: date, last: date | None, today: date) -> None:
    """The dates of steps follow each other, and none lies in the future."""
    if on > today:
        raise Conflict("date-in-future", f"{on} is after today, {today}.")
    if last is not None and on < last:
        raise Conflict(
            "date-before-last-step", f"The last step was on {last}, and {on} is before that."
        )


def ensure_plan_whole(minutes_per_week: int | None, weeks: int | None) -> None:
    if (minutes_per_week is None) != (weeks is None):
        raise Conflict("plan-incomplete", "A plan needs both minutes per week and weeks.")


def ensure_not_engaged(engaged: bool) -> None:
    if engaged:
        raise Conflict(
            "already-engaged", "The student's engagement with the program has not ended."
        )


def ensure_program_takes(status: str, ends_on: date | None, on: date) -> None:
    if status != PROGRAM_ACTIVE:
        raise Conflict("program-not-active", f"The program is {status} and takes no students.")
    if ends_on is not None and ends_on < on:
        raise Conflict("program-ended", f"The program ended on {ends_on}.")


def takes(status: str, ends_on: date | None, on: date) -> bool:
    return status == PROGRAM_ACTIVE and (ends_on is None or on <= ends_on)


def ensure_eligible(program: Eligibility, born: date | None, grade: str | None, on: date) -> None:
    """Refuse a student who is not eligible at the start, with the reason as the code. The start is
    the program's first day, or `on` where the program has begun. An unknown age or grade excludes
    nobody."""
    start = max(on, program.starts_on or on)
    if born is not None:
        age = age_on(born, start)
        if program.minimum_age is not None and age < program.minimum_age:
            raise Conflict("too-young", f"The program is for age {program.minimum_age} and above.")
        if program.maximum_age is not None and age > program.maximum_age:
            raise Conflict("too-old", f"The program is for age {program.maximum_age} and below.")
    if program.grades and grade is not None and grade not in program.grades:
        raise Conflict("grade-not-served", "The program is for other grades.")


def free_places(capacity: int | None, taken: int) -> int | None:
    """The number of free places; None where the program has no limit. A capacity below the number
    of taken places takes no place away."""
    return None if capacity is None else max(0, capacity - taken)


def stage_given(
    wanted: EngagementStage, previous: EngagementStage | None, free: int | None
) -> EngagementStage:
    """The stage that the student gets: without a free place, the waiting list.

    Nobody waits while there is a free place. Only a free place moves a waiting student on
    (`promoted`), so that the order of the list is kept.
    """
    has_place = free is None or free > 0
    if wanted is S.WAITLISTED and has_place:
        raise Conflict(
            "place-free", "The program has a free place, so the student can be enrolled at once."
        )
    if previous is S.WAITLISTED and wanted in PLACED:
        raise Conflict(
            "waits-in-line",
            "The first student in line gets a place as soon as one is free; nobody moves them up.",
        )
    if wanted not in PLACED or previous in PLACED or has_place:
        return wanted
    return S.WAITLISTED


def promoted(waiting: Sequence[Waiting], free: int | None) -> Sequence[Waiting]:
    """Those of the waiting list, given in its order, who get a place now."""
    return waiting if free is None else waiting[:free]


def planned_minutes(minutes_per_week: int | None, weeks: int | None) -> int | None:
    return None if minutes_per_week is None or weeks is None else minutes_per_week * weeks
