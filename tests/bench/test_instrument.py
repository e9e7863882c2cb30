"""The instruments of the measurements count correctly."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.cost import worked_out
from tests.bench.figures import percentile, slope, spread
from tests.bench.generator import NO_ANSWER, Kind, Plan, Step, due, run
from tests.bench.growth_plot import svg
from tests.bench.held import is_held, told, until_well

NUMBERS = st.integers(-9_999, 9_999).map(float)
WORK_SECONDS, EVERY_SECONDS, REQUESTS = 0.03, 0.01, 15


@asynccontextmanager
async def answering(
    seconds: float = 0.0, status: int = 200
) -> AsyncIterator[tuple[str, Counter[str]]]:
    """A server with room for one at a time, and what it was asked."""
    asked: Counter[str] = Counter()
    one_at_a_time = asyncio.Lock()

    async def handle(request: web.Request) -> web.Response:
        asked[f"{request.method} {request.path}"] += 1
        asked[request.headers.get("Idempotency-Key", "no key")] += 1
        async with one_at_a_time:
            await asyncio.sleep(seconds)
        return web.Response(status=status, headers={"Retry-After": "1"}, text="no")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", asked
    await runner.cleanup()


def reading(weight: float = 1.0) -> Kind:
    return Kind("read", "GET", [("/one", None)], {}, weight)


async def test_the_load_generator_sends_all_planned_requests_and_gives_each_write_its_own_key(
    tmp_path: Path,
) -> None:
    writing = Kind("write", "POST", [("/two", {"name": "{number}"})], {}, 1.0, write=True)
    async with answering() as (base, asked):
        plan = Plan(base, [reading(), writing], [Step(200, 0.3), Step(100, 0.2)])
        found = await run(plan, tmp_path)
    planned = Counter(step for step, _ in due(plan))
    assert Counter(answer[0] for answer in found.answers) == planned
    assert asked["GET /one"] + asked["POST /two"] == planned.total() == len(found.late_ms)
    keys = {key for key in asked if "/" not in key} - {"no key"}
    assert len(keys) == asked["POST /two"] > 0


async def test_the_time_to_answer_counts_from_the_moment_a_request_was_due_where_answers_queue(
    tmp_path: Path,
) -> None:
    async with answering(WORK_SECONDS) as (base, _):
        steps = [Step(1 / EVERY_SECONDS, (REQUESTS + 0.5) * EVERY_SECONDS)]
        found = await run(Plan(base, [reading()], steps, poisson=False), tmp_path)
    assert len(found.answers) == REQUESTS
    took = sorted(answer[4] for answer in found.answers)
    for number, milliseconds in enumerate(took):  # each has waited for all before it, at least
        assert milliseconds >= number * (WORK_SECONDS - EVERY_SECONDS) * 1000


async def test_the_load_generator_keeps_a_refusal_with_its_retry_after(tmp_path: Path) -> None:
    async with answering(status=503) as (base, _):
        found = await run(Plan(base, [reading()], [Step(100, 0.1)]), tmp_path)
    assert {answer[2] for answer in found.answers} == {503}
    assert found.kept == {"read 503": ["1", "no"]}


async def test_a_request_to_an_unreachable_server_counts_as_one_without_an_answer(
    tmp_path: Path,
) -> None:
    found = await run(Plan("http://127.0.0.1:1", [reading()], [Step(100, 0.1)]), tmp_path)
    assert {answer[2] for answer in found.answers} == {NO_ANSWER}


@given(st.lists(NUMBERS, min_size=1, max_size=20), st.integers(1, 100))
def test_a_percentile_is_the_smallest_value_that_this_share_of_values_does_not_exceed(
    values: list[float], percent: int
) -> None:
    found = percentile(values, percent)
    assert found in values
    assert sum(value <= found for value in values) >= len(values) * percent / 100 - 1e-9
    below = [value for value in values if value < found]
    assert len(below) < len(values) * percent / 100


@given(st.lists(NUMBERS, min_size=1, max_size=20))
def test_a_figure_gives_the_least_the_median_and_the_greatest_of_its_rounds(
    values: list[float],
) -> None:
    found = spread(values)
    assert found["min"] <= found["median"] <= found["max"]
    assert (found["min"], found["max"]) == (round(min(values), 2), round(max(values), 2))


@given(
    st.integers(-50, 50),
    st.integers(-50, 50),
    st.sets(st.integers(-99, 99), min_size=2, max_size=9),
)
def test_points_on_a_line_have_the_slope_of_the_line(a: int, b: int, xs: set[int]) -> None:
    assert slope([(x, a * x + b) for x in xs]) == pytest.approx(a, abs=1e-6)


def test_the_platform_counts_as_well_from_the_second_after_the_last_failure_on() -> None:
    def answer(
        second: float, status: int = 200, ms: float = 10
    ) -> tuple[int, int, int, float, float]:
        return 1, 0, status, 60 + second, ms

    fine = [answer(second / 2) for second in range(40)]
    assert until_well(fine, 60) == 0
    assert until_well([*fine, answer(1.2, 503)], 60) == 2
    assert until_well([*fine, answer(3.9, ms=900)], 60) == 4
    assert until_well([*fine, answer(19.5, 503)], 60) is None


@pytest.mark.parametrize(("status", "ms", "held"), [(200, 249, True), (200, 251, False),
                                                    (503, 10, False), (0, 10, False)])  # fmt: skip
def test_a_rate_is_held_when_all_requests_are_answered_in_time(
    status: int, ms: float, *, held: bool
) -> None:
    assert is_held(told([(0, 0, 201, 0.0, 10.0), (0, 0, status, 0.5, ms)], 1)) is held


def test_the_cost_follows_from_the_rate_held_and_the_assumptions() -> None:
    held = {
        "held": {"rate": 50.0},
        "machine": {"cores": 2, "memory_gib": 4, "processor": "one"},
    }
    found = worked_out(held, None, price=30, students=45_000)
    [row] = [row for row in found["rows"] if row["students"] == 45_000]
    assert row["asked_a_second_in_the_busiest_hour"] == 25.0
    assert (row["machines"], row["a_year"], row["a_thousand_students_a_year"]) == (1, 360, 8.0)
    twice = worked_out(held | {"held": {"rate": 49.0}}, None, price=30, students=45_000)
    assert twice["a_thousand_students_a_year"] == 16.0


def test_the_plot_has_a_line_for_each_answer_and_a_point_for_each_size() -> None:
    row = {"min": 1.0, "median": 2.0, "max": 4.0}
    drawn = ET.fromstring(svg({size: {"a & b": row, "c": row} for size in (1_000, 10_000)}))
    lines = [e.get("points", "") for e in drawn.iter("{http://www.w3.org/2000/svg}polyline")]
    assert [len(points.split()) for points in lines] == [2, 2]
    words = {e.text for e in drawn.iter("{http://www.w3.org/2000/svg}text")}
    assert {"a & b", "c", "1,000", "10,000"} <= words
