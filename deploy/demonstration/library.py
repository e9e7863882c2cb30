"""A library of 2,000 learning resources, as schema.org and AMB JSON, and collections of them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from deploy.demonstration.classes import grade_words
from deploy.demonstration.dice import dice, happens, weighted
from deploy.demonstration.schools import GRADES
from deploy.demonstration.standards import codes_of, uri_of
from deploy.demonstration.subjects import SUBJECTS, Strand, Subject, Topic
from deploy.demonstration.years import first_day

RESOURCES = 2000
PUBLISHERS = (
    ("Wayfinder Learning", 60), ("Larkhaven Public Library", 15), ("Open Shore Press", 15),
    ("Larkhaven Public Schools", 10),
)  # fmt: skip
LICENSES = (
    ("https://creativecommons.org/licenses/by/4.0/", 38),
    ("https://creativecommons.org/licenses/by-sa/4.0/", 18),
    ("https://creativecommons.org/licenses/by-nc/4.0/", 16),
    ("https://creativecommons.org/licenses/by-nc-sa/4.0/", 10),
    ("https://creativecommons.org/publicdomain/zero/1.0/", 8),
    ("https://wayfinder.example.org/terms", 10),
)


@dataclass(frozen=True)
class Kind:
    """A kind of resource: its LRMI type, whom it is for, what it is called."""

    type: str
    audience: str
    use: str
    minutes: tuple[int, int]
    english: str
    spanish: str


KINDS = (
    (Kind("lessonPlan", "teacher", "instruction", (40, 90), "lesson plan", "plan de clase"), 28),
    (Kind("activityPlan", "student", "instruction", (15, 45), "activity", "actividad"), 22),
    (Kind("recordedLesson", "student", "instruction", (5, 25), "video lesson", "video"), 16),
    (Kind("assessment", "student", "assessment", (15, 50), "check-up", "evaluación"), 12),
    (Kind("unitPlan", "teacher", "instruction", (240, 900), "unit plan", "unidad"), 8),
    (Kind("textbook", "student", "instruction", (60, 300), "reader", "libro de lectura"), 6),
    (Kind("supportingDocument", "parent", "instruction", (10, 30), "family guide",
          "guía para familias"), 5),
    (Kind("educatorCurriculumGuide", "teacher", "professionalSupport", (30, 120),
          "teaching guide", "guía didáctica"), 3),
)  # fmt: skip
AT_HOME = {
    "vi": ("Đọc sách ở nhà", "Học toán ở nhà", "Khám phá khoa học ở nhà"),
    "so": ("Akhriska guriga", "Xisaabta guriga", "Sayniska guriga"),
    "ar": ("القراءة في البيت", "الرياضيات في البيت", "العلوم في البيت"),
    "zh": ("在家阅读", "在家学数学", "在家学科学"),
    "fr": ("Lire à la maison", "Les maths à la maison", "Les sciences à la maison"),
    "ht": ("Li nan kay la", "Matematik nan kay la", "Syans nan kay la"),
    "ru": ("Читаем дома", "Математика дома", "Наука дома"),
    "hi": ("घर पर पढ़ना", "घर पर गणित", "घर पर विज्ञान"),
}
AT_HOME_SUBJECTS = (("EL", "FS"), ("MA", "NC"), ("SC", "LS"))
AMB = ["https://w3id.org/kim/amb/context.jsonld", {"@language": "en"}]


@dataclass(frozen=True)
class Item:
    """One resource to be, before it is written as a document."""

    number: int
    name: str
    description: str
    language: str
    subject: Subject
    strand: Strand
    topic: Topic
    grades: tuple[str, ...]
    kind: Kind
    publisher: str
    license: str
    minutes: int
    standards: tuple[str, ...]
    year: int

    @property
    def url(self) -> str:
        return f"https://library.example.org/resources/{self.number:05}"


def items(year: int) -> list[Item]:
    chance = dice("library")
    wanted = list(_combinations())
    chance.shuffle(wanted)
    at_home = list(_at_home_combinations())
    chosen = at_home + wanted[: RESOURCES - len(at_home)]
    return [_item(chance, number, year, *each) for number, each in enumerate(chosen, 1)]


Combination = tuple[Subject, Strand, Topic, str, Kind, str, str]


def _combinations() -> Iterator[Combination]:
    """Every topic in every one of its grades, several kinds of each, a third in Spanish too."""
    chance = dice("kinds of resources")
    for subject in SUBJECTS:
        for strand in subject.strands:
            for topic in strand.topics:
                for grade in topic.grades:
                    kinds = dict.fromkeys(weighted(chance, KINDS) for _ in range(20))
                    for kind in kinds:
                        for language in ("en", "es") if happens(chance, 35) else ("en",):
                            name = _name(topic, grade, kind, language)
                            yield subject, strand, topic, grade, kind, language, name


def _name(topic: Topic, grade: str, kind: Kind, language: str) -> str:
    if language == "es":
        return f"{topic.spanish}: {kind.spanish} ({grade})"
    return f"{topic.english}: {kind.english} for {grade_words(grade)}"


def _at_home_combinations() -> Iterator[Combination]:
    """Guides for families in the languages they speak."""
    guide = next(kind for kind, _ in KINDS if kind.audience == "parent")
    for language, names in AT_HOME.items():
        for name, (subject_code, strand_code) in zip(names, AT_HOME_SUBJECTS, strict=True):
            subject = next(each for each in SUBJECTS if each.code == subject_code)
            strand = next(each for each in subject.strands if each.code == strand_code)
            yield subject, strand, strand.topics[0], "KG", guide, language, name


def _item(
    chance: Random, number: int, year: int, subject: Subject, strand: Strand, topic: Topic,
    grade: str, kind: Kind, language: str, name: str,
) -> Item:  # fmt: skip
    codes = codes_of(subject, strand, grade) if grade in strand.grades else []
    aligned = sorted(chance.sample(codes, min(len(codes), chance.choice((1, 1, 2)))))
    return Item(
        number=number, name=name, description=_description(subject, strand, topic, language),
        language=language, subject=subject,
        strand=strand, topic=topic, grades=(grade,), kind=kind,
        publisher=weighted(chance, PUBLISHERS), license=weighted(chance, LICENSES),
        minutes=round(chance.randint(*kind.minutes) / 5) * 5 or 5, standards=tuple(aligned),
        year=year - 1 - chance.randrange(8),
    )  # fmt: skip


def _description(subject: Subject, strand: Strand, topic: Topic, language: str) -> str:
    if language == "es":
        return f"{topic.spanish}. Para aprender y practicar {subject.spanish.lower()}."
    return f"{topic.english}. Students {strand.aim}."


def documents(year: int) -> bytes:
    """All of them, one JSON document a line; one in four as the AMB profile has it."""
    every = (
        amb(item) if item.number % 4 == 0 and "creativecommons" in item.license else lrmi(item)
        for item in items(year)
    )
    return "\n".join(json.dumps(each, ensure_ascii=False) for each in every).encode()


def lrmi(item: Item) -> dict[str, Any]:
    aligned = "assesses" if item.kind.use == "assessment" else "teaches"
    return {
        "@context": "https://schema.org", "@type": "LearningResource", "@id": item.url,
        "url": item.url, "name": item.name, "description": item.description,
        "about": [{"@type": "DefinedTerm", "name": item.subject.english}],
        "keywords": [item.topic.english, item.strand.name],
        "learningResourceType": item.kind.type, "educationalUse": item.kind.use,
        "audience": {"@type": "EducationalAudience", "educationalRole": item.kind.audience},
        "inLanguage": item.language, "license": item.license,
        "educationalLevel": [{"@type": "DefinedTerm", "name": grade} for grade in item.grades],
        aligned: [{"@type": "DefinedTerm", "@id": uri_of(code)} for code in item.standards],
        "timeRequired": f"PT{item.minutes}M", "isAccessibleForFree": "creative" in item.license,
        "publisher": {"@type": "Organization", "name": item.publisher},
        "datePublished": f"{first_day(item.year)}",
    }  # fmt: skip


def amb(item: Item) -> dict[str, Any]:
    subject = f"http://w3id.org/kim/schulfaecher/{SCHOOL_SUBJECTS[item.subject.code]}"
    aligned = "assesses" if item.kind.use == "assessment" else "teaches"
    age = age_of(item.grades[0])
    return {
        "@context": AMB, "id": item.url, "type": ["LearningResource"], "name": item.name,
        "description": item.description, "keywords": [item.topic.english, item.strand.name],
        "about": [{"id": subject, "prefLabel": {"en": item.subject.english}}],
        "inLanguage": [item.language], "license": {"id": item.license},
        "learningResourceType": [
            {"id": f"http://w3id.org/openeduhub/vocabs/new_lrt/{item.kind.type}",
             "prefLabel": {"en": item.kind.type}}
        ],
        "audience": [
            {"id": f"http://purl.org/dcx/lrmi-vocabs/educationalAudienceRole/{item.kind.audience}"}
        ],
        aligned: [{"id": uri_of(code)} for code in item.standards],
        "educationalUse": [item.kind.use], "typicalAgeRange": f"{age}-{age + 1}",
        "timeRequired": f"PT{item.minutes}M", "isAccessibleForFree": True,
        "publisher": [{"type": "Organization", "name": item.publisher}],
        "datePublished": f"{first_day(item.year)}",
    }  # fmt: skip


SCHOOL_SUBJECTS = {"MA": "s1017", "EL": "s1009", "SC": "s1001", "SS": "s1040", "WL": "s1035"}
"""Concepts of the AMB's own vocabulary of school subjects."""


