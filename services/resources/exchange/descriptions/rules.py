"""From a JSON document to a resource's description, or to the list of its faults."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from math import ceil
from typing import Any, NamedTuple

from pydantic import ValidationError

from services.resources.exchange.amb import rules as amb
from services.resources.exchange.schemaorg import rules as schemaorg
from services.resources.library.value_types.rules import AGE_RANGE
from shared.contracts.grade import Grade
from shared.contracts.resources.resource import (
    Audience,
    EducationalUse,
    InteractivityType,
    ResourceDraft,
)
from shared.imports.codes import Code

SCHEMES = ("https://w3id.org/kim/", "http://w3id.org/kim/", "http://purl.org/dcx/lrmi-vocabs/")
GRADE = re.compile(r"(?:grade\s*)?(\d{1,2})(?:st|nd|rd|th)?(?:\s*grade)?", re.IGNORECASE)
MINUTES = re.compile(
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)(?:\.\d+)?S)?)?"
)
MOST_MINUTES = 100_000
LRMI_TYPES = (
    "activityPlan assessment assessmentItem educatorCurriculumGuide lessonPlan "
    "physicalLearningResource recordedLesson supportingDocument textbook unitPlan"
)
CODES = {code.value: code for code in Code}
SPELLINGS: dict[str, str] = {
    name.casefold(): str(name)
    for name in (*LRMI_TYPES.split(), *Audience, *EducationalUse, *InteractivityType)
}


class Fault(NamedTuple):
    """What is wrong with a document, by a path from `$`."""

    field: str
    code: Code
    reason: str


def read(document: Any) -> ResourceDraft | list[Fault]:
    """The AMB profile where the context names it, plain schema.org where that is named alone."""
    context = document.get("@context") if isinstance(document, dict) else None
    try:
        if schemaorg.named_by(context) and amb.CONTEXT not in (context or []):
            return from_schema_org(schemaorg.Description.model_validate(document))
        return from_amb(amb.Description.model_validate(document))
    except ValidationError as refused:
        return faults_of(refused)


def faults_of(refused: ValidationError) -> list[Fault]:
    found = refused.errors(include_url=False, include_context=False, include_input=False)
    return [Fault(path(each["loc"]), code_of(each["type"]), reason=each["msg"]) for each in found]


def code_of(kind: str) -> Code:
    """Of a fault that pydantic, or a check of ours, has named."""
    return CODES.get(kind.replace("_", "-"), Code.FORM)


def path(location: Iterable[int | str]) -> str:
    """A JSON path: `$.encoding[0].bitrate`."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)


def from_amb(found: amb.Description) -> ResourceDraft:
    language = next(
        p["@language"] for p in found.context if isinstance(p, dict) and "@language" in p
    )

    def term(concept: amb.Concept) -> str:
        return vocabulary_term(concept.id, label(concept.pref_label, language))

    return draft(
        found,
        url=found.id,
        image=found.image,
        learning_resource_type=map(term, found.learning_resource_type),
        about=(label(each.pref_label, language) or slug(each.id) for each in found.about),
        about_ids=(concept.id for concept in found.about),
        educational_level=(slug(level.id) for level in found.educational_level),
        audience=map(term, found.audience),
        license_url=found.license and found.license.id,
        interactivity_type=found.interactivity_type and slug(found.interactivity_type.id),
        educational_use=map(spelled, found.educational_use),
        keywords=found.keywords,
        creator=(agent.name for agent in found.creator),
        publisher=(agent.name for agent in found.publisher),
        provider=found.provider and (found.provider.name or found.provider.id),
        is_based_on=(origin.id for origin in found.is_based_on if origin.id),
        teaches=(competency.id for competency in found.teaches),
        assesses=(competency.id for competency in found.assesses),
        time_required_minutes=minutes(found.time_required or found.duration),
    )


