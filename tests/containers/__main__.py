"""The proof of the containers that `make containers` has started, with the demonstration or
without: `python -m tests.containers [long]`; ends with 0 only where all is as promised.

Long: each is restarted by itself, under load for longer; the image is tried with everything
elsewhere and encrypted (tests/containers/grown.py); and proof/containers.json is written. The
containers are left as many as they were, of an image with another label.
"""

import asyncio
import os
import sys
import time
import warnings
from pathlib import Path
from typing import Any

from tests.containers.composed import SECRETS, Composed, compose
from tests.containers.grown import grown
from tests.containers.looking import looked_at, values
from tests.containers.multiplying import restarted, scaled
from tests.containers.rolling import gateway_replaced, replaced
from tests.containers.wrong import wrong_with
from tests.faults.verdict import without_effects
from tests.faults.world import a_world
from tests.faults.writing import writing
from tests.faults.zeros import MUST_BE_0
from tests.proof.machine import publish, the_machine

SEED = int(os.environ.get("SEED", "7"))
WRITERS = 4
COMMAND = "make containers containers-proof"


async def proof(*, long: bool) -> dict[str, Any]:
    image = os.environ.get("IMAGE", "education-partnership")
    gateway = f"http://{os.environ.get('LISTEN') or '127.0.0.1:8100'}"
    composed = Composed(gateway)
    figures: dict[str, Any] = {"inspected": looked_at(values(SECRETS), image)}
    _say("looked at", figures["inspected"])
    if long:
        figures["elsewhere"] = await grown(SEED)
        _say("elsewhere", figures["elsewhere"])
    world = await a_world(composed.platform)
    world.tag = f"{time.time_ns():x}"[-10:]
    uses = await composed.one("resources", "select count(*) from resource_use")
    async with writing(world, SEED, WRITERS, pause=0.3, uses_before=uses) as books:
        figures["restarted"] = await restarted(composed, one_by_one=long)
        _say("restarted", figures["restarted"])
        figures["replaced"] = await replaced(world)
        _say("replaced", figures["replaced"])
        figures["scaled"] = await scaled(composed, world, 60 if long else 8)
        _say("scaled", figures["scaled"])
        figures["gateway_replaced"] = await gateway_replaced(world, gateway)
        _say("gateway replaced", figures["gateway_replaced"])
    for client in composed.platform.clients:
        await client.aclose()
    composed.look()
    await composed.platform.settled()
    found = await without_effects(composed, books)
    await asyncio.to_thread(compose, "up", "-d", "--wait")
    return figures | found | {"bad": {name: found[name] for name in MUST_BE_0 if found.get(name)}}


def _say(what: str, found: Any) -> None:
    print(f"  {what}: {found}", flush=True)


def main(arguments: list[str]) -> int:
    warnings.simplefilter("ignore")
    long = arguments == ["long"]
    if not Path(SECRETS / "cursor_key").exists():
        sys.exit(__doc__)
    on, began = the_machine(), time.monotonic()
    figures = asyncio.run(proof(long=long))
    if long:
        publish("containers", COMMAND, SEED, figures, began, on)
    wrong = wrong_with(figures)
    for line in wrong:
        print(f"  wrong: {line}")
    print(f"containers: {figures['acknowledged']} writes acknowledged, {figures['lost_writes']}"
          f" lost, {figures['doubled_writes']} doubled, {len(wrong)} wrong,"
          f" {time.monotonic() - began:.0f} s", flush=True)  # fmt: skip
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
