"""School years, chronic absence and the minutes of a session."""

from datetime import date
from fractions import Fraction
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.students.exchange.attendance_register.rules import read_register
from services.students.participation.attendance import rules
from services.students.participation.rolls import rules as rolls
from services.students.participation.sessions import rules as sessions
from services.students.roster.school_calendar import rules as calendars
from shared.contracts.students.attendance import ABSENCES, AttendanceCategory, AttendanceMark
from shared.contracts.students.session import SessionStatus
from shared.core.refusals import Conflict

C = AttendanceCategory


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_a_school_year_is_the_twelve_months_from_july(day: date) -> None:
    year = calendars.school_year(day)
    assert date(year - 1, 7, 1) <= day <= date(year, 6, 30)


@pytest.mark.parametrize(
    ("enrolled", "missed", "chronic"),
    [
        (180, 18, True),
        (180, 17, False),
        (10, 1, True),
        (11, 1, False),
        (9, 9, False),
        (0, 0, False),
    ],
)
def test_missing_a_tenth_of_ten_days_or_more_is_chronic_absence(
    enrolled: int, missed: int, chronic: bool
) -> None:
    assert rules.chronically_absent(enrolled, 100 * (enrolled - missed), 10) is chronic


@given(st.integers(1, 400), st.integers(0, 40_000), st.integers(0, 20))
def test_chronic_absence_is_a_rate_of_at_most_nine_tenths_of_enough_days(
    enrolled: int, attended: int, least: int
) -> None:
    attended = min(attended, 100 * enrolled)
    rate = Fraction(attended, 100 * enrolled)
    chronic = enrolled >= least and rate <= Fraction(9, 10)
    assert rules.chronically_absent(enrolled, attended, least) is chronic


@pytest.mark.parametrize(
    ("written", "hundredths"),
    [("0.125", 13), ("0.285", 29), ("0.004", 0), ("0.5", 50), ("1", 100)],
)
def test_a_part_of_a_day_is_rounded_half_up_in_a_roll_as_in_a_file(
    written: str, hundredths: int
) -> None:
    mark = AttendanceMark(student_id=uuid4(), category=C.PARTIAL, attended=float(written))
    file = f"studentSourcedId,date,category,attended\ns1,2026-09-01,Partial,{written}\n"
    [entry], _ = read_register(file.encode(), date(2026, 10, 1))
    assert (rolls.hundredths_of(mark), entry.hundredths) == (hundredths, hundredths)


def test_attendance_of_tomorrow_is_refused() -> None:
    with pytest.raises(Conflict) as refusal:
        rolls.ensure_school_day(date(2026, 10, 2), date(2026, 10, 1))
    assert refusal.value.code == "date-in-future"


@given(st.sampled_from(C), st.none() | st.integers(0, 400), st.integers(1, 300))
def test_nobody_attends_more_minutes_than_a_session_has_and_an_absent_child_attends_none(
    category: C, given_minutes: int | None, minutes: int
) -> None:
    try:
        counted = sessions.minutes_attended(category, given_minutes, minutes)
    except Conflict:
        assert given_minutes is None or given_minutes > minutes or category in ABSENCES
        return
    assert 0 <= counted <= minutes
    assert counted == 0 or category not in ABSENCES
    if given_minutes is not None:
        assert counted == given_minutes


@pytest.mark.parametrize("category", [C.PRESENT, C.TARDY, C.IN_ATTENDANCE])
def test_a_child_that_was_present_attended_the_whole_session_unless_minutes_are_given(
    category: C,
) -> None:
    assert sessions.minutes_attended(category, None, 45) == 45


@pytest.mark.parametrize("category", [C.PARTIAL, C.EARLY_DEPARTURE])
def test_a_partial_attendance_states_its_minutes(category: C) -> None:
    with pytest.raises(Conflict) as refusal:
        sessions.minutes_attended(category, None, 45)
    assert refusal.value.code == "minutes-missing"


@pytest.mark.parametrize("status", list(SessionStatus))
def test_a_canceled_session_is_final(status: SessionStatus) -> None:
    with pytest.raises(Conflict):
        sessions.ensure_may_become(SessionStatus.CANCELED, status)


def test_the_roll_of_tomorrow_cannot_be_called_today() -> None:
    with pytest.raises(Conflict) as refusal:
        sessions.ensure_roll_may_be_called(
            SessionStatus.PENDING, date(2026, 10, 2), date(2026, 10, 1)
        )
    assert refusal.value.code == "session-in-future"
