"""The benchmarks: `python -m tests.bench [NAME [arguments]]`, or `make bench [long=1]`. Without a name
all of them, one after another, in the short form or the long one (LONG=1). Each writes
proof/bench-<name>.json; docs/proof.md and docs/growth.svg are made from those.

Everything runs on loopback, in folders of its own; only processes that were started here are ended.
"""

import asyncio
import os
import sys
import time
import warnings
from importlib import import_module

BENCHES: dict[str, tuple[int, str | None, str]] = {
    "views": (190, "1", "3"),
    "reads": (110, "3", "5"),
    "together": (70, "2", "4"),
    "held": (240, "60 60", "600 60"),
    "pipeline": (60, "5", "5"),
    "importing": (50, "20000 5", "100000 5"),
    "sharing": (80, "2000 5", "4000 5"),
    "hidden": (30, "200 5", "500 7"),
    "disclosure": (40, "5", "7"),
    "reactions": (30, "10000 5", "20000 5"),
    "scorecard": (50, "40 5", "125 5"),
    "search": (50, "50000 5", "200000 5"),
    "naming": (60, "20000 3", "1000000 5"),
    "creates": (90, "5 64", "20 64"),
    "starting": (40, "3", "5"),
    "soak": (0, None, "3600 5"),
    "growth": (90, "100000", "1000000"),
    "cost": (1, "", ""),
}
"""Of each the seconds that its short form takes on two cores with nothing else to do, and the arguments
of its short and its long form. An hour has no short form."""


def run(name: str, *given: str) -> None:
    asyncio.run(import_module(f"tests.bench.{name}").main(*map(float, given)))


def run_all(*, long: bool) -> None:
    print(f"about {sum(seconds for seconds, *_ in BENCHES.values()) / 60:.0f} minutes"
          if not long else "about two hours", flush=True)  # fmt: skip
    began = time.monotonic()
    for name, (expected, short, whole) in BENCHES.items():
        given = whole if long else short
        if given is None:
            continue
        start = time.monotonic()
        print(f"== {name}" + ("" if long else f" (about {expected} s)"), flush=True)
        run(name, *given.split())
        print(f"== {name}: {time.monotonic() - start:.0f} s", flush=True)
    from tests.proof.page import write_page

    write_page()
    print(f"{(time.monotonic() - began) / 60:.1f} minutes", flush=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    if len(sys.argv) > 1:
        run(*sys.argv[1:])
    else:
        run_all(long=bool(os.environ.get("LONG")))
