"""`python -m tests.operating [CHAPTER …]`: the commands of docs/operating.md, as they stand there,
on the platform that `make containers` started (`make rehearsal` starts one).

Prints what each chapter took; ends with 0 only where each did what it says, and every command of
the page was run.
"""

import os
import sys
import time

from tests.operating.acts import ACTS
from tests.operating.chapters import PAGE, TO_RUN, chapters
from tests.operating.stage import TRIAL, Stage, Wrong


def main(wanted: list[str]) -> int:
    stage = Stage({**TRIAL, **{k: v for k, v in os.environ.items() if k.startswith("COMPOSE_")}})
    begun = time.monotonic()
    for chapter in wanted or ACTS:
        started = time.monotonic()
        try:
            ACTS[chapter](stage)
        except Wrong as wrong:
            print(f"  wrong: {chapter}:\n{wrong}", flush=True)
            return 1
        print(f"  {time.monotonic() - started:6.1f} s  {chapter}", flush=True)
    print(f"rehearsal: {len(wanted or ACTS)} acts, {time.monotonic() - begun:.0f} s")
    if not wanted and (missed := _blocks() - stage.ran):
        print(f"  wrong: not run: {sorted(missed)}")
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