def age_of(grade: str) -> int:
    return {"PK": 4, "KG": 5}.get(grade) or int(grade) + 5


@dataclass(frozen=True)
class Shelf:
    """A collection: what it is called, and which resources stand in it."""

    title: str
    description: str
    fits: Callable[[Item], bool]


def _grades(first: str, last: str) -> set[str]:
    return set(GRADES[GRADES.index(first) : GRADES.index(last) + 1])


SHELVES = (
    Shelf("Getting ready for kindergarten", "Play, count, listen: for the year before school.",
          lambda item: item.grades[0] in {"PK", "KG"} and item.kind.audience == "student"),
    Shelf("En casa: guías para familias", "Guías en español para aprender en casa.",
          lambda item: item.language == "es" and item.kind.audience == "parent"),
    Shelf("At home in ten languages", "Guides for families in the languages of the city.",
          lambda item: item.language not in {"en", "es"}),
    Shelf("First readers", "Sounds, letters and first stories.",
          lambda item: item.strand.code == "FS" and item.language == "en"),
    Shelf("Fractions, grade by grade", "From the number line to ratios.",
          lambda item: item.strand.code == "FR" and item.kind.audience == "student"),
    Shelf("The way to algebra", "Patterns, expressions and equations for the middle grades.",
          lambda item: item.strand.code == "AL" and bool(_grades("05", "09") & set(item.grades))),
    Shelf("Summer science", "Things to try outdoors.",
          lambda item: item.subject.code == "SC" and item.kind.type == "activityPlan"),
    Shelf("Check-ups in math", "Short assessments by grade.",
          lambda item: item.subject.code == "MA" and item.kind.use == "assessment"),
    Shelf("The way to college", "Essays, aid forms and choosing a college.",
          lambda item: item.strand.code == "CA" or item.topic.english in
          {"The college essay", "Paying for college"}),
    Shelf("Feelings and goals", "For advisory and after school.",
          lambda item: item.strand.code == "SE"),
)  # fmt: skip
SHELF_PLACES = 40
