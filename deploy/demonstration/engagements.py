"""Which students take part in which programs since when, and the sessions they came to.

Those who began last autumn were as far in school as the program wants then and now; others were
taken in or applied in June for the year to come. Ten weekly sessions were held last spring.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from deploy.demonstration.dice import dice, happens, weighted
from deploy.demonstration.families import Student
from deploy.demonstration.organizations import ALLIANCE, ORGANIZATIONS, Offer, Organization
from deploy.demonstration.schools import grade_in
from shared.core.days import age_on

WEEKS = 10
WITH_SESSIONS = (
    "Peace Corner", "Reading Den", "Homework House", "Math Makers", "Futures Lab",
    "High-Dosage Reading", "Leemos Juntos",
)  # fmt: skip
"""Programs whose sessions and rolls are recorded."""
FULL = ("Reading Den", "Math Makers", "High-Dosage Reading", "First Gears")
WAITING = 7
IN_ZONE, ELSEWHERE = 22, 9
"""So many at most take part in a program that is not full: one of the zone's, another one."""
REASONS = (
    ("Moved to another part of the city", 35), ("The family has no way to get there", 25),
    ("Another program fits better", 25), ("Plays on a school team now", 15),
)  # fmt: skip
MARKS = (
    ("Present", 79), ("Tardy", 6), ("Excused Absence", 8), ("Unexcused Absence", 6),
    ("Early departure", 1),
)  # fmt: skip

WITH_RIGHTS = ("parent", "guardian")
"""The relations of a first contact who signs the application."""


@dataclass(frozen=True)
class Step:
    stage: str
    on: date
    reason: str | None = None


@dataclass(frozen=True)
class Engaged:
    """A student in a program: how it began, and at most one step after."""

    student: Student
    begun: Step
    then: Step | None
    weekly: bool
    """With a plan of one session a week."""


@dataclass(frozen=True)
class Held:
    """A session, and how each student came: category and minutes, None for all of them."""

    on: date
    marks: tuple[tuple[Student, str, int | None], ...]


@dataclass(frozen=True)
class Taken:
    """A program with its engagements in the order in which they began, and its sessions."""

    organization: Organization
    offer: Offer
    engaged: tuple[Engaged, ...]
    held: tuple[Held, ...]


def programs(students: Sequence[Student], year: int) -> list[Taken]:
    chance = dice("engagements")
    found: list[Taken] = []
    able = [student for student in students if student.contacts[0].relation in WITH_RIGHTS]
    for organization in ORGANIZATIONS:
        for offer in organization.offers:
            engaged = tuple(_engaged(chance, organization, offer, able, year))
            held = _sessions(chance, offer, engaged, year) if offer.name in WITH_SESSIONS else ()
            found.append(Taken(organization, offer, engaged, tuple(held)))
    return found


def minutes_of(offer: Offer) -> int:
    """How long a session is: `15:30-17:00` is 90."""
    starts, ends = (span.split(":") for span in offer.week.rpartition(" ")[2].split("-"))
    return (int(ends[0]) - int(starts[0])) * 60 + int(ends[1]) - int(starts[1])


def _engaged(
    chance: Random, of: Organization, offer: Offer, students: Sequence[Student], year: int
) -> Iterator[Engaged]:
    autumn, june = date(year - 2, 10, 1), date(year - 1, 6, 12)
    before = [s for s in students if fits(s, offer, autumn, 1)]
    known = {student.id for student in before}
    now = [s for s in students if fits(s, offer, june, 0) and s.id not in known]
    places = IN_ZONE if of.name == ALLIANCE else ELSEWHERE
    full = offer.name in FULL
    count = (offer.capacity or 0) + WAITING if full else int(places * chance.uniform(0.7, 1))
    chosen = chance.sample(before, min(count, len(before)))
    for number, student in enumerate(chosen):
        on = autumn + timedelta(days=number if full else chance.randrange(60))
        then = None if full else _ended(chance, june)
        yield Engaged(student, Step("active", min(on, autumn + timedelta(days=75))), then, True)
    for student in chance.sample(now, min(len(now), places // (4 if before else 1))):
        yield _newcomer(chance, student, june + timedelta(days=chance.randrange(14)))


def fits(student: Student, offer: Offer, on: date, years_earlier: int) -> bool:
    grade = grade_in(student.grade, years_earlier)
    if grade is None or not {grade, student.grade} <= set(offer.grade_list):
        return False
    first, last = offer.ages or (0, 99)
    return first <= age_on(student.born, on) <= last and student.years_here >= years_earlier


def _ended(chance: Random, june: date) -> Step | None:
    if happens(chance, 9):
        return Step("withdrawn", june, weighted(chance, REASONS))
    return Step("completed", june) if happens(chance, 12) else None


def _newcomer(chance: Random, student: Student, on: date) -> Engaged:
    if happens(chance, 45):
        return Engaged(student, Step("applied", on), None, False)
    if happens(chance, 12):
        denied = Step("denied", on + timedelta(days=3), "Lives outside the area served")
        return Engaged(student, Step("applied", on), denied, False)
    return Engaged(student, Step("enrolled", on), None, False)


def _sessions(
    chance: Random, offer: Offer, engaged: Sequence[Engaged], year: int
) -> Iterator[Held]:
    """Weekly from February on, with those who have a place."""
    placed = [each.student for each in engaged if each.weekly][: offer.capacity]
    minutes = minutes_of(offer)
    first = date(year - 1, 2, 3) + timedelta(days=len(offer.name) % 4)
    for week in range(WEEKS if placed else 0):
        marks = tuple((student, *_mark(chance, minutes)) for student in placed)
        yield Held(first + timedelta(weeks=week), marks)


def _mark(chance: Random, minutes: int) -> tuple[str, int | None]:
    category = weighted(chance, MARKS)
    return category, minutes // 2 if category == "Early departure" else None
