"""Families: 1,500 children, with one or two adults each, whom siblings share."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from deploy.demonstration.dice import dice, happens, weighted
from deploy.demonstration.names import Culture, a_culture, a_given_name, phone, plain
from deploy.demonstration.schools import (
    ELEMENTARY,
    GRADES,
    HIGH,
    IN_GRADE,
    MIDDLE,
    SCHOOLS,
    School,
)

CHILDREN = ((1, 46), (2, 35), (3, 15), (4, 4))
RELATIONS = (("parent", 90), ("guardian", 6), ("relative", 4))
SEXES = (("female", 487), ("male", 503), ("unspecified", 6), ("other", 4))
YEARS_HERE = ((0, 5), (1, 5), (2, 5), (len(GRADES), 85))
KINDERGARTEN_AGE = 5


@dataclass(frozen=True)
class Contact:
    id: str
    given: str
    family: str
    relation: str
    language: str
    phone: str
    email: str


@dataclass(frozen=True)
class Student:
    id: str
    number: int
    given: str
    preferred: str
    family: str
    sex: str
    born: date
    grade: str
    school: School
    race: str
    hispanic: bool
    language: str
    contacts: tuple[Contact, ...]
    years_here: int
    """School years in this district before the present one."""


def families(year: int) -> list[Student]:
    """All students; those of one family follow each other and have the same contacts. No two have
    the same name."""
    chance = dice("families")
    free = Counter(IN_GRADE)
    taken: set[tuple[str, str]] = set()
    students: list[Student] = []
    while free.total():
        number = len(students)
        students.extend(_family(chance, year, number, _grades(chance, free), taken))
    return students


def _grades(chance: Random, free: Counter[str]) -> list[str]:
    """A grade for each child, taken from what is left: the eldest's, then younger ones'."""
    wanted = weighted(chance, CHILDREN)
    first = _take(chance, free, list(free.elements()))
    grades = [first]
    while len(grades) < wanted:
        place = GRADES.index(grades[-1])
        near = [g for g in GRADES[max(0, place - 4) : place] if free[g]]
        twin = happens(chance, 3) and free[grades[-1]]
        if not near and not twin:
            break
        grades.append(_take(chance, free, [grades[-1]] if twin else near))
    return grades


def _take(chance: Random, free: Counter[str], among: list[str]) -> str:
    grade = chance.choice(among)
    free[grade] -= 1
    return grade


def _family(
    chance: Random, year: int, number: int, grades: list[str], taken: set[tuple[str, str]]
) -> Iterator[Student]:
    culture = a_culture(chance)
    surname = chance.choice(culture.families)
    if culture.hispanic or happens(chance, 8):
        surname = f"{surname} {chance.choice(culture.families)}"
    contacts = _contacts(chance, culture, surname, number)
    home = _schools(chance)
    years_here = weighted(chance, YEARS_HERE)
    for place, grade in enumerate(grades):
        yield _child(
            chance,
            year,
            number + place,
            grade,
            culture,
            surname,
            contacts,
            home,
            years_here,
            taken,
        )


def _child(
    chance: Random, year: int, number: int, grade: str, culture: Culture, surname: str,
    contacts: tuple[Contact, ...], home: dict[str, School], years_here: int,
    taken: set[tuple[str, str]],
) -> Student:  # fmt: skip
    sex = weighted(chance, SEXES)
    given = a_given_name(chance, culture, sex)
    while (given, surname) in taken:
        given = a_given_name(chance, culture, sex)
    taken.add((given, surname))
    return Student(
        id=f"stu-{number + 1:05}", number=number, given=given,
        preferred=given[:3] if happens(chance, 4) else "",
        family=surname, sex=sex, born=_born(chance, year, grade), grade=grade,
        school=home[grade], race=culture.race, hispanic=culture.hispanic,
        language=culture.language, contacts=contacts,
        years_here=min(years_here, GRADES.index(grade)),
    )  # fmt: skip


def _contacts(chance: Random, culture: Culture, surname: str, number: int) -> tuple[Contact, ...]:
    relation = weighted(chance, RELATIONS)
    first = _contact(chance, culture, surname, relation, number, "a", "female")
    if happens(chance, 34):
        return (first,)
    other = chance.choice(culture.families) if happens(chance, 30) else surname
    return first, _contact(chance, culture, other, "parent", number, "b", "male")


def _contact(
    chance: Random, culture: Culture, family: str, relation: str, number: int, letter: str,
    likely: str,
) -> Contact:  # fmt: skip
    sex = likely if happens(chance, 93) else "unspecified"
    given = a_given_name(chance, culture, sex)
    at_home = culture.language if happens(chance, 60) else "en"
    return Contact(
        id=f"con-{number + 1:05}{letter}", given=given, family=family, relation=relation,
        language=at_home, phone=phone(chance.randrange(100)),
        email=f"{plain(given)}.{plain(family)}.{number + 1}{letter}@example.org",
    )  # fmt: skip


def _schools(chance: Random) -> dict[str, School]:
    """By grade; siblings of one stage go to one school."""
    home: dict[str, School] = {}
    for stage in (ELEMENTARY, MIDDLE, HIGH):
        there = [school for school in SCHOOLS if stage[0] in school.grades]
        chosen = weighted(chance, [(school, school.share) for school in there])
        home |= dict.fromkeys(stage, chosen)
    return home


def _born(chance: Random, year: int, grade: str) -> date:
    """Old enough on 1 September; three in a hundred repeat a year."""
    age = KINDERGARTEN_AGE + GRADES.index(grade) - 1 + happens(chance, 3)
    return date(year - 1 - age, 9, 1) - timedelta(days=chance.randrange(365))
