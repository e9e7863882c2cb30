"""The rules of sessions: when one may change, when its roll may be called, and which minutes count."""

from datetime import date

from shared.contracts.students.attendance import ABSENCES, AttendanceCategory
from shared.contracts.students.session import SessionStatus
from shared.core.refusals import Conflict, Forbidden

S = SessionStatus
FOLLOWS: dict[SessionStatus, frozenset[SessionStatus]] = {
    S.PENDING: frozenset({S.PENDING, S.COMPLETE, S.CANCELED}),
    S.COMPLETE: frozenset({S.COMPLETE, S.CANCELED}),
    S.CANCELED: frozenset(),
}
WHOLE = frozenset(
    {AttendanceCategory.PRESENT, AttendanceCategory.IN_ATTENDANCE, AttendanceCategory.TARDY}
)


def ensure_runs(runs: bool) -> None:
    """Only the people who run the program plan its sessions and call their rolls."""
    if not runs:
        raise Forbidden("program-of-another", "The program belongs to another partner.")


def ensure_may_become(previous: SessionStatus, status: SessionStatus) -> None:
    if status not in FOLLOWS[previous]:
        raise Conflict("session-status", f"A {previous} session cannot become {status}.")


def ensure_happened(status: SessionStatus, held_on: date, today: date) -> None:
    if status is S.COMPLETE and held_on > today:
        raise Conflict("session-in-future", f"The session is in the future, on {held_on}.")


def ensure_roll_may_be_called(status: SessionStatus, held_on: date, today: date) -> None:
    if status is S.CANCELED:
        raise Conflict("session-canceled", "The session was canceled.")
    ensure_happened(S.COMPLETE, held_on, today)


def minutes_attended(category: AttendanceCategory, given: int | None, minutes: int) -> int:
    """The minutes that count. An absence counts none. Otherwise the given minutes count; without
    them, a category of the whole session counts all. `Partial` and `Early departure` need a number.
    """
    if category in ABSENCES:
        if given:
            raise Conflict("minutes-of-absence", f"The category {category} has no minutes.")
        return 0
    if given is None and category not in WHOLE:
        raise Conflict("minutes-missing", f"The category {category} needs minutes_attended.")
    if given is not None and given > minutes:
        raise Conflict("minutes-too-many", f"The session has only {minutes} minutes.")
    return minutes if given is None else given


def ensure_same_plan(
    status: SessionStatus, held: tuple[date, int], wanted: tuple[date, int]
) -> None:
    """A complete session keeps its date and its length, on which the attended minutes rest."""
    if status is S.COMPLETE and held != wanted:
        raise Conflict("session-held", "A complete session keeps its date and its minutes.")
