"""What must hold for a pipeline: its order, and the ages that it leaves out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from shared.contracts.partners.program import ProgramStatus
from shared.core.refusals import Conflict

Years = tuple[int, int]
"""Completed years, both included."""

OLDEST = 150
# The ages at which children of the United States are in a grade (OneRoster's spelling).
GRADE_AGES: dict[str, Years] = {
    "IT": (0, 2), "PR": (3, 3), "PK": (4, 4), "TK": (4, 4), "KG": (5, 5),
    **{f"{grade:02}": (grade + 5, grade + 5) for grade in range(1, 14)},
    "PS": (18, 24),
}  # fmt: skip


@dataclass(frozen=True)
class Placed:
    program_id: UUID
    status: str
    years: Years | None


def years(minimum: int | None, maximum: int | None, grades: Iterable[str]) -> Years | None:
    """The ages that a program is for: its own, else those of its grades. An open end stays open."""
    if minimum is not None or maximum is not None:
        return minimum or 0, OLDEST if maximum is None else maximum
    spans = [GRADE_AGES[grade] for grade in grades if grade in GRADE_AGES]
    if not spans:
        return None
    return min(first for first, _ in spans), max(last for _, last in spans)


def ensure_order(steps: Sequence[Placed]) -> None:
    """A later step starts at the same age or above; steps without ages may stand anywhere."""
    if len({step.program_id for step in steps}) < len(steps):
        raise Conflict("pipeline-repeats", "A pipeline names each program once.")
    placed = [step for step in steps if step.years is not None]
    for before, after in pairwise(placed):
        if before.years is not None and after.years is not None and after.years < before.years:
            raise Conflict(
                "pipeline-out-of-order",
                f"Step {steps.index(after) + 1} is for younger children than step"
                f" {steps.index(before) + 1} before it.",
            )


def gaps(steps: Iterable[Placed], from_age: int | None, to_age: int | None) -> list[Years]:
    """The years between `from_age` and `to_age` (else between the first and the last step) that no
    active step covers."""
    spans = sorted(
        step.years for step in steps if step.years and step.status == ProgramStatus.ACTIVE
    )
    if not spans and (from_age is None or to_age is None):
        return []
    at = spans[0][0] if from_age is None else from_age
    end = max(last for _, last in spans) if to_age is None else to_age
    found: list[Years] = []
    for first, last in spans:
        if first > at and at <= end:
            found.append((at, min(first - 1, end)))
        at = max(at, last + 1)
    if at <= end:
        found.append((at, end))
    return found


def ensure_span(from_age: int | None, to_age: int | None) -> None:
    if from_age is not None and to_age is not None and to_age < from_age:
        raise Conflict("ages-reversed", "The last age is below the first.")
