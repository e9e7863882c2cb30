"""How far the loading is: a bar on a terminal, a line per finished part elsewhere."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

WIDTH = 40
BETWEEN_SECONDS = 0.1


@dataclass
class Part:
    """`weight`: roughly how many seconds it takes."""

    name: str
    weight: float
    done: float = 0.0
    started: float = 0.0
    seconds: float | None = None


@dataclass
class Progress:
    out: TextIO = field(default_factory=lambda: sys.stderr)
    parts: list[Part] = field(default_factory=list)
    _drawn: float = 0.0

    def part(self, name: str, weight: float) -> Part:
        part = Part(name, weight)
        self.parts.append(part)
        return part

    def begin(self, part: Part) -> Callable[[float], None]:
        """What is called with how far the part is, from 0 to 1."""
        part.started = time.monotonic()

        def shown(done: float) -> None:
            part.done = max(part.done, min(done, 1.0))
            self._draw()

        return shown

    def end(self, part: Part) -> None:
        part.done, part.seconds = 1.0, time.monotonic() - part.started
        line = f"  {part.name:<44} {part.seconds:5.1f} s"
        if self.out.isatty():
            line = f"\r{line:<{WIDTH + 40}}"
        print(line, file=self.out, flush=True)
        self._draw()

    @property
    def share(self) -> float:
        whole = sum(part.weight for part in self.parts)
        return sum(part.weight * part.done for part in self.parts) / whole if whole else 0.0

    def _draw(self) -> None:
        now = time.monotonic()
        if not self.out.isatty() or (now - self._drawn < BETWEEN_SECONDS and self.share < 1):
            return
        self._drawn = now
        running = [p.name for p in self.parts if p.started and p.seconds is None]
        full = round(WIDTH * self.share)
        bar = f"  [{'=' * full}{' ' * (WIDTH - full)}] {self.share:4.0%} {', '.join(running)}"
        ending = "\n" if self.share >= 1 else ""
        print(f"\r{bar[: WIDTH + 38]:<{WIDTH + 38}}", end=ending, file=self.out, flush=True)
