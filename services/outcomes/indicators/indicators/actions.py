"""Defining indicators."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.outcomes.indicators.indicators import queries, rules
from services.outcomes.indicators.indicators.records import DefinitionRow, IndicatorRow
from services.outcomes.scorecards.reports.actions import refresh
from shared.contracts.outcomes.indicator import (
    DefinitionDraft,
    IndicatorDefined,
    IndicatorDraft,
    Level,
)
from shared.contracts.outcomes.outcome import Outcome
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.security.principal import Principal


async def define(session: AsyncSession, caller: Principal, draft: IndicatorDraft) -> IndicatorRow:
    taken = await queries.key_taken(session, draft.key)

    rules.ensure_key_free(taken)
    rules.ensure_derivable(draft.derivation, draft.definition)

    indicator = IndicatorRow(**draft.model_dump(exclude={"definition"}))
    session.add(indicator)
    await session.flush()

    _add_definition(session, caller, indicator, draft.definition)
    return indicator


async def redefine(
    session: AsyncSession,
    caller: Principal,
    indicator_id: UUID,
    expected: int,
    draft: DefinitionDraft,
) -> IndicatorRow:
    indicator = await queries.indicator_row(session, indicator_id)
    ensure_version(indicator, expected)
    current = await queries.definition_in_force(session, indicator)
    showing = await queries.showing(session, indicator_id)

    rules.ensure_led(caller, showing)
    rules.ensure_derivable(indicator.derivation, draft)
    rules.ensure_differs(current, draft)

    _add_definition(session, caller, indicator, draft)
    await session.flush()
    await refresh(session, [indicator_id])
    return indicator


def _add_definition(
    session: AsyncSession, caller: Principal, indicator: IndicatorRow, draft: DefinitionDraft
) -> None:
    indicator.definition += 1
    session.add(
        DefinitionRow(
            indicator_id=indicator.id,
            number=indicator.definition,
            account_id=caller.account_id,
            **draft.model_dump(),
        )
    )
    announce(
        session,
        indicator,
        IndicatorDefined(
            indicator_id=indicator.id,
            key=indicator.key,
            name=indicator.name,
            outcome=Outcome(indicator.outcome),
            level=Level(draft.level),
            definition=indicator.definition,
        ),
    )
