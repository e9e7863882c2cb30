"""Setting, changing and dropping targets."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.outcomes.indicators.indicators.queries import one_definition, one_indicator
from services.outcomes.scorecards.reports.actions import refresh_scorecard
from services.outcomes.scorecards.scorecards.queries import scorecard_row
from services.outcomes.scorecards.scorecards.rules import ensure_leads
from services.outcomes.scorecards.targets import queries, rules
from services.outcomes.scorecards.targets.records import TargetRow
from shared.contracts.outcomes.target import (
    TargetChange,
    TargetDraft,
    TargetDropped,
    TargetSet,
)
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.security.principal import Principal


async def set_target(session: AsyncSession, caller: Principal, draft: TargetDraft) -> TargetRow:
    scorecard = await scorecard_row(session, draft.scorecard_id)
    measured = await one_indicator(session, draft.indicator_id)
    taken = await queries.taken(session, draft, measured.definition.number)

    ensure_leads(caller, scorecard.partnership_id)
    rules.ensure_shown(draft.indicator_id, scorecard.indicator_ids)
    rules.ensure_in_vocabulary(draft.dimension, draft.group)
    rules.ensure_fits(draft, measured.definition.unit, measured.definition.period_kind)
    rules.ensure_first(taken)

    target = TargetRow(
        scorecard_id=draft.scorecard_id,
        indicator_id=draft.indicator_id,
        definition=measured.definition.number,
        dimension=draft.dimension,
        group=draft.group,
        **_values(draft),
    )

    await _announce(session, target)
    await refresh_scorecard(session, scorecard)
    return target


async def change(
    session: AsyncSession,
    caller: Principal,
    target_id: UUID,
    expected: int,
    wanted: TargetChange,
) -> TargetRow:
    """The target stays with the definition that it was set for."""
    scorecard = await scorecard_row(session, await queries.scorecard_of(session, target_id))
    target = await queries.target_row(session, target_id)
    ensure_version(target, expected)
    stood = await queries.one_target(session, target_id)
    defined = await one_definition(session, target.indicator_id, stood.definition)

    ensure_leads(caller, scorecard.partnership_id)
    rules.ensure_fits(wanted, defined.unit, defined.period_kind)

    target.sqlmodel_update(_values(wanted) | {"definition": stood.definition})

    await _announce(session, target)
    await refresh_scorecard(session, scorecard)
    return target


async def drop(session: AsyncSession, caller: Principal, target_id: UUID, expected: int) -> None:
    scorecard = await scorecard_row(session, await queries.scorecard_of(session, target_id))
    target = await queries.target_row(session, target_id)
    ensure_version(target, expected)

    ensure_leads(caller, scorecard.partnership_id)

    announce(
        session,
        target,
        TargetDropped(
            target_id=target.id,
            scorecard_id=target.scorecard_id,
            indicator_id=target.indicator_id,
        ),
    )
    await session.flush()
    await session.delete(target)
    await session.flush()
    await refresh_scorecard(session, scorecard)


def _values(wanted: TargetChange) -> dict[str, Any]:
    return {
        "value": wanted.value.value,
        "unit": wanted.value.unit,
        "due_on": wanted.due_on,
        "baseline_period": wanted.baseline_period,
    }


async def _announce(session: AsyncSession, target: TargetRow) -> None:
    state = target.model_dump(exclude={"id", "value"})
    quantity = {"value": target.value, "unit": target.unit}
    event = TargetSet.model_validate(state | {"target_id": target.id, "value": quantity})
    announce(session, target, event)
    await session.flush()
