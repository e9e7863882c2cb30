"""Logs, traces and metrics. They carry ids, routes and codes; never names, dates of birth, query
strings or bodies."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
from fastapi.telemetry import TelemetryConfig
from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from prometheus_client import Counter, Gauge, Histogram

from shared.core.settings import Settings

TRACER = trace.get_tracer("education-partnership")

# FastAPI's own telemetry would send addresses with their query strings, and exceptions with their
# words, to the collector. (It begins by itself as soon as one is set.)
NONE_OF_THE_FRAMEWORK: TelemetryConfig = {
    "tracing": False, "metrics": False, "logs": False, "operation_spans": False,
}  # fmt: skip

REQUESTS = Histogram(
    "http_request_seconds",
    "Time to answer, by route and status.",
    ["service", "method", "route", "status"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
PUBLISHED = Counter(
    "events_published_total", "Events the broker has acknowledged.", ["service", "outbox"]
)
HEALED = Counter(
    "events_healed_total", "Events published anew after a loss.", ["service", "outbox"]
)
OUTBOX_AGE = Gauge(
    "outbox_oldest_seconds", "Age of the oldest unpublished event.", ["service", "outbox"]
)
RELAY_PASS = Gauge(
    "relay_last_pass_timestamp_seconds", "Last good pass of the relay.", ["service", "outbox"]
)
HANDLED = Counter("events_handled_total", "Events handled, by consumer.", ["consumer", "result"])
GAPS = Counter("event_version_gaps_total", "Versions that never came.", ["consumer"])
PARKED = Gauge("dead_letters", "Events parked for a person to look at.", ["service"])
SHED = Counter("requests_shed_total", "Refused at the door: too much was asked at once.", ["lane"])
IMPORTS = Counter("imports_total", "Import jobs, by kind and end.", ["kind", "state"])
IMPORTS_FAILED = Counter(
    "imports_failed_total", "Import jobs that no fault of the file ended.", ["kind"]
)
POOL_IN_USE = Gauge("database_pool_in_use", "Connections that are lent out.", ["service", "pool"])
POOL_SIZE = Gauge("database_pool_size", "Connections that there may be.", ["service", "pool"])
STREAM_BYTES = Gauge(
    "broker_stream_bytes", "What a stream takes of the broker's disk.", ["stream"]
)
PARTNER_LAG = Gauge(
    "partner_stream_pending_most",
    "Messages that the partner furthest behind has not fetched, seen by who keeps accounts.",
)
PARTS = Counter(
    "view_parts_total", "Parts of combined views, by how they came.", ["service", "outcome"]
)
PART_SECONDS = Histogram(
    "view_part_seconds",
    "Time until a part of a combined view came, or was given up.",
    ["service"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10),
)
SIGN_INS_REFUSED = Counter("sign_ins_refused_total", "Access tokens that were not believed.")

FIELDS = (
    "service", "method", "route", "about", "status", "code", "milliseconds", "caller", "role", "event",
    "type", "partner", "consumer",
)  # fmt: skip


class Lines(logging.Formatter):
    """One JSON object a line."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        context = trace.get_current_span().get_span_context()
        if context.is_valid:
            line["trace"] = f"{context.trace_id:032x}"
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["stack"] = _stack(record.exc_info[2])
        return orjson.dumps(line, default=str).decode()


def _stack(trace_back: Any) -> list[str]:
    """Where it happened, without the values: an exception's text may quote a row."""
    places = []
    while trace_back is not None:
        code = trace_back.tb_frame.f_code
        places.append(f"{code.co_filename}:{trace_back.tb_lineno} {code.co_name}")
        trace_back = trace_back.tb_next
    return places[-12:]


def start_telemetry(service: str, settings: Settings) -> None:
    """Once per process. Spans are kept only where a collector is set."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(service))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for noisy in ("uvicorn.access", "nats", "asyncio", "aiohttp.access", "alembic"):
        logging.getLogger(noisy).setLevel("WARNING")
    if settings.otel_exporter_otlp_endpoint:
        provider = TracerProvider(resource=Resource.create({"service.name": service}))
        provider.add_span_processor(
            BatchSpanProcessor(
                OTLPSpanExporter(f"{settings.otel_exporter_otlp_endpoint}/v1/traces")
            )
        )
        trace.set_tracer_provider(provider)


def traceparent() -> str | None:
    """The W3C trace context to hand on, if there is a trace."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def span(
    name: str, parent: str | None, kind: trace.SpanKind, attributes: dict[str, Any] | None = None
) -> Iterator[trace.Span]:
    """A span below `parent` (a traceparent). Of an exception it tells the class alone: its words
    may quote a row."""
    context = propagate.extract({"traceparent": parent}) if parent else None
    with TRACER.start_as_current_span(
        name, context=context, kind=kind, attributes=attributes, record_exception=False,
        set_status_on_exception=False,
    ) as current:  # fmt: skip
        try:
            yield current
        except Exception as error:
            current.set_status(trace.Status(trace.StatusCode.ERROR, type(error).__name__))
            raise
