"""The only module that reads the clock; everything else gets the time as a value."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Depends

from shared.core.days import day_of


async def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


async def today() -> date:
    """The partnership's day at this moment."""
    return day_of(datetime.now(UTC))


Now = Annotated[datetime, Depends(now)]
Today = Annotated[date, Depends(today)]
