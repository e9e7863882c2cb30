"""Outcomes over HTTP."""

from typing import Annotated

from services.outcomes.indicators.outcomes import queries
from shared.contracts.outcomes.outcome import OutcomeSummary
from shared.http.route import noun
from shared.persistence.database import Reader
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("outcomes")
Anybody = Annotated[Principal, may(Permission.EDITIONS_READ)]


@router.get("")
async def list_outcomes(_: Anybody, reader: Reader) -> list[OutcomeSummary]:
    """The seven cradle-to-career outcomes."""
    return await queries.outcomes(reader)
