"""When a session may change, when its roll may be called, and how many minutes count."""

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
    """Sessions and their attendance are the business of who runs the program."""
    if not runs:
        raise Forbidden("program-of-another", "The program is another partner's.")


def ensure_may_become(previous: SessionStatus, status: SessionStatus) -> None:
    if status not in FOLLOWS[previous]:
        raise Conflict("session-status", f"A {previous} session cannot become {status}.")


def ensure_happened(status: SessionStatus, held_on: date, today: date) -> None:
    if status is S.COMPLETE and held_on > today:
        raise Conflict("session-in-future", f"The session is on {held_on}.")


def ensure_roll_may_be_called(status: SessionStatus, held_on: date, today: date) -> None:
    if status is S.CANCELED:
        raise Conflict("session-canceled", "The session was canceled.")
    ensure_happened(S.COMPLETE, held_on, today)


def minutes_attended(category: AttendanceCategory, given: int | None, minutes: int) -> int:
    """Minutes that count: none for an absence; for who was there, those given or, where the
    category means the whole session, all. `Partial` and `Early departure` need a number."""
    if category in ABSENCES:
        if given:
            raise Conflict("minutes-of-absence", f"{category} has no minutes attended.")
        return 0
    if given is None and category not in WHOLE:
        raise Conflict("minutes-missing", f"{category} needs the minutes attended.")
    if given is not None and given > minutes:
        raise Conflict("minutes-too-many", f"The session has {minutes} minutes.")
    return minutes if given is None else given


def ensure_same_plan(
    status: SessionStatus, held: tuple[date, int], wanted: tuple[date, int]
) -> None:
    """What was held was held then and so long: minutes attended count on it."""
    if status is S.COMPLETE and held != wanted:
        raise Conflict("session-held", "A complete session keeps its date and its minutes.")
