"""docs/operating.md as chapters with the commands in them, so that what is run is what is read."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "operating.md"
TO_RUN = "sh"
TRIAL = "sh trial"  # how a trial is told from the real thing; the rehearsal says it by itself
HEADING = re.compile(r"(##+) (.+)")


@dataclass(frozen=True)
class Block:
    kind: str
    commands: str


def chapters(page: str) -> dict[str, list[Block]]:
    """By heading, in the order of the page; a chapter below another is one of its own."""
    found: dict[str, list[Block]] = {}
    kind, lines, chapter = None, list[str](), ""
    for line in page.splitlines():
        if line.startswith("```"):
            if kind is None:
                kind, lines = line[3:], []
            else:
                found[chapter].append(Block(kind, "\n".join(lines)))
                kind = None
        elif kind is not None:
            lines.append(line)
        elif heading := HEADING.fullmatch(line):
            chapter = heading[2]
            if chapter in found:
                raise ValueError(f"two chapters are named {chapter!r}")
            found[chapter] = []
        elif not found:
            found[chapter] = []
    return found


def anchor(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
