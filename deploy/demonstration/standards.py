"""A framework of learning standards as a CASE package: subject, strand, grade, standard."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from deploy.demonstration.classes import grade_words
from deploy.demonstration.subjects import SUBJECTS, Strand, Subject

MADE = "2025-05-01T00:00:00+00:00"
ADDRESS = "https://standards.example.org/uri"
NAMESPACE = UUID("5b0a35c1-6f0e-4f44-9a6b-0d1f1f2f8a10")
TITLE = "Larkhaven Learning Standards"
KINDS = (
    ("Understanding", "explain, with objects, drawings or words, the ideas needed to {aim}"),
    ("Practice", "{aim}, accurately and in more than one way"),
    ("Use", "{aim} in a situation from home, school or the neighborhood, and judge the result"),
)


@dataclass(frozen=True)
class Standard:
    code: str
    statement: str
    kind: str
    grades: tuple[str, ...]
    parent: str | None = None

    @property
    def id(self) -> str:
        return identifier(self.code)

    @property
    def uri(self) -> str:
        return f"{ADDRESS}/{self.id}"


def identifier(code: str) -> str:
    return str(uuid5(NAMESPACE, code))


def standards() -> list[Standard]:
    """Each after the one above it."""
    found: list[Standard] = []
    for subject in SUBJECTS:
        found.append(Standard(subject.code, subject.english, "Subject", ()))
        for strand in subject.strands:
            found.extend(_strand(subject, strand))
    return found


def _strand(subject: Subject, strand: Strand) -> Iterator[Standard]:
    above = f"{subject.code}.{strand.code}"
    yield Standard(above, f"{strand.name}: {strand.aim}", "Strand", strand.grades, subject.code)
    for grade in strand.grades:
        for number, (kind, words) in enumerate(KINDS, 1):
            statement = f"In {grade_words(grade)}, students {words.format(aim=strand.aim)}."
            yield Standard(f"{above}.{grade}.{number}", statement, kind, (grade,), above)


def codes_of(subject: Subject, strand: Strand, grade: str) -> list[str]:
    return [f"{subject.code}.{strand.code}.{grade}.{n}" for n in range(1, len(KINDS) + 1)]


def uri_of(code: str) -> str:
    return f"{ADDRESS}/{identifier(code)}"


def package() -> bytes:
    """CASE 1.0, JSON."""
    items = standards()
    document = _node(TITLE, TITLE)
    return json.dumps(
        {
            "CFDocument": {
                "identifier": identifier(TITLE), "uri": uri_of(TITLE), "title": TITLE,
                "creator": "Larkhaven Public Schools", "language": "en", "version": "2025",
                "description": "What students learn from prekindergarten to grade 12.",
                "subject": [subject.english for subject in SUBJECTS], "adoptionStatus": "Adopted",
                "lastChangeDateTime": MADE, "CFPackageURI": document,
            },
            "CFItems": [_item(item) for item in items],
            "CFAssociations": [_association(n, item) for n, item in enumerate(items)],
        }
    ).encode()  # fmt: skip


def _item(item: Standard) -> dict[str, Any]:
    return {
        "identifier": item.id, "uri": item.uri, "fullStatement": item.statement,
        "humanCodingScheme": item.code, "CFItemType": item.kind, "language": "en",
        "educationLevel": list(item.grades), "lastChangeDateTime": MADE,
    }  # fmt: skip


def _association(number: int, item: Standard) -> dict[str, Any]:
    above = item.parent or TITLE
    code = f"{item.code} isChildOf {above}"
    return {
        "identifier": identifier(code), "uri": uri_of(code), "associationType": "isChildOf",
        "sequenceNumber": number, "lastChangeDateTime": MADE,
        "originNodeURI": _node(item.code, item.code), "destinationNodeURI": _node(above, above),
    }  # fmt: skip


def _node(code: str, title: str) -> dict[str, str]:
    return {"identifier": identifier(code), "uri": uri_of(code), "title": title}
