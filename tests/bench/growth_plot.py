"""docs/growth.svg, drawn by hand: two logarithmic axes, a line for each answer. A library that draws
weighs a hundred megabytes; this is all of one that is needed."""

from collections.abc import Mapping
from html import escape
from math import ceil, floor, log10
from typing import Any

from tests.proof.shape import ROOT

PLOT = ROOT / "docs" / "growth.svg"
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 900, 460, 70, 330, 30, 60
COLORS = ("#7f7f7f", "#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2",
          "#17becf", "#bcbd22")  # fmt: skip
LABEL_HEIGHT = 15.0


SVG = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
    ' font-family="sans-serif" font-size="12">'
)
TITLE = "Milliseconds to answer, one at a time: median of five rounds (bars: least and most)"


def draw(sizes: Mapping[int, Mapping[str, Mapping[str, float]]]) -> None:
    PLOT.write_text(svg(sizes))


def svg(sizes: Mapping[int, Mapping[str, Mapping[str, float]]]) -> str:
    """`sizes`: of each number of children the milliseconds of each answer: min, median, max."""
    names = list(next(iter(sizes.values())))
    every = [row[key] for of in sizes.values() for row in of.values() for key in ("min", "max")]
    low, high = floor(log10(max(min(every), 0.01))), ceil(log10(max(every)))
    first, last = log10(min(sizes)), log10(max(sizes))

    def x(size: float) -> float:
        share = (log10(size) - first) / (last - first or 1)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(ms: float) -> float:
        share = (log10(max(ms, 0.01)) - low) / (high - low or 1)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    parts = [
        SVG,
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        _text(LEFT, 18, TITLE),
        _text((WIDTH - RIGHT + LEFT) / 2, HEIGHT - 18, "children", anchor="middle"),
    ]  # fmt: skip
    for power in range(low, high + 1):
        parts += _line(LEFT, y(10**power), WIDTH - RIGHT, y(10**power))
        parts.append(_text(LEFT - 8, y(10**power) + 4, f"{10.0**power:g}", anchor="end"))
    for size in sizes:
        parts += _line(x(size), TOP, x(size), HEIGHT - BOTTOM)
        parts.append(_text(x(size), HEIGHT - BOTTOM + 18, f"{size:,}", anchor="middle"))
    at = _apart({name: y(sizes[max(sizes)][name]["median"]) for name in names})
    for name, color in zip(names, COLORS, strict=False):
        points = [(x(size), of[name]) for size, of in sizes.items()]
        path = " ".join(f"{px:.1f},{y(row['median']):.1f}" for px, row in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        for px, row in points:
            parts += _line(px, y(row["min"]), px, y(row["max"]), color)
        parts.append(_text(WIDTH - RIGHT + 10, at[name] + 4, name, fill=color))
    return "\n".join([*parts, "</svg>", ""])


def _line(x1: float, y1: float, x2: float, y2: float, color: str = "#dddddd") -> list[str]:
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return [f'<line {ends} stroke="{color}"/>']


def _text(x: float, y: float, words: str, *, anchor: str = "start", fill: str = "#333333") -> str:
    where = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}"'
    return f"<text {where}>{escape(words)}</text>"


def _apart(wanted: Mapping[str, float]) -> dict[str, Any]:
    """Labels in the order of their lines, none upon another."""
    placed: dict[str, float] = {}
    lowest = -LABEL_HEIGHT
    for name, y in sorted(wanted.items(), key=lambda each: each[1]):
        lowest = placed[name] = max(y, lowest + LABEL_HEIGHT)
    return placed
