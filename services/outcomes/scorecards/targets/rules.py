"""What must hold for a target."""

from collections.abc import Sequence
from uuid import UUID

from services.outcomes.indicators.disaggregates.rules import ensure_group
from services.outcomes.indicators.periods.rules import period
from shared.contracts.outcomes.indicator import PeriodKind, Unit
from shared.contracts.outcomes.target import TargetChange
from shared.core.refusals import Conflict


def ensure_shown(indicator_id: UUID, shown: Sequence[UUID]) -> None:
    if indicator_id not in shown:
        raise Conflict("indicator-not-shown", "The scorecard does not show this indicator.")


def ensure_in_vocabulary(dimension: str, group: str) -> None:
    try:
        ensure_group(dimension, group)
    except ValueError as error:
        raise Conflict("group-unknown", "This dimension has no such group.") from error


def ensure_fits(wanted: TargetChange, unit: Unit, kind: PeriodKind) -> None:
    """A target has the unit of its indicator, and its baseline is a period of the definition."""
    if wanted.value.unit != unit:
        raise Conflict("target-unit-wrong", f"The indicator's unit is {unit}.")
    if wanted.baseline_period is None:
        return
    try:
        fits = period(wanted.baseline_period).kind is kind
    except ValueError:
        fits = False
    if not fits:
        raise Conflict(
            "baseline-period-wrong", f"The baseline must be a {kind.replace('_', ' ')}."
        )


def ensure_first(taken: bool) -> None:
    if taken:
        raise Conflict("target-exists", "This group already has a target for the indicator.")
