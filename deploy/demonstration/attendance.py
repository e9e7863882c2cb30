"""Daily attendance of two school years, and of the present one up to yesterday, as the file of a
district's register.

A student has a rate of absence, which differs little from year to year; absences come in spells,
more of them in winter, on Mondays and on Fridays, and in the first and last years of school.
"""

from collections.abc import Sequence
from datetime import date
from math import log
from random import Random

from deploy.demonstration.dice import dice, happens
from deploy.demonstration.families import Student
from deploy.demonstration.schools import grade_in, school_in
from deploy.demonstration.years import school_days, school_year_of

YEARS = 2
HEADER = "studentSourcedId,date,category,schoolSourcedId\n"
ABSENCES_A_YEAR = {
    "PK": 16.0, "KG": 13.5, "01": 11.5, "02": 10.0, "03": 9.0, "04": 9.0, "05": 9.5, "06": 10.5,
    "07": 12.0, "08": 12.5, "09": 14.0, "10": 13.5, "11": 13.0, "12": 15.5,
}  # fmt: skip
SPREAD = 0.62
"""Of the logarithm of a student's own rate: most are far under the mean, a few far above it."""
EXCUSED, UNEXCUSED, TARDY, EARLY = (
    "Excused Absence", "Unexcused Absence", "Tardy", "Early departure",
)  # fmt: skip
MOST_ABSENCES = 120
COLD_MONTHS = (11, 12, 1, 2)
WEEK = (1.3, 0.9, 0.85, 0.95, 1.35)


def attending(students: Sequence[Student]) -> int:
    """How many students the register of the last year has."""
    return sum(_attended(student, 1) is not None for student in students)


def _attended(student: Student, earlier: int) -> str | None:
    """The grade in which the student was here so many years before."""
    return grade_in(student.grade, earlier) if student.years_here >= earlier else None


def register(students: Sequence[Student], day: date) -> bytes:
    """The register of every school day before `day`, CSV: of its school year and of those before. A
    mark does not depend on `day`."""
    lines = [HEADER]
    year = school_year_of(day)
    for earlier in range(YEARS, -1, -1):
        chance = dice(f"attendance {earlier}")
        days = school_days(year - earlier)
        dates = [f",{each}," for each in days if each < day]
        weights = [_weight(each) for each in days]
        for student, propensity in zip(students, propensities(len(students)), strict=True):
            grade = _attended(student, earlier)
            if grade is None:
                continue
            absences = _absences(chance, ABSENCES_A_YEAR[grade] * propensity)
            marks = _marks(chance, absences, weights)
            school = school_in(grade, student.school, student.number).id
            lines += [
                f"{student.id}{on}{mark},{school}\n"
                for on, mark in zip(dates, marks[: len(dates)], strict=True)
            ]
    return "".join(lines).encode()


def propensities(count: int) -> list[float]:
    """Each student's own, 1 on average, the same in every year."""
    chance = dice("propensity to be absent")
    return [chance.lognormvariate(-SPREAD * SPREAD / 2, SPREAD) for _ in range(count)]


def _absences(chance: Random, expected: float) -> int:
    return min(MOST_ABSENCES, round(expected * chance.uniform(0.7, 1.3)))


def _marks(chance: Random, absences: int, weights: list[float]) -> list[str]:
    marks = ["Present"] * len(weights)
    for start in chance.choices(range(len(marks)), weights, k=absences):
        length = 1 + int(-log(1 - chance.random()) * 0.8)
        mark = EXCUSED if happens(chance, 58) else UNEXCUSED
        for place in range(start, min(start + length, len(marks))):
            if absences and marks[place] == "Present":
                marks[place], absences = mark, absences - 1
    for place in chance.sample(range(len(marks)), chance.randrange(8)):
        if marks[place] == "Present":
            marks[place] = TARDY if happens(chance, 75) else EARLY
    return marks


def _weight(day: date) -> float:
    """How likely an absence is to begin on it."""
    return WEEK[day.weekday()] * (1.4 if day.month in COLD_MONTHS else 1.0)
