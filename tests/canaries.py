"""What a run of the tests must not say of its people: listened for in logs, metrics and traces.

A name found here is a name that a house would write to its log or send to its collector.
"""

import logging

from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider

from shared.core.telemetry import Lines

# Names, birth date and telephones of the people of tests/students/people.py,
# tests/students/families.py and tests/students/roster/test_student_routes.py.
NAMES = (
    "Diallo",
    "diallo",
    "Amara",
    "Binta",
    "2015-05-05",
    "555 010",
    "jean@example.org",
    "younger child",
)


def named(told: str) -> bool:
    return any(name in told for name in NAMES)


class CanaryLines(logging.Handler):
    """Keeps the lines that name somebody. A line is what a service would write."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(Lines("tests"))
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        if named(line):
            self.found.append(line)


class CanarySpans(SpanProcessor):
    """Keeps the spans that name somebody: in name, attributes, events, status, resource or links,
    as a collector would get them."""

    def __init__(self) -> None:
        self.seen = 0
        self.found: list[str] = []

    def on_end(self, span: ReadableSpan) -> None:
        self.seen += 1
        told = span.to_json(indent=None)
        if named(told):
            self.found.append(told)


def tracing() -> TracerProvider:
    """As where a collector is set."""
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        trace.set_tracer_provider(TracerProvider())
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    return provider
