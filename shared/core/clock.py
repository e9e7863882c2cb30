"""The only place that asks what time it is; everything else is told."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Depends

from shared.core.days import day_of


async def now() -> datetime:
    return datetime.now(UTC)


async def today() -> date:
    return day_of(datetime.now(UTC))


Now = Annotated[datetime, Depends(now)]
Today = Annotated[date, Depends(today)]