def from_schema_org(found: schemaorg.Description) -> ResourceDraft:
    def term(thing: schemaorg.Thing) -> str:
        return vocabulary_term(thing.address or "", thing.label or "")

    def aligned(kind: str) -> list[str]:
        alignments = (each for each in found.educational_alignment if each.alignment_type == kind)
        return [each.target_url for each in alignments if each.target_url]

    levels = [thing.label or thing.address or "" for thing in found.educational_level] + [
        each.target_name
        for each in found.educational_alignment
        if each.alignment_type == "educationalLevel" and each.target_name
    ]
    return draft(
        found,
        url=found.url or found.id,
        image=found.image and found.image.address,
        learning_resource_type=map(term, found.learning_resource_type),
        about=(thing.label or thing.address for thing in found.about),
        about_ids=(thing.address for thing in found.about),
        educational_level=levels,
        grades=(grade for level in levels if (grade := grade_of(level))),
        audience=map(term, found.audience),
        license_url=found.license and (found.license.address or found.license.label),
        interactivity_type=found.interactivity_type and term(found.interactivity_type),
        educational_use=map(term, found.educational_use),
        keywords=(thing.label for thing in found.keywords),
        creator=(thing.label or thing.address for thing in (*found.creator, *found.author)),
        publisher=(thing.label or thing.address for thing in found.publisher),
        provider=found.provider and (found.provider.label or found.provider.address),
        is_based_on=(thing.address for thing in found.is_based_on),
        teaches=[*(each.address for each in found.teaches), *aligned("teaches")],
        assesses=[*(each.address for each in found.assesses), *aligned("assesses")],
        time_required_minutes=minutes(found.time_required),
    )


def draft(found: amb.Description | schemaorg.Description, **terms: Any) -> ResourceDraft:
    """Both profiles have checked what they give: nothing is checked twice."""
    youngest, oldest = ages(found.typical_age_range)
    fields: dict[str, Any] = {
        "name": found.name,
        "description": found.description,
        "in_language": unique(found.in_language),
        "is_accessible_for_free": found.is_accessible_for_free,
        "typical_age_min": youngest,
        "typical_age_max": oldest,
        "date_created": day(found.date_created),
        "date_published": day(found.date_published),
        "date_modified": day(found.date_modified),
        **{name: value if is_one(value) else unique(value) for name, value in terms.items()},
    }
    return ResourceDraft.model_construct(None, **fields)


def is_one(value: Any) -> bool:
    return value is None or isinstance(value, str | int)


def unique(values: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))


def label(labels: dict[str, str] | None, language: str) -> str:
    """In English where there is English, else in the document's own language, else in any."""
    labels = labels or {}
    return labels.get("en") or labels.get(language) or next(iter(labels.values()), "")


def slug(uri: str) -> str:
    """The name of a concept within a known scheme; of an unknown scheme the whole URI."""
    return uri.rstrip("/").rpartition("/")[2] if uri.startswith(SCHEMES) else uri


def vocabulary_term(uri: str, label: str) -> str:
    return spelled(slug(uri) if uri.startswith(SCHEMES) else label or uri)


def spelled(term: str) -> str:
    """A term of an LRMI vocabulary as LRMI spells it: `Lesson Plan` is `lessonPlan`."""
    return SPELLINGS.get(re.sub(r"[\s_-]", "", term).casefold(), term)


def grade_of(level: str) -> str | None:
    """`03`, `Grade 3`, `3rd grade` and `KG` are grades; what is no grade gives none."""
    if level in set(Grade):
        return level
    if level.casefold() == "kindergarten":
        return Grade.KINDERGARTEN
    number = GRADE.fullmatch(level.strip())
    grade = f"{int(number[1]):02}" if number else ""
    return grade if grade in set(Grade) else None


def ages(span: str | None) -> tuple[int | None, int | None]:
    """`7-9` is seven to nine, `7` is seven, `7-` is seven and above; the lower one comes first."""
    match = AGE_RANGE.fullmatch(span or "")
    if match is None:
        return None, None
    youngest = int(match[1])
    if "-" not in match[0]:
        return youngest, youngest
    if match[2] is None:
        return youngest, None
    return min(youngest, int(match[2])), max(youngest, int(match[2]))


def minutes(duration: str | None) -> int | None:
    """Whole minutes of an ISO 8601 duration, rounded up; none of one in months or years."""
    match = MINUTES.fullmatch(duration or "")
    if match is None:
        return None
    parts = {unit: int(number or 0) for unit, number in match.groupdict().items()}
    return min(ceil(timedelta(**parts) / timedelta(minutes=1)), MOST_MINUTES)


def day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None
