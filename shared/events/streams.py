"""The streams of the platform on the broker."""

from dataclasses import dataclass

from shared.core.settings import Settings

STREAM = "EVENTS"
SOURCES = ("partners", "students", "resources", "outcomes")


@dataclass(frozen=True)
class StreamKind:
    """A stream of the platform. `retention`: the setting that says for how many days it keeps a
    message."""

    name: str
    subjects: tuple[str, ...]
    retention: str

    def days(self, settings: Settings) -> int:
        days: int = getattr(settings, self.retention)
        return days


EVENTS = StreamKind(STREAM, tuple(f"{source}.>" for source in SOURCES), "event_retention_days")
PARTNERS = StreamKind("PARTNERS", ("partner.>",), "partner_retention_days")


@dataclass(frozen=True)
class StreamState:
    """`incarnation` distinguishes a stream from another of the same name that was made after a
    loss."""

    incarnation: str
    first_seq: int
    last_seq: int
