"""The district and its six schools."""

from dataclasses import dataclass

GRADES = ("PK", "KG", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12")
ELEMENTARY, MIDDLE, HIGH = GRADES[:7], GRADES[7:10], GRADES[10:]


@dataclass(frozen=True)
class School:
    id: str
    name: str
    grades: tuple[str, ...]
    share: int
    """How many of ten families near it, or of ten students of its grades, choose it."""


DISTRICT_ID = "org-district"
DISTRICT_NAME = "Larkhaven Public Schools"
SCHOOLS = (
    School("org-alder", "Alder Street Elementary School", ELEMENTARY, 4),
    School("org-copper", "Copper Creek Elementary School", ELEMENTARY, 3),
    School("org-tidewater", "Tidewater Dual Language School", ELEMENTARY, 3),
    School("org-beacon", "Beacon Middle School", MIDDLE, 7),
    School("org-larkhaven", "Larkhaven High School", HIGH, 7),
    School("org-harbor", "Harbor Early College", MIDDLE + HIGH, 3),
)
IN_GRADE = {
    "PK": 84, "KG": 112, "01": 114, "02": 112, "03": 113, "04": 111, "05": 110, "06": 112,
    "07": 110, "08": 109, "09": 118, "10": 108, "11": 99, "12": 88,
}  # fmt: skip
"""1,500 students in all."""


def school_in(grade: str, present: School, number: int) -> School:
    """The school in which a student of the school `present` was in this grade. Of several the
    student's `number` chooses."""
    if grade in present.grades:
        return present
    there = [school for school in SCHOOLS if grade in school.grades]
    return there[number % len(there)]


def grade_in(grade: str, years_earlier: int) -> str | None:
    """The grade so many years before; None before the first one."""
    place = GRADES.index(grade) - years_earlier
    return GRADES[place] if place >= 0 else None
