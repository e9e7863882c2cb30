"""Writes `docs/events.md`: each event with its meaning, the reactions to it, and its part in
partners' streams.

The page is written from the event classes and from the reactions that the services name (`make
contracts`).
"""

import importlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from shared.contracts.base import Event
from shared.contracts.students.access import EVENT_CATEGORIES
from shared.contracts.students.sharing import (
    TOLD_TO_PARTNERS,
    RetractionWithdrawn,
    SharingRetracted,
    SharingTold,
)
from shared.contracts.words import word
from shared.events.inbox import Reaction
from shared.persistence.migrations import SERVICES

PAGE = Path(__file__).parents[1] / "docs" / "events.md"
ASKS_ANEW = "services.students.access.reevaluations.actions"
"""Reactions here have a worker decide again on the parts that partners may have."""
OPENING = f"""\
# Events, and the reactions to them

`make contracts` writes this page from the code. Shapes: [contracts/events](contracts/events).

A service announces an event into its outbox, in the transaction of the change. Each reaction gets
each event once and in order, in a transaction of its own service; several of one service run in
the order given here. The gateway follows all events for `GET /v1/stream`, where a caller sees that
something has changed that this caller may read. After an event about memberships or clients the
gateway also asks anew for all that it keeps about its callers.

The last column is about [partners' streams](partner-streams.md), each for one partner:

- **published**: `{SharingTold.type}` follows for each partner that may have this part of the child's
  record;
- **decided anew**: a worker decides again which parts partners may have. `{SharingTold.type}` follows
  for each part that opens, `{SharingRetracted.type}` for each that closes. `{RetractionWithdrawn.type}` follows for a retraction
  without a receipt that a roster caused and the next one undoes. A change within students (a
  family's decision, an emergency access, an erasure) requests this in its own transaction, so its event
  does not;
- **itself**: the event stands in that stream, and in no other.
"""


def page(events: Mapping[str, type[Event]], reactions: Mapping[str, Sequence[Reaction]]) -> str:
    """The text of the page. `reactions`: those of each service."""
    parts = [OPENING]
    for service in SERVICES:
        rows = [
            f"| `{kind}` | {meaning(event)} | {'<br>'.join(who(event, reactions))} |"
            f" {in_streams(event, reactions)} |"
            for kind, event in events.items()
            if kind.startswith(f"{service}.")
        ]
        head = "| event | meaning | reactions | partners' streams |\n|---|---|---|---|\n"
        parts.append(f"\n## Announced by {service}\n\n{head}" + "\n".join(rows) + "\n")
    return "".join(parts)


def meaning(event: type[Event]) -> str:
    """The first sentence of the event's docstring."""
    text = " ".join((event.__doc__ or "").split())
    return text.partition(". ")[0].rstrip(".") + "."


def who(event: type[Event], reactions: Mapping[str, Sequence[Reaction]]) -> Iterator[str]:
    """The reactions to the event: service, noun and function, with a link."""
    for service, module, act in _heard(event, reactions):
        noun = "/".join(module.split(".")[2:-1])
        yield f"{service}: [{noun} `{act}`](../{module.replace('.', '/')}.py)"


def in_streams(event: type[Event], reactions: Mapping[str, Sequence[Reaction]]) -> str:
    """The event's part in partners' streams, as the page's opening names it."""
    if event in TOLD_TO_PARTNERS:
        return "itself"
    if event.type in EVENT_CATEGORIES:
        return f"published: {word(EVENT_CATEGORIES[event.type])}"
    anew = any(module == ASKS_ANEW for _, module, _ in _heard(event, reactions))
    return "decided anew" if anew else ""


def _heard(
    event: type[Event], reactions: Mapping[str, Sequence[Reaction]]
) -> Iterator[tuple[str, str, str]]:
    for service, known in reactions.items():
        for reaction in known:
            if reaction.event is event:
                yield service, reaction.handle.__module__, reaction.handle.__qualname__


def reactions_of_services() -> dict[str, Sequence[Reaction]]:
    """The reactions that each service names."""
    return {
        service: importlib.import_module(f"services.{service}.app").SERVICE.reactions
        for service in SERVICES
    }
