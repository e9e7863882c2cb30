"""The search for names in the logs and traces of a run can find them."""

import logging
from collections.abc import Callable

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Span, Status, StatusCode

from tests.canaries import NAMES, CanaryLines, CanarySpans
from tests.promised import promise

Say = Callable[[Span], object]
PLACES: dict[str, Say] = {
    "name": lambda span: span.update_name(f"GET /v1/students?q={NAMES[0]}"),
    "attribute": lambda span: span.set_attribute("url.query", f"born={NAMES[4]}"),
    "statement": lambda span: span.set_attribute("db.statement", f"values ('{NAMES[0]}')"),
    "event": lambda span: span.add_event(f"read {NAMES[2]}"),
    "event's attribute": lambda span: span.add_event("read", {"who": NAMES[3]}),
    "exception": lambda span: span.record_exception(ValueError(f"Key (name)=({NAMES[0]})")),
    "status": lambda span: span.set_status(Status(StatusCode.ERROR, f"no {NAMES[5]}")),
}


def spans(say: Say) -> CanarySpans:
    canaries = CanarySpans()
    provider = TracerProvider()
    provider.add_span_processor(canaries)
    with provider.get_tracer("tests").start_as_current_span("GET") as span:
        say(span)
    return canaries


@promise("Access and privacy", "The search for names in logs and traces can fail.")
@pytest.mark.parametrize("place", PLACES)
def test_a_name_is_found_in_any_part_of_a_span(place: str) -> None:
    assert len(spans(PLACES[place]).found) == 1


def test_a_span_that_names_nobody_is_searched_and_not_kept() -> None:
    canaries = spans(lambda span: span.set_attribute("events", 3))
    assert (canaries.seen, canaries.found) == (1, [])


def test_a_name_is_found_in_a_line_of_the_log() -> None:
    canaries = CanaryLines()
    for text in ("a child", f"the child {NAMES[2]}"):
        canaries.handle(logging.LogRecord("tests", logging.INFO, "", 0, text, (), None))
    assert len(canaries.found) == 1
