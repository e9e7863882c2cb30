"""What a package that measures gives to docs/proof.md: its `page.py` has SECTIONS, PROMISES and
NOT_MEASURED, and stands in the list of tests/proof/page.py."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PROOF = ROOT / "proof"
Figures = dict[str, Any]
Look = Callable[[Figures], tuple[str, bool] | None]


@dataclass(frozen=True)
class Section:
    """`part`: of proof/<part>.json. `says`: what it tells once it is measured."""

    title: str
    part: str
    command: str
    says: str
    tell: Callable[[Figures], str]


@dataclass(frozen=True)
class Promise:
    """`look`: the figure, and whether the aim is held; None where the run did not measure it."""

    about: str
    words: str
    aim: str
    part: str
    look: Look


@dataclass(frozen=True)
class NotYet:
    """A promise that no instrument measures yet."""

    about: str
    words: str
    aim: str


def read(part: str) -> Figures | None:
    file = PROOF / f"{part}.json"
    return json.loads(file.read_text()) if file.exists() else None
