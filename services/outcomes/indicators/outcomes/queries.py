"""Reading outcomes."""

from sqlalchemy import func, select

from services.outcomes.indicators.indicators.queries import IN_FORCE
from services.outcomes.indicators.indicators.records import indicator, indicator_definition
from shared.contracts.outcomes.indicator import Level
from shared.contracts.outcomes.outcome import Outcome, OutcomeSummary
from shared.persistence.database import Reading


async def outcomes(reader: Reading) -> list[OutcomeSummary]:
    """All seven outcomes, in the order of a life."""
    found = (
        select(indicator.outcome, indicator_definition.level, func.count())
        .join(indicator_definition, IN_FORCE)
        .group_by(indicator.outcome, indicator_definition.level)
    )
    counts = {(outcome, level): count for outcome, level, count in await reader.execute(found)}
    return [
        OutcomeSummary(
            name=outcome,
            position=position,
            core=counts.get((outcome, Level.CORE), 0),
            contributing=counts.get((outcome, Level.CONTRIBUTING), 0),
        )
        for position, outcome in enumerate(Outcome, 1)
    ]
