"""Writes docs/promises.md from the promises at the tests: `make promises`."""

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations, groupby
from pathlib import Path

from tests.promises.sources import ROOT, Source, sources

PAGE = ROOT / "docs" / "promises.md"
SECTIONS = (
    "Requests", "Events", "Imports", "Access and privacy", "Support", "Figures", "Operation", "The house",
)  # fmt: skip
ALIKE = 0.9
"""From here on two sentences are taken for one that was changed at some of its tests."""
HEAD = """# What is promised, and the tests that hold it

`make promises` writes this page. Each promise stands at the tests that fail when it is broken
(`@promise`, [`tests/promised.py`](../tests/promised.py)); a test holds that the page is theirs.
"""
DECISION = re.compile(r"\bdecision (\d+)")


@dataclass(frozen=True)
class Promise:
    """One promise at one test."""

    section: str
    sentence: str
    test: str


def promises() -> list[Promise]:
    """By section, then by test as the files hold them."""
    found = [each for source in sources("tests") for each in promises_of(source)]
    return sorted(found, key=lambda each: SECTIONS.index(each.section))


def promises_of(source: Source) -> Iterator[Promise]:
    for test in source.tree.body:
        if isinstance(test, ast.FunctionDef | ast.AsyncFunctionDef):
            for mark in _marks(test):
                section, sentence = (ast.literal_eval(argument) for argument in mark.args)
                yield Promise(section, sentence, f"{source.name}::{test.name}")


def _marks(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.Call]:
    calls = (mark for mark in node.decorator_list if isinstance(mark, ast.Call))
    return [call for call in calls if ast.unparse(call.func) == "promise"]


def by_sentence(found: Sequence[Promise]) -> dict[tuple[str, str], list[str]]:
    """The tests of each promise, by its section and its sentence."""
    tests: dict[tuple[str, str], list[str]] = {}
    for each in found:
        tests.setdefault((each.section, each.sentence), []).append(each.test)
    return tests


def faults(found: Sequence[Promise]) -> list[str]:
    """Tests that hold two promises, and promises in nearly the same words."""
    tests = [each.test for each in found]
    twice = [f"{test} holds two promises" for test in sorted({*tests}) if tests.count(test) > 1]
    words = sorted({each.sentence for each in found})
    sections = [sentence for _, sentence in by_sentence(found)]
    apart = [f"{each!r} stands in two sections" for each in words if sections.count(each) > 1]
    alike = [f"{a!r} and {b!r} are one promise" for a, b in combinations(words, 2) if _alike(a, b)]
    return twice + apart + alike


def _alike(one: str, other: str) -> bool:
    match = SequenceMatcher(None, one, other)
    return match.real_quick_ratio() > ALIKE < match.quick_ratio() and match.ratio() > ALIKE


def page(found: Sequence[Promise]) -> str:
    held = by_sentence(found)
    counted = f"{len(held)} promises, held by {len(found)} tests.\n"
    sections = [
        "\n".join([f"## {section}\n", *(_entry(each, held[each]) for each in of)]) + "\n"
        for section, of in groupby(held, key=lambda promised: promised[0])
    ]
    return "\n".join([HEAD, counted, *sections])


def _entry(promised: tuple[str, str], tests: list[str]) -> str:
    _, sentence = promised
    return "\n".join([f"- {DECISION.sub(_link, sentence)}", *(f"  - `{test}`" for test in tests)])


def _link(named: re.Match[str]) -> str:
    [decision] = (ROOT / "docs" / "decisions").glob(f"{int(named[1]):04}-*.md")
    return f"[{named[0]}](decisions/{decision.name})"


def write(path: Path, text: str, *, fewer: bool = False) -> None:
    """Ends the process where the page would lose promises and `fewer` does not say so."""
    lost = _counted(path.read_text()) - _counted(text) if path.exists() else 0
    if lost > 0 and not fewer:
        sys.exit(
            f"{path.name} would lose {lost} promises. If that is meant: make promises fewer=1"
        )
    path.write_text(text)


def _counted(text: str) -> int:
    return len(re.findall(r"^- ", text, re.MULTILINE))


if __name__ == "__main__":
    write(PAGE, page(promises()), fewer="fewer" in sys.argv)
