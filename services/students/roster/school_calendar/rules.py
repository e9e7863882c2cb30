"""School years, and which of their days are school days.

A school year runs from 1 July to 30 June. There is school from Monday to Friday between its first
and last day, but for the closed days of the district and of the school. The first and last day are
those given for the school, else for the district, else those of the roster's academic sessions of the
type `schoolYear` (OneRoster 1.2). Terms alone do not bound a year, since the next may still come. A
session that has ended counts only where no other does, since the roster of a new year ends those of
the last.
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import NamedTuple

from services.students.roster.schools.rules import NO_SCHOOLS
from shared.contracts.students.school import NO_SCHOOL
from shared.core.refusals import Conflict, Forbidden

FIRST_MONTH = 7
SATURDAY = 5

# The middle of a session says in which year it lies, whatever its `schoolYear` says.
SESSIONS = """
    select source, extract(year from starts_on + (ends_on - starts_on) / 2 + interval '6 months')::int
        as school_year,
      coalesce(min(starts_on) filter (where status = 'active'), min(starts_on)) as first_day,
      coalesce(max(ends_on) filter (where status = 'active'), max(ends_on)) as last_day
    from academic_session where type = 'schoolYear' group by 1, 2
"""
CALENDARS = f"""
    select y.source, p.school_id, y.school_year,
      coalesce(own.first_day, whole.first_day, told.first_day) as first_day,
      coalesce(own.last_day, whole.last_day, told.last_day) as last_day,
      coalesce(whole.closed, '{{}}') || coalesce(own.closed, '{{}}') as closed
    from (select source, school_year from ({SESSIONS}) s
          union select source, school_year from school_calendar) y
    join (select source, id as school_id from org where type not in ({NO_SCHOOLS})
          union all select distinct source, '{NO_SCHOOL}'::uuid from org) p using (source)
    left join ({SESSIONS}) told on told.source = y.source and told.school_year = y.school_year
    left join school_calendar whole on whole.source = y.source
      and whole.school_year = y.school_year and whole.school_id = '{NO_SCHOOL}'
    left join school_calendar own on own.source = y.source and own.school_year = y.school_year
      and own.school_id = p.school_id and own.school_id <> '{NO_SCHOOL}'
    where coalesce(own.first_day, whole.first_day, told.first_day) is not null
      and coalesce(own.last_day, whole.last_day, told.last_day) is not null
"""
"""The calendar of each school and, as `NO_SCHOOL`, of each district, as far as one is known."""
IS_SCHOOL_DAY = """
    ({day} between c.first_day and c.last_day and extract(isodow from {day}) < 6
     and not {day} = any(c.closed))
"""
"""The condition that the day is a school day of `c`, a row of `CALENDARS`; equal to `Calendar`'s."""


class Calendar(NamedTuple):
    """A school year as it is in force for a school or a district."""

    first_day: date
    last_day: date
    closed: Collection[date]

    def why_off(self, day: date) -> str | None:
        """Why there is no school on this day; None on a school day."""
        if day.weekday() >= SATURDAY:
            return "it is a Saturday or Sunday"
        if not self.first_day <= day <= self.last_day:
            return f"the school year goes from {self.first_day} to {self.last_day}"
        return "it is a closed day" if day in self.closed else None

    def school_days(self) -> int:
        days = range((self.last_day - self.first_day).days + 1)
        return sum(self.why_off(self.first_day + timedelta(days=n)) is None for n in days)


def school_year(day: date) -> int:
    """The calendar year in which the day's school year ends."""
    return day.year + (day.month >= FIRST_MONTH)


def ensure_in_year(year: int, days: Collection[date | None]) -> None:
    for day in days:
        if day is not None and school_year(day) != year:
            raise Conflict(
                "day-outside-year", f"{day} is not in the school year {year - 1}-{year}."
            )


def ensure_bounded(calendar: Calendar | None) -> None:
    if calendar is None:
        raise Conflict(
            "school-year-unknown",
            "The roster has no academic session of this year: give its first and last day.",
        )
    if calendar.first_day > calendar.last_day:
        raise Conflict("last-day-first", "The last day comes before the first.")


def ensure_may_change(*, district: bool, leads: bool) -> None:
    """The district's administrator changes every calendar, a leader of a school the school's own."""
    if not district and not leads:
        raise Forbidden(
            "calendar-not-own",
            "Only the district may change its calendar, and for a school its leaders too.",
        )


def ensure_school_day(day: date, calendar: Calendar | None) -> None:
    """Where no calendar is known, every day may be a school day."""
    why = calendar.why_off(day) if calendar is not None else None
    if why is not None:
        raise Conflict("day-off", f"There is no school on {day}: {why}.")
