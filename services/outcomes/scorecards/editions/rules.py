"""What an edition says in short."""

from services.outcomes.scorecards.reports.rules import EVERYBODY
from shared.contracts.outcomes.edition import Headline
from shared.contracts.outcomes.scorecard import IndicatorReport, ScorecardReport


def headlines(report: ScorecardReport) -> list[Headline]:
    """One line per indicator: everybody, in the last period."""
    return [_headline(indicator) for indicator in report.indicators]


def _headline(indicator: IndicatorReport) -> Headline:
    series = next((s for s in indicator.groups if (s.dimension, s.group) == EVERYBODY), None)
    return Headline.model_construct(
        indicator_id=indicator.indicator_id,
        name=indicator.name,
        outcome=indicator.outcome,
        direction=indicator.direction,
        period=indicator.periods[-1] if indicator.periods else None,
        cell=series.cells[-1] if series and series.cells else None,
        trend=series.trend if series else None,
    )
