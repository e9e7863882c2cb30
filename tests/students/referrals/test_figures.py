"""The clocks and the figures of referrals, against answers that were worked out by hand, and for all
days and calendars."""

import csv
import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.students.referrals.referral_metrics.rules import SentReferral, figures
from services.students.referrals.referrals import rules
from shared.contracts.students.referral import DeclineReason, ReferralOutcome, ReferralState
from tests.needs import DATA
from tests.promised import promise

S = ReferralState
DAYS = st.dates(date(2024, 1, 1), date(2028, 1, 1))
CLOSED = st.frozensets(DAYS, max_size=60)


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def referral(row: dict[str, str], closed: set[date]) -> SentReferral:
    outcome = row["outcome"] if row["outcome"] in set(ReferralOutcome) else None
    state = S.SENT
    if row["answer"]:
        state = S(row["answer"])
    if row["firstServedOn"]:
        state = S.SERVED
    if row["outcome"]:
        state = S.CLOSED if outcome else S(row["outcome"])
    return SentReferral(
        state, date.fromisoformat(row["sentOn"]), day(row["answeredOn"]),
        DeclineReason(row["reason"]) if row["reason"] else None, day(row["firstServedOn"]),
        ReferralOutcome(outcome) if outcome else None, closed,
    )  # fmt: skip


@promise("Support", "The figures of referrals are exactly those worked out by hand.")
@pytest.mark.needs("data")
def test_the_figures_of_a_file_of_referrals_are_those_worked_out_by_hand() -> None:
    folder = DATA / "support" / "referral"
    wanted: dict[str, Any] = json.loads((folder / "loop_answers.json").read_text())
    closed = {date.fromisoformat(each) for each in wanted["days_closed"]}
    rows = list(csv.DictReader((folder / "loop.csv").read_text().splitlines()))
    told = figures((referral(row, closed) for row in rows), date.fromisoformat(wanted["as_of"]))
    due = {
        row["id"]: str(rules.school_day_after(date.fromisoformat(row["sentOn"]), 3, closed))
        for row in rows
    }
    assert due == wanted["due_dates"]
    assert {name: getattr(told, name) for name in (
        "sent", "answered", "answer_due", "answered_in_time", "accepted", "declined",
        "service_due", "served", "served_in_time")} == {name: wanted[name] for name in (
        "sent", "answered", "answer_due", "answered_in_time", "accepted", "declined",
        "service_due", "served", "served_in_time")}  # fmt: skip
    assert told.median_days_to_answer == wanted["median_school_days_to_answer"]
    assert (told.ended, told.ended_with_outcome) == (
        wanted["loop_due"], wanted["loop_closed_with_outcome"],
    )  # fmt: skip
    ends = {**told.outcomes, "expired": told.expired, "withdrawn": told.withdrawn}
    assert ends == wanted["outcomes"]


@given(DAYS, st.integers(1, 80), CLOSED)
def test_no_clock_counts_a_weekend_or_a_closed_day(
    begin: date, number: int, closed: frozenset[date]
) -> None:
    last = rules.school_day_after(begin, number, closed)
    days = [begin + timedelta(days=n) for n in range(1, (last - begin).days + 1)]
    assert sum(each.weekday() < 5 and each not in closed for each in days) == number
    assert last.weekday() < 5 and last not in closed
    assert rules.school_days_between(begin, last, closed) == number


@given(st.lists(st.sampled_from(S), max_size=12))
def test_no_sequence_of_steps_reaches_served_before_it_was_accepted_and_ends_twice(
    wanted: list[ReferralState],
) -> None:
    state, been = S.DRAFT, [S.DRAFT]
    for each in wanted:
        if each is not S.DRAFT and state in rules.FOLLOWS[each]:
            state = each
            been.append(each)
    if S.SERVED in been:
        assert been.index(S.ACCEPTED) < been.index(S.SERVED)
    if S.ACCEPTED in been:
        assert been.index(S.SENT) < been.index(S.ACCEPTED)
    ends = [each for each in been if each in rules.ENDED and each is not S.IN_ERROR]
    assert len(ends) <= 1
