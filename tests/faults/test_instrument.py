"""The harness works, and can fail: a short run; the whole one is `make proof`."""

import inspect
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.events import relay
from shared.events.bus import Bus
from shared.events.inbox import Inbox
from shared.http import route
from tests.faults.harness import end_postgres, rig
from tests.faults.kills import kill_at_random, kill_what_suffers, weakened
from tests.faults.launch import FAULTS
from tests.faults.partner import a_partner
from tests.faults.world import a_world
from tests.promised import promise

BREAKABLE: list[tuple[Any, str]] = [
    (Inbox, "_hear"), (Inbox, "_take"), (relay, "_publish"), (relay, "heal"), (Bus, "publish"),
    (route, "answer_once"),
]  # fmt: skip
SEED = 11
BROKEN = "acknowledged-first"
STILL_SECONDS = 5


@pytest.fixture
def root() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="proof-", dir="/var/tmp"))
    yield made
    end_postgres(made)
    shutil.rmtree(made, ignore_errors=True)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_deliberately_broken_function_takes_the_parameters_of_the_one_it_replaces(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = {each: getattr(*each) for each in BREAKABLE}
    for (owner, name), function in shipped.items():
        monkeypatch.setattr(owner, name, function)  # so that it is put back
    FAULTS[fault]()
    broken = {each for each in BREAKABLE if getattr(*each) is not shipped[each]}
    assert broken
    for each in broken:
        asked = inspect.signature(shipped[each]).parameters
        inspect.signature(getattr(*each)).bind(*asked)


@promise(
    "Events",
    "Whatever is killed under load, nothing is lost, doubled or out of order, in the services "
    "or at a partner. The harness that says so fails on broken code.",
)
async def test_kills_lose_nothing_as_shipped_and_acknowledging_before_the_work_is_found_to_lose(
    root: Path,
) -> None:
    """On one platform: starting one is most of the time."""
    async with rig(root, "smoke") as rigged:
        world = await a_world(rigged.platform)
        async with a_partner(rigged.platform, world) as rigged.partner:
            found = await kill_at_random(rigged, world, SEED, 4)
        assert found["acknowledged"] > 0
        assert found["effects"] > 0
        assert found["partner_received"] > 0
        assert (found["kills"], found["bad"], found["surprises"]) == (4, {}, {})
        rigged.partner = None

        rigged.platform.more |= weakened(BROKEN)
        for name in ("students", "outcomes"):
            await rigged.keep_away(name)
            await rigged.bring_back(name)
        await rigged.platform.ready()
        found = await kill_what_suffers(rigged, world, SEED, BROKEN, 2, STILL_SECONDS)
        assert found["lost_effects"] > 0
