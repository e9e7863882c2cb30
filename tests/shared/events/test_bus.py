"""The streams, as the operator sets them."""

import pytest

from shared.core.settings import Settings
from shared.events.bus import EVENTS, PARTNERS, Bus, StreamKind, connected
from tests.promised import promise

DAY_NANOSECONDS = 86_400 * 10**9


async def configuration(bus: Bus, kind: StreamKind) -> dict[str, object]:
    found: dict[str, object] = (await bus.ask(f"$JS.API.STREAM.INFO.{kind.name}"))["config"]
    return found


@promise(
    "Operation",
    "A stream keeps its messages as long as is set now, also a stream that is there already; "
    "nothing else of it changes.",
)
@pytest.mark.parametrize("kind", [EVENTS, PARTNERS], ids=lambda kind: kind.name)
@pytest.mark.parametrize("days", [7, 90])
async def test_an_existing_stream_keeps_messages_for_the_period_set_now(
    own_settings: Settings, kind: StreamKind, days: int
) -> None:
    """And is otherwise as it was, whatever else somebody gave it."""
    bus = await connected(own_settings, "before", kind)
    await bus._stream.update_stream(
        (await bus._stream.stream_info(kind.name)).config, max_bytes=10**9, description="ours"
    )
    before = await configuration(bus, kind)
    incarnation = (await bus.state()).incarnation

    again = await connected(own_settings.model_copy(update={kind.retention: days}), "after", kind)

    after = await configuration(again, kind)
    assert before["max_age"] == 30 * DAY_NANOSECONDS
    assert after == before | {"max_age": days * DAY_NANOSECONDS}
    assert (await again.state()).incarnation == incarnation
    await bus.close()
    await again.close()
