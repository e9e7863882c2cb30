"""Outcomes over HTTP."""

from typing import Annotated

from services.outcomes.outcomes import queries
from shared.access import Permission, may
from shared.contracts.outcomes.outcome import OutcomeSummary
from shared.database import Reader
from shared.principal import Principal
from shared.route import noun

router = noun("outcomes")
Anybody = Annotated[Principal, may(Permission.EDITIONS_READ)]


@router.get("")
async def list_outcomes(_: Anybody, reader: Reader) -> list[OutcomeSummary]:
    """The seven cradle-to-career outcomes."""
    return await queries.outcomes(reader)
