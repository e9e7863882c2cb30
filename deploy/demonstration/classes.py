"""Classes, and the staff who teach and lead."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from deploy.demonstration.dice import dice, weighted
from deploy.demonstration.families import Student
from deploy.demonstration.names import a_culture, a_given_name, plain
from deploy.demonstration.schools import (
    DISTRICT_ID,
    ELEMENTARY,
    GRADES,
    SCHOOLS,
    School,
)

HOMEROOM_PLACES = 22
SECTION_PLACES = 27
CLASSES_OF_A_TEACHER = 5
LEADERS = ("principal", "counselor", "siteAdministrator")
TEACHER = "teacher"


@dataclass(frozen=True)
class Staff:
    id: str
    given: str
    family: str
    role: str
    org_id: str
    email: str


@dataclass(frozen=True)
class Course:
    id: str
    title: str
    code: str
    grade: str
    subject: str


@dataclass(frozen=True)
class SchoolClass:
    id: str
    title: str
    code: str
    course: Course
    school: School
    homeroom: bool
    period: str
    room: str
    teacher: Staff
    students: tuple[Student, ...]


SUBJECTS = ("Homeroom", "Physical Education")
SECONDARY_SUBJECTS = (
    "English", "Mathematics", "Science", "Social Studies", "Physical Education", "Arts",
)  # fmt: skip
TITLES: dict[str, tuple[str, ...]] = {
    "English": ("English 6", "English 7", "English 8", "World Literature", "American Voices",
                "Rhetoric and Composition", "Senior Seminar in English"),
    "Mathematics": ("Mathematics 6", "Mathematics 7", "Pre-Algebra", "Algebra I", "Geometry",
                    "Algebra II", "Statistics and Modeling"),
    "Science": ("Earth Science", "Life Science", "Physical Science", "Biology", "Chemistry",
                "Physics", "Environmental Science"),
    "Social Studies": ("Ancient Worlds", "World Geography", "Our State", "World History",
                       "Civics", "United States History", "Economics"),
    "Physical Education": ("Movement 6", "Movement 7", "Movement 8", "Fitness", "Team Sports",
                           "Lifetime Sports", "Health and Fitness"),
    "Arts": ("Art 6", "Band 7", "Theater 8", "Drawing", "Choir", "Digital Media", "Studio Art"),
}  # fmt: skip


def courses() -> list[Course]:
    return [_course(grade, subject) for grade in GRADES for subject in subjects(grade)]


def subjects(grade: str) -> Sequence[str]:
    return SUBJECTS if grade in ELEMENTARY else SECONDARY_SUBJECTS


def _course(grade: str, subject: str) -> Course:
    place = GRADES.index(grade) - len(ELEMENTARY)
    title = f"{grade_words(grade)} {subject}" if place < 0 else TITLES[subject][place]
    code = f"{''.join(word[0] for word in subject.split())[:2]}{grade}"
    return Course(f"crs-{code.lower()}-{subject[:4].lower()}", title, code, grade, subject)


def grade_words(grade: str) -> str:
    early = {"PK": "Prekindergarten", "KG": "Kindergarten"}
    return early.get(grade) or f"Grade {int(grade)}"


def classes(students: Sequence[Student]) -> list[SchoolClass]:
    """Every student in each subject of its grade, in sections that are nearly equal."""
    chance = dice("classes")
    faculty = _Faculty(dice("staff"))
    by_grade: dict[tuple[str, str], list[Student]] = defaultdict(list)
    for student in students:
        by_grade[student.school.id, student.grade].append(student)
    found: list[SchoolClass] = []
    for school in SCHOOLS:
        for course in courses():
            there = by_grade[school.id, course.grade]
            found.extend(_sections(chance, faculty, school, course, there))
    return found


def _sections(
    chance: Random, faculty: "_Faculty", school: School, course: Course, there: list[Student]
) -> Iterator[SchoolClass]:
    places = HOMEROOM_PLACES if course.grade in ELEMENTARY else SECTION_PLACES
    count = -(-len(there) // places)
    order = there if course.grade in ELEMENTARY else chance.sample(there, len(there))
    for n in range(count):
        letter = "ABCDEFGH"[n]
        period = (
            str(SECONDARY_SUBJECTS.index(course.subject) + 1) if places > HOMEROOM_PLACES else ""
        )
        yield SchoolClass(
            id=f"cls-{school.id[4:]}-{course.id[4:]}-{letter.lower()}",
            title=f"{course.title} {letter}", code=f"{course.code}{letter}", course=course,
            school=school, homeroom=course.subject == "Homeroom", period=period,
            room=f"{chance.randint(1, 3)}{chance.randint(1, 24):02}",
            teacher=faculty.teacher(school, course), students=tuple(order[n::count]),
        )  # fmt: skip


class _Faculty:
    """Hires a teacher when those of a school and subject have all the classes they can teach."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._teaching: dict[tuple[str, str], tuple[Staff, int]] = {}
        self._hired = 0

    def teacher(self, school: School, course: Course) -> Staff:
        homeroom = course.subject == "Homeroom"
        key = (school.id, course.subject)
        teacher, taught = self._teaching.get(key, (None, CLASSES_OF_A_TEACHER))
        if teacher is None or homeroom or taught >= CLASSES_OF_A_TEACHER:
            self._hired += 1
            teacher, taught = a_person(self._chance, f"t{self._hired:03}", TEACHER, school.id), 0
        self._teaching[key] = (teacher, taught + 1)
        return teacher


def leaders() -> list[Staff]:
    """Those who lead schools, and the district's own."""
    chance = dice("leaders")
    found = [
        a_person(chance, f"{role[0]}{number:02}", role, school.id)
        for number, school in enumerate(SCHOOLS)
        for role in LEADERS
    ]
    return found + [
        a_person(chance, f"d{number:02}", "districtAdministrator", DISTRICT_ID)
        for number in range(3)
    ]


def a_person(chance: Random, id: str, role: str, org_id: str) -> Staff:
    culture = a_culture(chance)
    sex = weighted(chance, (("female", 70), ("male", 30)))
    given, family = a_given_name(chance, culture, sex), chance.choice(culture.families)
    email = f"{plain(given)}.{plain(family)}.{id}@example.org"
    return Staff(f"stf-{id}", given, family, role, org_id, email)
