"""The order of stages, the allocation of places, and the children that a program is for."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.students.participation.engagements import rules
from services.students.participation.engagements.rules import Eligibility
from shared.contracts.students.engagement import LIVE_STAGES, EngagementStage
from shared.core.refusals import Conflict, Forbidden
from shared.security.principal import Role

S = EngagementStage
TODAY = date(2026, 10, 1)


def code(refusal: pytest.ExceptionInfo[Conflict]) -> str:
    return refusal.value.code


def code_of(rule: Callable[..., None], *values: object) -> str | None:
    """The code of the rule's refusal, if it refuses."""
    try:
        rule(*values)
    except Conflict as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize("ended", [S.DENIED, S.COMPLETED, S.WITHDRAWN])
@pytest.mark.parametrize("stage", list(S))
def test_an_ended_engagement_is_final(ended: S, stage: S) -> None:
    with pytest.raises(Conflict) as refusal:
        rules.ensure_follows(ended, stage)
    assert code(refusal) == "stage-not-next"


@given(st.lists(st.sampled_from(S), max_size=8))
def test_every_allowed_history_visits_a_stage_once_and_ends_where_nothing_follows(
    wishes: list[S],
) -> None:
    history: list[S] = []
    for wish in wishes:
        try:
            rules.ensure_follows(history[-1] if history else None, wish)
        except Conflict:
            continue
        history.append(wish)
    assert len(set(history)) == len(history)
    assert all(stage in LIVE_STAGES for stage in history[:-1])
    if S.ACTIVE in history:
        assert not {S.APPLIED, S.WAITLISTED, S.DENIED} & set(history[history.index(S.ACTIVE) :])


def test_every_stage_is_reached_from_nothing() -> None:
    reached: set[S] = set()
    ahead = set(rules.FOLLOWS[None])
    while ahead:
        stage = ahead.pop()
        reached.add(stage)
        ahead |= rules.FOLLOWS[stage] - reached
    assert reached == set(S)


@pytest.mark.parametrize("stage", [S.DENIED, S.WITHDRAWN])
def test_a_denial_and_a_withdrawal_state_a_reason(stage: S) -> None:
    with pytest.raises(Conflict) as refusal:
        rules.ensure_reason(stage, None)
    assert code(refusal) == "reason-missing"
    rules.ensure_reason(stage, "moved away")
    rules.ensure_reason(S.COMPLETED, None)


@given(st.dates(), st.dates(), st.dates())
def test_steps_are_dated_between_the_last_one_and_today(on: date, last: date, today: date) -> None:
    refused = {
        on > today: "date-in-future",
        on <= today and on < last: "date-before-last-step",
        last <= on <= today: None,
    }
    assert code_of(rules.ensure_dated, on, last, today) == refused[True]


def test_a_request_for_a_place_in_a_full_program_joins_the_waiting_list() -> None:
    assert rules.stage_given(S.ENROLLED, S.APPLIED, free=0) is S.WAITLISTED
    assert rules.stage_given(S.ACTIVE, None, free=0) is S.WAITLISTED
    assert rules.stage_given(S.ENROLLED, S.APPLIED, free=1) is S.ENROLLED
    assert rules.stage_given(S.ENROLLED, S.APPLIED, free=None) is S.ENROLLED


def test_a_child_that_has_a_place_keeps_it_when_the_program_is_overfull() -> None:
    assert rules.stage_given(S.ACTIVE, S.ENROLLED, free=0) is S.ACTIVE
    assert rules.free_places(capacity=3, taken=5) == 0


@pytest.mark.parametrize("free", [0, 1, None])
def test_no_waiting_child_is_moved_on_by_hand(free: int | None) -> None:
    with pytest.raises(Conflict) as refusal:
        rules.stage_given(S.ENROLLED, S.WAITLISTED, free)
    assert code(refusal) == "waits-in-line"


def test_no_child_waits_while_there_is_a_place() -> None:
    with pytest.raises(Conflict) as refusal:
        rules.stage_given(S.WAITLISTED, S.APPLIED, free=1)
    assert code(refusal) == "place-free"


wishes = st.tuples(st.sampled_from(["ask", "leave", "resize"]), st.integers(0, 6))


