"""A batch: the events and re-evaluations that are decided together."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from services.students.access.reevaluations.rules import Review
from services.students.sharing.child_events.rules import Happening
from shared.contracts.students.access import Category


@dataclass(frozen=True)
class Batch:
    """`counts`: the number of events by partner, category and withholding clause; the clause is empty
    for a published one."""

    events: Sequence[Happening]
    asked: Sequence[Review]
    counts: Counter[tuple[UUID, Category, str]] = field(default_factory=Counter)

    @cached_property
    def positions(self) -> set[int]:
        return {event.position for event in self.events}

    @property
    def children(self) -> set[UUID]:
        named = {review.student_id for review in self.asked}
        return named | self.by_child.keys()

    @cached_property
    def by_child(self) -> dict[UUID, list[Happening]]:
        found: dict[UUID, list[Happening]] = {}
        for event in self.events:
            found.setdefault(event.student_id, []).append(event)
        return found

    def part(self, child: UUID) -> "Batch":
        return Batch(
            [event for event in self.events if event.student_id == child],
            [review for review in self.asked if review.student_id == child],
        )

    def of(self, partner_id: UUID) -> set[UUID]:
        """The children to decide on for this partner."""
        named = {r.student_id for r in self.asked if r.partner_id in {None, partner_id}}
        return named | self.by_child.keys()
