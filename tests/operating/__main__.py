"""`python -m tests.operating [--publish] [CHAPTER …]`: the commands of docs/operating.md, as they
stand there, on the platform that `make containers` started (`make rehearsal` does both).

Prints what each chapter took; ends with 0 only where each did what it says, and, where no chapter
is named, every command of the page was run.
"""

import os
import sys
import time

from tests.operating.acts import ACTS, bring_back
from tests.operating.chapters import PAGE, TO_RUN, chapters
from tests.operating.stage import TRIAL, Stage, Wrong
from tests.proof.machine import publish, the_machine

OF_COMPOSE = ("COMPOSE_FILE", "COMPOSE_PROJECT_NAME")


def main(wanted: list[str]) -> int:
    publishing = "--publish" in wanted
    wanted = [each for each in wanted if each != "--publish"]
    on, begun = the_machine(), time.monotonic()
    stage = Stage(
        {**TRIAL, **{name: os.environ[name] for name in OF_COMPOSE if name in os.environ}}
    )
    took = {}
    for chapter in wanted or ACTS:
        started = time.monotonic()
        try:
            ACTS[chapter](stage)
        except Wrong as wrong:
            bring_back()
            print(f"  wrong: {chapter}:\n{wrong}", flush=True)
            return 1
        took[chapter] = round(time.monotonic() - started, 1)
        print(f"  {took[chapter]:6.1f} s  {chapter}", flush=True)
    bring_back()
    print(f"rehearsal: {len(took)} acts, {time.monotonic() - begun:.0f} s")
    every = _blocks()
    if publishing and not wanted:
        figures = {"acts": took, "commands": len(every), "commands_run": len(every & stage.ran)}
        publish("rehearsal", "make rehearsal", None, figures, begun, on)
    if not wanted and every - stage.ran:
        print(f"  wrong: not run: {sorted(every - stage.ran)}")
        return 1
    return 0


def _blocks() -> set[tuple[str, int]]:
    return {
        (chapter, n)
        for chapter, blocks in chapters(PAGE.read_text()).items()
        for n, _ in enumerate(block for block in blocks if block.kind == TO_RUN)
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
