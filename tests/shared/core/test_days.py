"""Days are the partnership's; moments are everybody's."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.core import days
from shared.core.settings import Settings
from tests.zones import living_in

ZONES = ["UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"]


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest) -> Iterator[ZoneInfo]:
    with living_in(request.param):
        yield ZoneInfo(request.param)


def test_a_day_begins_at_midnight_in_the_time_zone_of_the_partnership(zone: ZoneInfo) -> None:
    @given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
    def holds(moment: datetime) -> None:
        day = days.day_of(moment)
        assert days.beginning(day) <= moment < days.beginning(day + timedelta(days=1))
        assert days.local(days.beginning(day)).timetz().replace(tzinfo=None).isoformat() == (
            "00:00:00"
        )

    holds()


def test_the_same_moment_is_the_same_day_however_it_is_written(zone: ZoneInfo) -> None:
    @given(
        st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
        st.integers(-14, 14),
    )
    def holds(moment: datetime, hours: int) -> None:
        written = moment.astimezone(timezone(timedelta(hours=hours)))
        assert days.day_of(written) == days.day_of(moment)

    holds()


def test_the_ends_of_the_calendar_have_days_too(zone: ZoneInfo) -> None:
    for moment in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        assert abs(days.day_of(moment) - moment.date()) <= timedelta(days=1)
    for day in (date.min, date.max):
        assert days.beginning(day).date() in {day, day - timedelta(days=day > date.min)}


def test_an_evening_in_new_york_is_not_yet_tomorrow() -> None:
    with living_in("America/New_York"):
        evening = datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
        assert days.day_of(evening) == date(2026, 11, 30)
        assert days.beginning(date(2026, 12, 1)) == datetime(2026, 12, 1, 5, tzinfo=UTC)
        assert f"{days.local(evening):%H:%M %Z}" == "21:30 EST"


BORN = st.dates(date(1900, 1, 1), date(2020, 12, 31)) | st.sampled_from(
    [date(year, 2, 29) for year in range(1904, 2021, 4)]
)


@given(BORN, st.integers(0, 36_000))
def test_a_child_is_a_year_older_from_the_birthday_on(born: date, passed: int) -> None:
    lived = [born + timedelta(days=n) for n in range(1, passed + 1)]
    birthdays = [day for day in lived if is_birthday(born, day)]
    assert days.age_on(born, born + timedelta(days=passed)) == len(birthdays)
    assert [days.anniversary(born, n + 1) for n in range(len(birthdays))] == birthdays


def is_birthday(born: date, day: date) -> bool:
    if (born.month, born.day) == (2, 29):
        leap = day.year % 4 == 0 and (day.year % 100 != 0 or day.year % 400 == 0)
        return (day.month, day.day) == (2, 29 if leap else 28)
    return (day.month, day.day) == (born.month, born.day)


def test_an_anniversary_is_at_the_same_hour_and_never_after_the_end_of_the_calendar() -> None:
    noon = datetime(2028, 2, 29, 12, tzinfo=UTC)
    assert days.anniversary(noon, 5) == datetime(2033, 2, 28, 12, tzinfo=UTC)
    assert days.anniversary(noon, 4) == datetime(2032, 2, 29, 12, tzinfo=UTC)
    assert days.anniversary(date.max, 2) == date.max


@pytest.mark.parametrize("name", ["", "New York", "EST+5", "../etc/passwd", "america/new_york"])
def test_a_process_with_an_unknown_time_zone_names_it_and_does_not_start(name: str) -> None:
    with pytest.raises(ValidationError, match="TIME_ZONE takes a name like America/New_York"):
        Settings(time_zone=name)
