"""`deploy.serve`, which appends each call of a function of ours to the file CALLS, a line
`<process> <file>::<function>`. One file for all processes: its lines are in the order of time."""

import os
import sys
import threading
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from deploy import serve

ROOT = f"{Path(__file__).parents[2]}/"
OURS = tuple(f"{ROOT}{folder}/" for folder in ("services", "shared", "gateway"))


def main(name: str, listen: str) -> None:
    out = Path(os.environ["CALLS"]).open("a", buffering=1)  # noqa: SIM115 (as long as the process)
    begins: dict[CodeType, int] = {}

    def called(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event != "call" or not code.co_filename.startswith(OURS):
            return
        # A coroutine that goes on is called too, at another instruction than that of its beginning.
        if begins.setdefault(code, frame.f_lasti) == frame.f_lasti:
            out.write(f"{name} {code.co_filename.removeprefix(ROOT)}::{code.co_qualname}\n")

    threading.setprofile(called)
    sys.setprofile(called)
    serve.main(name, listen)


if __name__ == "__main__":
    main(*sys.argv[1:])
