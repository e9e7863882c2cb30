"""The gateway's door: it admits a number of requests at once, and refuses the others immediately.

An overloaded platform that admits every request answers all of them too late. One that refuses the
excess answers the rest as fast as ever, and recovers as soon as the load drops. Each service, and
the views, is a lane, and no lane may take all places: where one service hangs, the others can still
be reached.
"""

from collections import Counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.state import Gateway
from shared.core.refusals import Unavailable
from shared.core.telemetry import SHED
from shared.http.answers import answer
from shared.http.entrance import QUIET

LANE_SHARE = 0.75
UPLOADS = "imports"  # wait for the client's bytes, and therefore take no shared place
OTHER = "other"
OWN_LANES = frozenset({"views", UPLOADS})
RETRY_SECONDS = 1
OVERLOADED = answer(
    Unavailable(
        "overloaded", "The platform is overloaded; nothing was done. Try again.",
        headers={"Retry-After": str(RETRY_SECONDS)},
    )
)  # fmt: skip


class Door:
    """Comes before all costly work, so that a refusal is cheap. A place is free again when the
    answer begins: a stream that lasts for hours, or a client that reads slowly, holds none."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._inside: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in QUIET:
            await self._app(scope, receive, send)
            return
        gateway: Gateway = scope["app"].state.gateway
        lane = lane_of(gateway.places, scope["path"])
        if not self._has_room(lane, gateway.settings.requests_at_once):
            SHED.labels(lane).inc()
            await OVERLOADED(scope, receive, send)
            return
        self._inside[lane] += 1
        inside = True

        async def watched(message: Message) -> None:
            nonlocal inside
            if inside and message["type"] == "http.response.start":
                self._inside[lane] -= 1
                inside = False
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            if inside:
                self._inside[lane] -= 1

    def _has_room(self, lane: str, places: int) -> bool:
        if self._inside[lane] >= max(1, int(places * LANE_SHARE)):
            return False
        return lane == UPLOADS or self._inside.total() - self._inside[UPLOADS] < places


def lane_of(places: dict[str, str], path: str) -> str:
    """The lane of a path: a service, the views, or the rest; never a word that the client made
    up."""
    noun = path.removeprefix("/v1/").partition("/")[0]
    return places.get(noun, noun if noun in OWN_LANES else OTHER)