@given(st.integers(0, 5), st.lists(wishes, max_size=60))
def test_a_waiting_list_never_gives_more_places_than_there_are_and_keeps_its_order(
    capacity: int, moves: list[tuple[str, int]]
) -> None:
    inside: list[int] = []
    waiting: list[int] = []
    promoted: list[int] = []
    for number, (move, size) in enumerate(moves):
        overfull = len(inside)
        if move == "ask":
            free = rules.free_places(capacity, len(inside))
            given_stage = rules.stage_given(S.ENROLLED, None, free)
            (inside if given_stage is S.ENROLLED else waiting).append(number)
        elif move == "leave" and inside:
            inside.pop(size % len(inside))
        elif move == "resize":
            capacity = size
        first = list(rules.promoted(waiting, rules.free_places(capacity, len(inside))))
        waiting = waiting[len(first) :]
        inside += first
        promoted += first
        assert len(inside) <= max(capacity, overfull)
        assert not waiting or len(inside) >= capacity
    assert promoted == sorted(promoted)


@pytest.mark.parametrize(
    ("born", "grade", "refused"),
    [
        (date(2021, 9, 2), "KG", "too-young"),
        (date(2021, 9, 1), "KG", None),
        (date(2013, 9, 2), "KG", None),
        (date(2013, 9, 1), "KG", "too-old"),
        (date(2018, 1, 1), "07", "grade-not-served"),
        (date(2018, 1, 1), None, None),
        (None, "01", None),
    ],
)
def test_a_program_is_for_its_ages_and_grades_at_its_first_day(
    born: date | None, grade: str | None, refused: str | None
) -> None:
    program = Eligibility(5, 12, ["KG", "01"], starts_on=date(2026, 9, 1))
    assert code_of(rules.ensure_eligible, program, born, grade, date(2026, 3, 1)) == refused


def test_in_a_program_that_has_begun_the_age_is_that_of_the_day_of_joining() -> None:
    program = Eligibility(5, None, [], starts_on=date(2026, 9, 1))
    rules.ensure_eligible(program, date(2021, 9, 20), None, on=date(2026, 9, 20))


@pytest.mark.parametrize("status", ["inactive", "defunct", "temporarily closed"])
def test_only_an_active_program_admits_a_child(status: str) -> None:
    with pytest.raises(Conflict) as refusal:
        rules.ensure_program_takes(status, None, TODAY)
    assert code(refusal) == "program-not-active"


def test_a_program_admits_nobody_after_its_last_day() -> None:
    rules.ensure_program_takes("active", TODAY, TODAY)
    with pytest.raises(Conflict) as refusal:
        rules.ensure_program_takes("active", TODAY - timedelta(days=1), TODAY)
    assert code(refusal) == "program-ended"


def test_half_a_plan_is_refused() -> None:
    with pytest.raises(Conflict) as refusal:
        rules.ensure_plan_whole(60, None)
    assert code(refusal) == "plan-incomplete"
    assert rules.planned_minutes(60, 10) == 600


ROLES = [
    Role.DISTRICT_ADMIN, Role.CASE_WORKER, Role.PARTNER_ADMIN, Role.GUARDIAN, Role.STUDENT,
    Role.EDUCATOR,
]  # fmt: skip
FAMILY = {Role.GUARDIAN, Role.STUDENT}


@given(st.sampled_from(ROLES), st.sampled_from(S), st.booleans())
def test_only_the_program_and_the_district_do_more_than_apply_and_withdraw(
    role: Role, stage: S, own: bool
) -> None:
    runs_it = role is Role.DISTRICT_ADMIN or (own and role in rules.PARTNER_STAFF)
    applies = role in {*FAMILY, Role.EDUCATOR} and stage is S.APPLIED
    withdraws = role in FAMILY and stage is S.WITHDRAWN
    assert allowed(rules.ensure_may_begin, role, stage, own) is (runs_it or applies)
    assert allowed(rules.ensure_may_move, role, stage, own) is (runs_it or withdraws)


def allowed(rule: Callable[..., None], role: Role, stage: S, own: bool) -> bool:
    try:
        rule(role, stage, own_program=own)
    except Forbidden:
        return False
    return True
