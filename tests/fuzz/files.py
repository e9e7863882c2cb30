"""Broken files through the reading half of every importer, and what became of them. Each file is
made by its seed, importer and number alone, so that any one can be made again."""

import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from shared.contracts.imports import FileProblem
from shared.imports.codes import Code
from tests.fuzz.mutating import mutated
from tests.fuzz.reading import read
from tests.fuzz.valid import VALID

HANGS_AFTER_SECONDS = 300
CODES = frozenset(Code)
UNEXPECTED_KEPT = 100


class Hangs(BaseException):
    """No Exception: what catches those would hide it."""


@dataclass
class Found:
    """`refused`: by the code of the first problem."""

    files: int = 0
    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    unexpected: int = 0
    examples: list[str] = field(default_factory=list)
    slowest_seconds: float = 0.0
    slowest: int = 0


def broken(kind: str, valid: Sequence[bytes], seed: int, number: int) -> bytes:
    return mutated(valid, Random(f"{seed} {kind} {number}"))


def read_many(kind: str, seed: int, numbers: range) -> Found:
    valid, found = VALID[kind](), Found()
    for number in numbers:
        began = time.monotonic()
        _one(kind, broken(kind, valid, seed, number), number, found)
        took = time.monotonic() - began
        if took > found.slowest_seconds:
            found.slowest_seconds, found.slowest = round(took, 2), number
    return found


def _one(kind: str, content: bytes, number: int, found: Found) -> None:
    found.files += 1
    try:
        with _hanging():
            problems = read(kind, content)
    except (Exception, Hangs) as error:
        _unexpected(found, f"{kind} {number}: {error!r}"[:300])
        return
    if not problems:
        found.accepted += 1
        return
    found.refused[problems[0].code] += 1
    for problem in problems:
        if why := unsaid(problem):
            _unexpected(found, f"{kind} {number}: {why}: {problem.code}")
            return


def _unexpected(found: Found, what: str) -> None:
    found.unexpected += 1
    if len(found.examples) < UNEXPECTED_KEPT:
        found.examples.append(what)


def unsaid(problem: FileProblem) -> str | None:
    """What a problem should tell and does not. Without a file, it is of the whole upload."""
    if problem.code not in CODES or not problem.reason.strip():
        return "no code or no reason"
    if not problem.file and (problem.line is not None or problem.field is not None):
        return "a line or a field of no file"
    if problem.line is not None and problem.line < 1:
        return "a line that is none"
    problem.model_dump_json()
    return None


@contextmanager
def _hanging() -> Iterator[None]:
    def hangs(*_: Any) -> None:
        raise Hangs(f"not read after {HANGS_AFTER_SECONDS} s")

    before = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(HANGS_AFTER_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
