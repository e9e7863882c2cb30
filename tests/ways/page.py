"""docs/ways.md, compared with the calls that were seen: `<process> <file>::<function>` each."""

import re
from collections.abc import Iterator, Sequence

from tests.promises.sources import ROOT

PAGE = (ROOT / "docs" / "ways.md").read_text()
STEP = re.compile(r"^(\d+\.|   -) (\w+) `([^`]+)` ", re.MULTILINE)
FUNCTION = re.compile(r"`([\w/]+\.py)::([^`]+)`")
OF_A_ROOM = re.compile(r"services(/\w+){3}/(routes|reactions|actions|queries)\.py::[a-z]\w*")
"""The public functions of rooms, whatever their service."""
Step = tuple[bool, str]
"""Whether it is indented, and the call."""


def steps(way: str) -> list[Step]:
    told = PAGE.split(f"\n## {way}\n")[1].split("\n## ")[0]
    return [(" " in mark, f"{process} {called}") for mark, process, called in STEP.findall(told)]


def out_of_turn(steps: Sequence[Step], calls: Sequence[str]) -> Iterator[str]:
    """The steps that were not called first in their turn; `calls` are in the order of time. A numbered
    step has its turn after the one before it; an indented one after the indented one of its process
    before it, or else after the numbered one above it. What stands twice is called again."""
    last, beside, seen = -1, dict[str, int](), set[str]()
    for indented, step in steps:
        process = step.split()[0]
        after = beside.get(process, last) if indented else last
        since = after if step in seen else -1
        at = next((n for n in range(since + 1, len(calls)) if calls[n] == step), None)
        if at is None or at <= after:
            yield f"{step} was called {'never' if at is None else 'too early'}"
        elif indented:
            beside[process] = at
        else:
            last, beside = at, {}
        seen.add(step)


def left_out(named: set[str], calls: Sequence[str]) -> Iterator[str]:
    """The functions of rooms that were called and are not `named`."""
    for function in sorted({call.split()[1] for call in calls} - named):
        if OF_A_ROOM.fullmatch(function):
            yield f"{function} is not on the page"
