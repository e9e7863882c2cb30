"""A day is the partnership's, from midnight to midnight in its time zone (`TIME_ZONE`): a consent that
ends today ends tonight where the children live. PostgreSQL counts in the same zone, for it is told
so with each connection, and `current_date` is the same day. Moments are kept and sent in UTC.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from shared.core.settings import from_environment

Day = TypeVar("Day", bound=date)


@lru_cache
def zone() -> ZoneInfo:
    return ZoneInfo(from_environment().time_zone)


def local(moment: datetime) -> datetime:
    """As a clock on the wall of the partnership shows it: for sentences and pages. At the ends of
    the calendar, where the zone leads out of it, in UTC."""
    try:
        return moment.astimezone(zone())
    except OverflowError:
        return moment


def day_of(moment: datetime) -> date:
    """The partnership's day at this moment."""
    return local(moment).date()


def beginning(day: date) -> datetime:
    """The moment at which the partnership's day begins."""
    try:
        return datetime.combine(day, time.min, zone()).astimezone(UTC)
    except OverflowError:
        return datetime.combine(day, time.min, UTC)


def anniversary(day: Day, years: int) -> Day:
    """The same day, at the same hour, so many years later; of 29 February in a common year, the
    28th. At the end of the calendar, in its last year.

    FERPA says "has reached 18 years of age" (34 CFR 99.3) and leaves the day to the states. New
    York counts 28 and 29 February of a leap year as one day (General Construction Law 58);
    Maryland says 1 March (General Provisions 1-303(b)). The earlier day holds here for every
    birthday and every term, because it discloses less: parents' rights and what they allowed end,
    and the longest consent and agreement end, a day sooner rather than a day too late. In the
    other direction, students read their own record, and programs for adults take them, that day
    sooner. PostgreSQL's `day + interval 'n years'` is the same day.
    """
    year = min(day.year + years, date.max.year)
    return day.replace(year=year, day=min(day.day, monthrange(year, day.month)[1]))


def age_on(born: date, day: date) -> int:
    """Whole years, one more from each `anniversary` on."""
    years = day.year - born.year
    return years - (day < anniversary(born, years))
