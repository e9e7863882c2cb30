"""The only place that asks what time it is; everything else is told."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Depends


async def now() -> datetime:
    return datetime.now(UTC)


async def today() -> date:
    return datetime.now(UTC).date()


Now = Annotated[datetime, Depends(now)]
Today = Annotated[date, Depends(today)]
