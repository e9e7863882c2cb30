"""What must hold for a scorecard, and what follows from its shown figures.

Trend: of the last five periods, those in which the group was observed; at least three, or there are
too few. The typical change per period is the median of the changes between any two of them, each
divided by the periods it spans (Theil-Sen), rounded half up to one decimal. The trend is steady
under half a point per period in either direction; else it improves or worsens, by the indicator's
direction. Where one of the periods is banded or suppressed, the trend is suppressed.

Distance to target: the way left in the better direction; 0 or less means reached. Gap of a group:
the group minus all, in the indicator's last period. Gap of a dimension: its highest shown group
minus its lowest shown group. All are calculated from figures as shown, never from withheld ones.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from statistics import median
from typing import Final, NamedTuple
from uuid import UUID

from services.outcomes.indicators.quantities.rules import change, difference
from shared.contracts.outcomes.group import Dimension
from shared.contracts.outcomes.indicator import Direction, Unit
from shared.contracts.outcomes.observation import Cell
from shared.contracts.outcomes.place import EVERYWHERE, PlaceDraft, PlaceKind
from shared.contracts.outcomes.quantity import Change, Quantity
from shared.contracts.outcomes.scorecard import Gap, TargetStanding, Trend, TrendState
from shared.core.refusals import Conflict, Forbidden
from shared.security.principal import Principal

TREND_PERIODS: Final = 5
LEAST_PERIODS: Final = 3
LEAST_GROUPS: Final = 2
STEADY: Final = Decimal("0.5")
TENTH: Final = Decimal("0.1")
TOO_FEW = Trend(state=TrendState.TOO_FEW_PERIODS)
SUPPRESSED = Trend(state=TrendState.SUPPRESSED)


class Aim(NamedTuple):
    """A target as a partnership set it."""

    value: Quantity
    due_on: date
    baseline_period: str | None


def ensure_places(places: Sequence[PlaceDraft]) -> None:
    """Figures are added up, so no place may be named twice or lie within another."""
    named = {(place.kind, place.key) for place in places}
    kinds = {place.kind for place in places}
    if len(named) < len(places):
        raise Conflict("place-double", "A place is named twice.")
    if any(kind is PlaceKind.ROSTER and key != EVERYWHERE for kind, key in named):
        raise Conflict("roster-key", f"The key of the roster is always {EVERYWHERE}.")
    if PlaceKind.ROSTER in kinds and PlaceKind.SCHOOL in kinds:
        raise Conflict("places-overlap", "The roster already contains the schools.")
    if len(kinds - {PlaceKind.ROSTER}) > 1:
        raise Conflict("places-overlap", "Places of two kinds may overlap; name one kind.")


def ensure_indicators(indicators: Sequence[object]) -> None:
    if len(set(indicators)) < len(indicators):
        raise Conflict("indicator-double", "An indicator is named twice.")


def ensure_first(taken: bool) -> None:
    if taken:
        raise Conflict("scorecard-exists", "The partnership already has a scorecard.")


def ensure_leads(caller: Principal, partnership_id: UUID) -> None:
    """A scorecard is kept by the staff of the partnership's own backbone."""
    if partnership_id not in caller.leads:
        raise Forbidden(
            "partnership-not-led", "Only the partnership's own backbone may change its scorecard."
        )


def ensure_partnership(known: bool) -> None:
    if not known:
        raise Conflict("partnership-unknown", "There is no such partnership.")


def trend(cells: Sequence[Cell | None], unit: Unit, direction: Direction) -> Trend:
    """The trend of one group's cells, in the order of periods."""
    last = list(enumerate(cells))[-TREND_PERIODS:]
    seen = [(at, cell) for at, cell in last if cell is not None]
    if len(seen) < LEAST_PERIODS:
        return TOO_FEW
    values = [(at, cell.value.value) for at, cell in seen if cell.value is not None]
    if len(values) < len(seen):
        return SUPPRESSED
    slopes = [(y - x) / (b - a) for (a, x), (b, y) in combinations(values, 2)]
    typical = median(slopes)
    return Trend(
        state=_state(typical, direction),
        per_period=change(unit, typical.quantize(TENTH, ROUND_HALF_UP)),
    )


def _state(typical: Decimal, direction: Direction) -> TrendState:
    if abs(typical) < STEADY:
        return TrendState.STEADY
    rises = typical > 0
    better = rises == (direction is Direction.HIGHER)
    return TrendState.IMPROVING if better else TrendState.WORSENING


def gap(group: Cell | None, everybody: Cell | None) -> Change | None:
    """The group minus all; None where either is not shown, or they are of two dates."""
    if group is None or everybody is None or group.value is None or everybody.value is None:
        return None
    if group.as_of != everybody.as_of:
        return None
    return difference(group.value, everybody.value)


def dimension_gap(dimension: Dimension, cells: Mapping[str, Cell]) -> Gap | None:
    """The gap of a dimension; None where fewer than two groups are shown."""
    shown = {group: cell.value for group, cell in cells.items() if cell.value is not None}
    if len(shown) < LEAST_GROUPS:
        return None
    by_value = sorted(shown, key=lambda group: (shown[group].value, group))
    lowest, highest = by_value[0], by_value[-1]
    return Gap(
        dimension=dimension,
        highest=highest,
        lowest=lowest,
        difference=difference(shown[highest], shown[lowest]),
        withheld_groups=len(cells) - len(shown),
    )


def standing(
    aim: Aim, cells: Sequence[Cell | None], periods: Sequence[str], direction: Direction
) -> TargetStanding:
    """The group's last observed period against the target."""
    latest = next((cell.value for cell in reversed(cells) if cell is not None), None)
    by_period = dict(zip(periods, cells, strict=True))
    baseline = by_period.get(aim.baseline_period or "")
    began = baseline.value if baseline is not None else None
    missing: Change | None = None
    if latest is not None:
        higher = direction is Direction.HIGHER
        missing = difference(aim.value, latest) if higher else difference(latest, aim.value)
    return TargetStanding(
        value=aim.value,
        due_on=aim.due_on,
        baseline_period=aim.baseline_period,
        baseline=began,
        since_baseline=difference(latest, began) if latest and began else None,
        distance=missing,
        reached=missing.value <= 0 if missing is not None else None,
    )
