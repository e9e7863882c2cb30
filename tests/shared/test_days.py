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


def test_a_day_begins_at_midnight_where_the_partnership_is(zone: ZoneInfo) -> None:
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


@pytest.mark.parametrize("name", ["", "New York", "EST+5", "../etc/passwd", "america/new_york"])
def test_a_time_zone_that_is_none_is_named_and_nothing_starts(name: str) -> None:
    with pytest.raises(ValidationError, match="TIME_ZONE takes a name like America/New_York"):
        Settings(time_zone=name)
