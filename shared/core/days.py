"""A day is the partnership's, from midnight to midnight in its time zone (`TIME_ZONE`): a consent that
ends today ends tonight where the children live. PostgreSQL counts in the same zone, for it is told
so with each connection, and `current_date` is the same day. Moments are kept and sent in UTC.
"""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from shared.core.settings import from_environment


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
