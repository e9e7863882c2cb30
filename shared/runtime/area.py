"""The parts that an area brings to its service; `app.py` joins the areas."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, fields
from typing import Any

from fastapi import APIRouter

from shared.core.settings import Settings
from shared.events.inbox import Reaction
from shared.events.outlet import Outlet
from shared.imports.routes import ImportKind
from shared.persistence.database import Database
from shared.persistence.gauges import Watched

Start = Callable[[Database, Settings], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Area:
    """Parts of a service. The service tries the routers, and runs the reactions to one event, in
    the order given."""

    routers: Sequence[APIRouter] = ()
    reactions: Sequence[Reaction] = ()
    imports: Sequence[ImportKind] = ()
    on_start: Sequence[Start] = ()
    """Each runs once the database answers, before the first request."""
    workers: Sequence[Start] = ()
    """Each runs beside the requests and never returns."""
    outlets: Sequence[Outlet] = ()
    """Outboxes beside the one that every service has."""
    gauges: Sequence[Watched] = ()
    """Numbers for the operator, computed from the area's own tables."""


def joined(*areas: Area) -> Area:
    """One area with the parts of all these areas, in this order."""
    return Area(**{
        part.name: [each for area in areas for each in getattr(area, part.name)]
        for part in fields(Area)
    })  # fmt: skip
