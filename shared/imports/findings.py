"""What a reader finds in a file: each finding with its place and one of the codes.

A problem refuses the file. A remark names a deviation that the reader accepts; the job's answer has
both, in one form.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from shared.contracts.imports import FileProblem
from shared.core.refusals import PROBLEMS_KEPT, ImportRefused
from shared.imports.codes import Code

NAME_CHARACTERS = 200
# So that a file of a million equal deviations leaves room for the others.
REMARKS_KEPT_OF_A_CODE = 100


@dataclass(frozen=True, slots=True)
class Place:
    """`file`: empty where it is the whole upload. `line`: from 1. `field`: a column, or a path into
    a JSON document. `headers`: the sender's own name for a field, where a mapping read the table."""

    file: str
    line: int | None = None
    field: str | None = None
    headers: Mapping[str, str] | None = dataclasses.field(default=None, compare=False, repr=False)

    def at(self, step: str | int) -> "Place":
        """The column, the member of a JSON object, or the item of a list."""
        if self.headers and self.field is None and isinstance(step, str):
            step = self.headers.get(step, step)
        step = f"[{step}]" if isinstance(step, int) else f".{step}" if self.field else step
        return replace(self, field=f"{self.field or ''}{step}")

    def problem(self, code: Code, reason: str | None = None) -> FileProblem:
        return FileProblem(
            file=self.file[:NAME_CHARACTERS],
            line=self.line,
            field=self.field,
            code=code.value,
            reason=reason or code.meaning,
        )


WHOLE = Place("")


class Unreadable(Exception):
    """A file that cannot be read on from here."""

    def __init__(self, place: Place, code: Code, reason: str | None = None) -> None:
        super().__init__(code)
        self.place, self.code, self.reason = place, code, reason


@dataclass(slots=True)
class Findings:
    """All that is wrong with a file: the first in full (`PROBLEMS_KEPT`), all of them counted. And
    all that was accepted although it deviates: the first of each code in full."""

    listed: list[FileProblem] = field(default_factory=list)
    total: int = 0
    remarks: list[FileProblem] = field(default_factory=list)
    remarked: Counter[Code] = field(default_factory=Counter)

    def add(self, place: Place, code: Code, reason: str | None = None) -> None:
        """`reason`: in words and without the value; else the meaning of the code."""
        self.total += 1
        if len(self.listed) < PROBLEMS_KEPT:
            self.listed.append(place.problem(code, reason))

    def remark(self, place: Place, code: Code, reason: str | None = None) -> None:
        """For a deviation that is accepted. `reason`: as of a problem."""
        self.remarked[code] += 1
        if self.remarked[code] <= REMARKS_KEPT_OF_A_CODE:
            self.remarks.append(place.problem(code, reason))

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Ends where something cannot be read on, which is then a finding."""
        try:
            yield
        except Unreadable as end:
            self.add(end.place, end.code, end.reason)

    def refuse(self) -> None:
        """Raises `ImportRefused` where anything was found."""
        if self.total:
            raise ImportRefused(self.listed, self.total)
