"""Arithmetic of figures, and the file each benchmark leaves: proof/bench-<name>.json."""

import json
import time
from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

from tests.proof.machine import publish, the_machine
from tests.proof.shape import read

SEED = 7
Figure = dict[str, float]


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that `percent` of all are not above (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]


def spread(values: Sequence[float], digits: int = 2) -> Figure:
    """Of a figure's rounds: the least, the median, the most."""
    return {
        "min": round(min(values), digits),
        "median": round(percentile(values, 50), digits),
        "max": round(max(values), digits),
    }


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Of the straight line that fits best (least squares): y for each x."""
    n = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    width = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / width if width else 0.0


class Paper:
    """Where a benchmark writes what it found, with the machine as it was before."""

    def __init__(self, name: str, command: str) -> None:
        self.name, self.command = name, command
        self._began, self._on = time.monotonic(), the_machine()

    def write(self, figures: Mapping[str, Any], not_measured: Sequence[str] = ()) -> None:
        told = {**figures, "not_measured": list(not_measured)}
        publish(f"bench-{self.name}", self.command, SEED, told, self._began, self._on)

    def tell(self, figures: Mapping[str, Any], not_measured: Sequence[str] = ()) -> None:
        """On the screen too."""
        self.write(figures, not_measured)
        print(json.dumps(figures, indent=1))


def found(name: str) -> dict[str, Any] | None:
    """What a benchmark found the last time, if it ever ran."""
    return read(f"bench-{name}")
