"""Outcomes over HTTP."""

from services.outcomes.indicators.outcomes import queries
from shared.contracts.outcomes.outcome import OutcomeSummary
from shared.http.route import noun
from shared.persistence.database import Reader
from shared.security.callers import EditionsReader

router = noun("outcomes")


@router.get("")
async def list_outcomes(_: EditionsReader, reader: Reader) -> list[OutcomeSummary]:
    """The seven cradle-to-career outcomes."""
    return await queries.outcomes(reader)
