"""Logs, traces and metrics. They carry ids, routes and codes; never names, birth dates, query
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
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from prometheus_client import Counter, Gauge, Histogram

from shared.core.settings import Settings

TRACER = trace.get_tracer("education-partnership")

# FastAPI's own telemetry would send addresses with their query strings, and exceptions with their
# texts, to the collector. It starts by itself as soon as a collector is set.
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
    "relay_last_pass_timestamp_seconds",
    "Time of the relay's last good pass.",
    ["service", "outbox"],
)
HANDLED = Counter("events_handled_total", "Events handled, by consumer.", ["consumer", "result"])
GAPS = Counter("event_version_gaps_total", "Versions that never came.", ["consumer"])
PARKED = Gauge("dead_letters", "Events parked for a person to look at.", ["service"])
SHED = Counter("requests_shed_total", "Requests refused because too many were in work.", ["lane"])
IMPORTS = Counter("imports_total", "Import jobs, by kind and end.", ["kind", "state"])
IMPORTS_FAILED = Counter(
    "imports_failed_total", "Import jobs that failed by no fault of the file.", ["kind"]
)
POOL_IN_USE = Gauge("database_pool_in_use", "Connections in use.", ["service", "pool"])
POOL_SIZE = Gauge("database_pool_size", "Connections that the pool may open.", ["service", "pool"])
STREAM_BYTES = Gauge(
    "broker_stream_bytes", "Bytes of the broker's disk that a stream takes.", ["stream"]
)
PARTNER_LAG = Gauge(
    "partner_stream_pending_most",
    "Messages not fetched by the partner furthest behind, seen by the keeper of accounts.",
)
PARTS = Counter("view_parts_total", "Parts of combined views, by outcome.", ["service", "outcome"])
PART_SECONDS = Histogram(
    "view_part_seconds",
    "Time until a part of a combined view came, or was given up.",
    ["service"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10),
)
SIGN_INS_REFUSED = Counter("sign_ins_refused_total", "Access tokens refused.", ["reason"])
ISSUER_READ = Gauge(
    "issuer_keys_read",
    "1 where the issuer's keys were read at the last try, 0 otherwise.",
    ["issuer"],
)

FIELDS = (
    "service", "method", "route", "about", "status", "code", "milliseconds", "caller", "role", "event",
    "letter", "type", "partner", "consumer", "reason", "issuer",
)  # fmt: skip


class Lines(logging.Formatter):
    """Formats a log record as one JSON object on one line. A record with `each` is as many lines, each
    with the fields of one of these: a record takes longer to make than a line to write."""

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
        current = trace_of(trace.get_current_span())
        if current is not None:
            line["trace"] = current
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["stack"] = _stack(record.exc_info[2])
        each = getattr(record, "each", [{}])
        return b"\n".join(orjson.dumps(line | more, default=str) for more in each).decode()


def trace_of(current: trace.Span) -> str | None:
    """The id of the span's trace, as the log has it; None where there is no trace."""
    context = current.get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None


def _stack(trace_back: Any) -> list[str]:
    """Where an exception was raised, without its text and values, which may quote a row."""
    places = []
    while trace_back is not None:
        code = trace_back.tb_frame.f_code
        places.append(f"{code.co_filename}:{trace_back.tb_lineno} {code.co_name}")
        trace_back = trace_back.tb_next
    return places[-12:]


def start_telemetry(service: str, settings: Settings) -> None:
    """Sets up logs and traces, once per process. Spans are kept only where a collector is set."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(service))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for noisy in ("uvicorn.access", "nats", "asyncio", "aiohttp.access", "alembic"):
        logging.getLogger(noisy).setLevel("WARNING")
    if settings.otel_exporter_otlp_endpoint:
        # Imported where it is needed: it brings an HTTP client and protobuf.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        provider = TracerProvider(resource=Resource.create({"service.name": service}))
        provider.add_span_processor(
            BatchSpanProcessor(
                OTLPSpanExporter(f"{settings.otel_exporter_otlp_endpoint}/v1/traces")
            )
        )
        trace.set_tracer_provider(provider)


def traceparent() -> str | None:
    """The W3C trace context to pass on; None where there is no trace."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def span(
    name: str,
    parent: str | None,
    kind: trace.SpanKind,
    attributes: dict[str, Any] | None = None,
    begun: int | None = None,
) -> Iterator[trace.Span]:
    """A span below `parent` (a traceparent), begun now or at `begun`, in nanoseconds. Of an exception
    it keeps the class alone, since the text may quote a row."""
    context = propagate.extract({"traceparent": parent}) if parent else None
    with TRACER.start_as_current_span(
        name, context=context, kind=kind, attributes=attributes, start_time=begun,
        record_exception=False, set_status_on_exception=False,
    ) as current:  # fmt: skip
        try:
            yield current
        except Exception as error:
            current.set_status(trace.Status(trace.StatusCode.ERROR, type(error).__name__))
            raise
