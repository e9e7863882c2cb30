"""Live updates over server-sent events."""

from typing import Annotated

from fastapi import Header, Request
from fastapi.responses import StreamingResponse

from gateway.limits.streams import Held
from gateway.state import Here, Somebody
from gateway.views.routing import views
from shared.security.principal import Principal

router = views("live")


@router.get(
    "/stream",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Server-sent events"}},
)
async def follow_changes(
    request: Request,
    caller: Somebody,
    gateway: Here,
    held: Held,
    last_event_id: Annotated[
        str | None,
        Header(
            max_length=100, description="The last `id` received, with an event or without one."
        ),
    ] = None,
) -> StreamingResponse:
    """Changes that the caller may know of, as server-sent events: `change` events with type,
    subject and time; `reset` where updates were missed and the client must read its views anew.
    The first frame has an `id` and no event, and so has each beat. A client keeps the last `id` and
    resumes by `Last-Event-ID`, also before its first event. An account may have
    `STREAMS_PER_ACCOUNT` streams open; one more is refused with `streams-too-many`."""
    held.enter_context(gateway.streams.one_of(caller.account_id))

    async def again() -> Principal:
        return await gateway.callers.caller(request)

    return StreamingResponse(
        gateway.live.listen(gateway.upstream, again, last_event_id),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
