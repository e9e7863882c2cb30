"""The headlines of an edition, and what must hold before it is withdrawn."""

from datetime import datetime

from services.outcomes.scorecards.reports.rules import EVERYBODY
from shared.contracts.outcomes.edition import Headline
from shared.contracts.outcomes.scorecard import EarlierSeries, IndicatorReport, ScorecardReport
from shared.core.refusals import Conflict


def ensure_stands(withdrawn_at: datetime | None) -> None:
    if withdrawn_at is not None:
        raise Conflict("edition-withdrawn", "The edition was withdrawn or replaced before.")


def headlines(report: ScorecardReport) -> list[Headline]:
    """One line per indicator: the figure of all groups together, in the last period."""
    return [_headline(indicator) for indicator in report.indicators]


def _headline(indicator: IndicatorReport) -> Headline:
    all_series: list[IndicatorReport | EarlierSeries] = [indicator, *indicator.earlier[::-1]]
    last = next((each for each in all_series if each.periods), indicator)
    series = next((s for s in last.groups if (s.dimension, s.group) == EVERYBODY), None)
    return Headline.model_construct(
        indicator_id=indicator.indicator_id,
        name=indicator.name,
        outcome=indicator.outcome,
        direction=last.direction,
        period=last.periods[-1] if last.periods else None,
        cell=series.cells[-1] if series and series.cells else None,
        trend=series.trend if series else None,
        definition=last.definition,
        breaks=indicator.breaks,
    )
