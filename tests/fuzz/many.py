"""The same broken files as in the suite, very many: `python -m tests.fuzz files [FILES [SEED]]`.

Writes proof/fuzz-files.json. Any one file can be read again by its kind, number and seed:
`python -m tests.fuzz replay KIND NUMBER SEED`, with the same valid files at hand.
"""

import os
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from typing import Any

from tests.fuzz.files import Found, broken, read_many
from tests.fuzz.reading import READERS
from tests.fuzz.valid import VALID
from tests.proof.machine import publish, the_machine
from tests.proof.shape import Figures

FILES, SEED = 100_000, 20261124
PIECE_FILES = 50


def run(files: int = FILES, seed: int = SEED) -> Figures:
    """What became of at least `files`, as many of each kind."""
    each = -(-files // len(VALID))
    kinds = {kind: Found() for kind in VALID}
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        asked: dict[Future[Found], str] = {
            workers.submit(read_many, kind, seed, numbers): kind
            for numbers in _pieces(each) for kind in VALID
        }  # fmt: skip
        for number, done in enumerate(as_completed(asked), 1):
            _add(kinds[asked[done]], done.result())
            if number % 200 == 0:
                print(f"{number * PIECE_FILES:,} files", flush=True)
    return {
        "files": sum(found.files for found in kinds.values()),
        "unexpected": sum(found.unexpected for found in kinds.values()),
        "kinds": {kind: _told(kind, found) for kind, found in kinds.items()},
        "examples": [each for found in kinds.values() for each in found.examples],
    }


def _pieces(files: int) -> Iterator[range]:
    yield from (
        range(first, min(first + PIECE_FILES, files)) for first in range(0, files, PIECE_FILES)
    )


def _add(found: Found, piece: Found) -> None:
    found.files += piece.files
    found.accepted += piece.accepted
    found.refused += piece.refused
    found.unexpected += piece.unexpected
    found.examples += piece.examples
    if piece.slowest_seconds > found.slowest_seconds:
        found.slowest_seconds, found.slowest = piece.slowest_seconds, piece.slowest


def _told(kind: str, found: Found) -> dict[str, Any]:
    return {
        "valid_files_that_were_broken": len(VALID[kind]()),
        "files": found.files, "taken": found.accepted, "unexpected": found.unexpected,
        "refused": dict(found.refused.most_common()),
        "slowest_seconds": found.slowest_seconds, "slowest_number": found.slowest,
    }  # fmt: skip


def main(files: str = str(FILES), seed: str = str(SEED)) -> None:
    on, began = the_machine(), time.monotonic()
    found = run(int(files), int(seed))
    command = f"make fuzz files={files} seed={seed}"
    publish("fuzz-files", command, int(seed), found, began, on)
    for each in found["examples"]:
        print(each)
    print(f"{found['files']:,} files, {found['unexpected']} unexpected")


def replay(kind: str, number: str, seed: str = str(SEED)) -> None:
    """Raises what the importer raises; prints the problems where it does not."""
    content = broken(kind, VALID[kind](), int(seed), int(number))
    print(f"{len(content)} bytes: {content[:300]!r}")
    print(*READERS[kind](content), sep="\n")
