"""Which service listens to which events."""

import importlib

from shared.contracts.base import Event
from shared.events.inbox import sources_of
from shared.persistence.revisions import SERVICES


def listeners() -> list[tuple[str, str, set[str]]]:
    """(service, source, types of events it reacts to)."""
    found = []
    for service in SERVICES:
        reactions = importlib.import_module(f"services.{service}.app").SERVICE.reactions
        for source in sources_of(reactions):
            types = {r.event.type for r in reactions if r.event.type.startswith(f"{source}.")}
            found.append((service, source, types))
    return found


def aggregate_of(type: str) -> str:
    """A service that reacts to one event of an aggregate hears all of it."""
    return Event.kinds[type].aggregate
