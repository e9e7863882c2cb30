"""What the states of referrals add up to.

A referral counts once it is sent. One that should never have been (`in_error`) counts nowhere.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median

from services.students.referrals.referrals.rules import (
    ANSWER_DAYS,
    ENDED,
    SERVICE_DAYS,
    school_day_after,
    school_days_between,
)
from shared.contracts.students.referral import DeclineReason, ReferralOutcome, ReferralState
from shared.contracts.students.referral_metric import ReferralFigures

S = ReferralState


@dataclass(frozen=True, slots=True)
class SentReferral:
    """A referral that was sent. `closed`: the closed days of its child's district and schools."""

    state: ReferralState
    sent_on: date
    answered_on: date | None
    decline_reason: DeclineReason | None
    served_on: date | None
    outcome: ReferralOutcome | None
    closed: Collection[date]

    @property
    def accepted_on(self) -> date | None:
        return None if self.decline_reason else self.answered_on


def figures(referrals: Iterable[SentReferral], today: date) -> ReferralFigures:
    """The figures as of today."""
    every = list(referrals)
    answers = [_answer(each, today) for each in every]
    services = [
        _service(each, each.accepted_on, today)
        for each in every
        if each.accepted_on is not None and each.state is not S.WITHDRAWN
    ]
    waits = [
        school_days_between(each.sent_on, each.answered_on, each.closed)
        for each in every
        if each.answered_on is not None
    ]
    served_after = [
        school_days_between(each.accepted_on, each.served_on, each.closed)
        for each in every
        if each.accepted_on is not None and each.served_on is not None
    ]
    ended = [each for each in every if each.state in ENDED]
    states = Counter(each.state for each in every)
    return ReferralFigures(
        sent=len(every),
        answered=len(waits),
        answer_due=sum(due for due, _ in answers),
        answered_in_time=sum(in_time for _, in_time in answers),
        median_days_to_answer=median(waits) if waits else None,
        accepted=sum(each.accepted_on is not None for each in every),
        declined=dict(Counter(e.decline_reason for e in every if e.decline_reason is not None)),
        service_due=sum(due for due, _ in services),
        served=sum(each.served_on is not None for each in every),
        served_in_time=sum(in_time for _, in_time in services),
        median_days_to_service=median(served_after) if served_after else None,
        ended=len(ended),
        ended_with_outcome=sum(each.outcome is not None for each in ended),
        outcomes=dict(Counter(each.outcome for each in ended if each.outcome is not None)),
        expired=states[S.EXPIRED],
        withdrawn=states[S.WITHDRAWN],
    )


def _answer(each: SentReferral, today: date) -> tuple[bool, bool]:
    """(whether an answer was due, whether it came in time)."""
    last = school_day_after(each.sent_on, ANSWER_DAYS, each.closed)
    if each.answered_on is None:
        return last < today, False
    return True, each.answered_on <= last


def _service(each: SentReferral, accepted_on: date, today: date) -> tuple[bool, bool]:
    """(whether a first service was due, whether it came in time), of an accepted one."""
    last = school_day_after(accepted_on, SERVICE_DAYS, each.closed)
    due = last < today
    return due, due and each.served_on is not None and each.served_on <= last
