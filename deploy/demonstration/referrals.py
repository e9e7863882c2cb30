"""Which children the district refers to a program of the Alliance, and how far each referral has
come."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from deploy.demonstration.engagements import WITH_RIGHTS, Taken, fits
from deploy.demonstration.families import Student
from deploy.demonstration.organizations import ALLIANCE

SPACE = UUID("0190a5c4-7f00-7000-8000-000000000001")
FAMILY, PARTNER, SCHOOL = "family", "partner", "school"


@dataclass(frozen=True)
class Act:
    """Who takes the act, its address below the referral, what it says, and the state after it."""

    by: str
    path: str
    then: str
    body: dict[str, Any] | None = None


ASKED = Act(SCHOOL, "consent-request", "awaiting_consent")
SENT = Act(FAMILY, "family-word", "sent", {"decision": "granted"})
ACCEPTED = Act(PARTNER, "acceptance", "accepted", {})
CONTACTED = Act(PARTNER, "contacts", "contacted", {"reached": True, "channel": "telephone"})
PLACED = Act(PARTNER, "place", "enrolled", {})
SERVED = Act(PARTNER, "service", "served", {"minutes": 45})
CLOSED = Act(PARTNER, "closing", "closed", {"outcome": "met"})
DECLINED = Act(PARTNER, "decline", "declined", {"reason": "schedule"})
WITHDRAWN = Act(SCHOOL, "withdrawal", "withdrawn", {"words": "The family found help elsewhere."})
REFUSED = Act(FAMILY, "family-word", "withdrawn", {"decision": "refused"})
WAYS: tuple[tuple[str, tuple[Act, ...]], ...] = (
    ("A quiet place for homework twice a week.", ()),
    ("Somebody to read with after school.", (ASKED,)),
    ("Would like to practise fractions with a patient person.", (ASKED,)),
    ("Friends of the same age in the afternoon.", (ASKED, SENT)),
    ("A quiet place for homework; shares a room with three.", (ASKED, SENT)),
    ("Has missed much; wants to catch up before winter.", (ASKED, SENT, ACCEPTED)),
    ("Somebody who speaks Spanish at homework time.", (ASKED, SENT, ACCEPTED, CONTACTED)),
    ("Likes to build things and finds the afternoons long.",
     (ASKED, SENT, ACCEPTED, CONTACTED, PLACED)),
    ("Help with reading; the grandmother asked for it.",
     (ASKED, SENT, ACCEPTED, CONTACTED, SERVED)),
    ("A safe way to spend the time until six.",
     (ASKED, SENT, ACCEPTED, CONTACTED, SERVED, CLOSED)),
    ("Would like to join with a cousin.", (ASKED, SENT, DECLINED)),
    ("Help with homework in the winter.", (ASKED, SENT, WITHDRAWN)),
    ("Somebody to read with.", (ASKED, REFUSED)),
)  # fmt: skip


@dataclass(frozen=True)
class Referred:
    id: UUID
    student: Student
    program: Taken
    need: str
    acts: tuple[Act, ...]


def referrals(students: Sequence[Student], programs: Sequence[Taken], day: date) -> list[Referred]:
    """As many as there are ways, to the first of the Alliance's programs that fits so many."""
    for taken in programs:
        if taken.organization.name == ALLIANCE:
            able = list(_able(students, taken, day))
            if len(able) >= len(WAYS):
                return [
                    Referred(uuid5(SPACE, f"{child.id} {taken.offer.name}"), child, taken, *way)
                    for child, way in zip(able, WAYS, strict=False)
                ]
    return []


def _able(students: Sequence[Student], taken: Taken, day: date) -> Iterator[Student]:
    known = {each.student.id for each in taken.engaged}
    for student in students:
        signs = student.contacts[0].relation in WITH_RIGHTS
        if signs and student.id not in known and fits(student, taken.offer, day, 0):
            yield student
