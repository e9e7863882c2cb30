"""The AMB profile against its own schemas, and the resource that a document becomes."""

import copy
import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, FormatChecker
from pydantic import ValidationError
from referencing import Registry, Resource

from services.resources.exchange.amb import rules as amb
from services.resources.exchange.descriptions.rules import Fault, read
from services.resources.library.value_types import rules as terms
from shared.contracts.resources.resource import ResourceDraft
from tests.needs import DATA
from tests.resources.describing import described

FOLDER = DATA / "resources" / "amb"
SCHEMA_ORG = {
    "@context": "https://schema.org",
    "@type": "LearningResource",
    "name": "Ratios",
    "url": "https://library.example/ratios",
}


def examples(kind: str) -> list[Path]:
    return sorted((FOLDER / "examples" / kind).glob("*.json"))


def faults(document: Any) -> list[tuple[str, str]]:
    found = read(document)
    assert isinstance(found, list)
    return [(fault.field, fault.code) for fault in found]


def description(document: Any) -> ResourceDraft:
    found = read(document)
    assert isinstance(found, ResourceDraft), found
    return found


@cache
def profile() -> Draft7Validator:
    """The profile's schemas, with formats checked as RFC 3986 and RFC 3339 say. One departure,
    as its own documentation has it: a time may be without a zone."""
    schemas = [json.loads(path.read_text()) for path in (FOLDER / "schemas").glob("*.json")]
    registry: Registry[Any] = Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in schemas
    )
    checker = FormatChecker(formats=[])
    checker.checks("uri")(lambda v: not isinstance(v, str) or bool(terms.URI.fullmatch(v)))
    checker.checks("date", raises=ValueError)(
        lambda v: not isinstance(v, str) or (bool(date.fromisoformat(v)) and len(v) == 10)
    )
    checker.checks("date-time")(
        lambda v: not isinstance(v, str) or ("T" in v.upper() and _is_moment(v))
    )
    root = next(schema for schema in schemas if schema["$id"].endswith("/schema.json"))
    return Draft7Validator(root, registry=registry, format_checker=checker)


def _is_moment(value: str) -> bool:
    try:
        date.fromisoformat(value[:10])
    except ValueError:
        return False
    clock = r"T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)?"
    return bool(re.fullmatch(clock, value[10:], re.IGNORECASE | re.ASCII))


@pytest.mark.needs("data")
@pytest.mark.parametrize("path", examples("valid"), ids=lambda path: path.stem)
def test_every_valid_example_of_the_profile_is_accepted(path: Path) -> None:
    assert description(json.loads(path.read_text())).name


@pytest.mark.needs("data")
@pytest.mark.parametrize("path", examples("invalid"), ids=lambda path: path.stem)
def test_every_invalid_example_is_refused_where_the_profile_refuses_it(path: Path) -> None:
    document = json.loads(path.read_text())
    ours = {re.split(r"[.\[]", field.removeprefix("$."))[0] for field, _ in faults(document)}
    theirs = {
        str(error.absolute_path[0]) if error.absolute_path else error.message.split("'")[1]
        for error in profile().iter_errors(document)
    }
    assert ours == theirs


def _paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    below = [
        path
        for key, each in inner
        for path in (
            _paths(each, (*here, key)) if isinstance(each, dict | list) else [(*here, key)]
        )
    ]
    return [here, *below] if here else below


ODD = st.sampled_from(
    [
        None, True, 0, 1.5, "", "text", "de", "LearningResource", "https://example.org/x", [], {},
        [[]], [{}], ["text"], [{"id": "https://example.org/x"}], {"id": "https://example.org/x"},
        {"de": "x"}, {"xx": "y"}, "2020-02-30", "2020-02-29", "2020-02-29T10:00:00",
        "2020-02-29T10:00:00Z", "PT5M", "P", "1", "١", "text\n",
    ]
)  # fmt: skip


@pytest.mark.needs("data")
@settings(max_examples=600, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_document_changed_anywhere_is_judged_as_the_profile_judges_it(data: Any) -> None:
    document = json.loads(data.draw(st.sampled_from(examples("valid"))).read_text())
    for _ in range(data.draw(st.integers(1, 2))):
        place = data.draw(st.sampled_from(_paths(document)))
        inside = document
        for step in place[:-1]:
            inside = inside[step]
        if data.draw(st.booleans()):
            inside[place[-1]] = copy.deepcopy(data.draw(ODD))
        else:
            del inside[place[-1]]
    if document.get("name") == "":
        return  # stricter than the profile: a resource has a name
    assert _accepted(document) == profile().is_valid(document), document


def _accepted(document: Any) -> bool:
    try:
        amb.Description.model_validate(document)
    except ValidationError:
        return False
    return True


@pytest.mark.needs("data")
def test_the_lists_of_types_and_languages_are_those_of_the_profile() -> None:
    types = json.loads((FOLDER / "schemas" / "type.json").read_text())["items"]["enum"]
    languages = json.loads((FOLDER / "schemas" / "language.json").read_text())["enum"]
    assert (set(types), set(languages)) == (amb.TYPES, terms.LANGUAGES)


@pytest.mark.parametrize(
    "moment", ["2020-07-03T10:00:00", "2020-07-03T10:00:00Z", "2020-07-03T23:59:59+02:00"]
)
def test_a_time_counts_by_its_day_as_written_and_needs_no_zone(
    moment: str,
) -> None:
    assert description(described(dateCreated=moment)).date_created == date(2020, 7, 3)


@pytest.mark.parametrize("when", ["2020-02-30", "03.07.2020", "2020-07-03T25:00:00", "2020", ""])
def test_an_impossible_date_is_refused_with_its_path(when: str) -> None:
    assert faults(described(dateCreated=when)) == [("$.dateCreated", "date")]


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"name": "a\x00b"}, ("$.name", "nul-character")),
        ({"name": ""}, ("$.name", "string-too-short")),
        ({"description": "x" * 5_000_000}, ("$.description", "string-too-long")),
        ({"id": "javascript:alert(1)"}, ("$.id", "uri-scheme")),
        ({"id": "no address"}, ("$.id", "uri")),
        ({"keywords": ["ok", 3]}, ("$.keywords[1]", "string-type")),
        ({"image": None}, ("$.image", "null")),
        ({"typicalAgeRange": "old"}, ("$.typicalAgeRange", "age-range")),
    ],
)
def test_a_fault_is_named_with_its_path_and_a_code(
    terms: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert faults(described(**terms)) == [expected]


@pytest.mark.parametrize("document", [None, 1, "x", [], {}, {"@context": None}])
def test_a_document_that_is_no_description_is_refused(document: Any) -> None:
    assert all(isinstance(fault, Fault) for fault in read(document))
    assert faults(document)


def test_concepts_become_words_in_english_or_in_the_documents_own_language() -> None:
    subject = "http://w3id.org/kim/schulfaecher/s1017"
    labels = [
        ({"de": "Mathematik", "en": "Mathematics"}, "Mathematics"),
        ({"de": "Mathematik", "fr": "Mathématiques"}, "Mathematik"),
        ({"fr": "Mathématiques"}, "Mathématiques"),
        (None, "s1017"),
    ]
    for label, expected in labels:
        concept = {"id": subject} | ({"prefLabel": label} if label else {})
        context = [amb.CONTEXT, {"@language": "de"}]
        found = description({**described(about=[concept]), "@context": context})
        assert (found.about, found.about_ids) == ([expected], [subject])


def test_a_loose_schema_org_description_is_accepted() -> None:
    found = description(
        SCHEMA_ORG
        | {
            "about": "Mathematics",
            "keywords": "ratio, proportion",
            "educationalLevel": ["Grade 6", {"@type": "DefinedTerm", "name": "7th grade"}],
            "audience": {"@type": "EducationalAudience", "educationalRole": "Teacher"},
            "learningResourceType": "Lesson Plan",
            "license": "https://creativecommons.org/licenses/by/4.0/",
            "inLanguage": "en-US",
            "timeRequired": "PT1H30M",
            "typicalAgeRange": "11-13",
            "author": {"@type": "Person", "name": "A. Author"},
            "educationalAlignment": {
                "@type": "AlignmentObject",
                "alignmentType": "teaches",
                "targetUrl": "https://case.example/items/1",
            },
        }
    )
    assert found.about == ["Mathematics"]
    assert found.keywords == ["ratio", "proportion"]
    assert found.grades == ["06", "07"]
    assert (found.audience, found.learning_resource_type) == (["teacher"], ["lessonPlan"])
    assert (found.in_language, found.time_required_minutes) == (["en"], 90)
    assert (found.typical_age_min, found.typical_age_max) == (11, 13)
    assert (found.creator, found.teaches) == (["A. Author"], ["https://case.example/items/1"])


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"@type": "Recipe"}, ("$.@type", "type")),
        ({"url": "javascript:alert(1)"}, ("$.url", "uri-scheme")),
        ({"about": {"@type": "Thing"}}, ("$.about[0]", "missing")),
        ({"inLanguage": "no language!"}, ("$.inLanguage[0]", "language")),
        ({"timeRequired": "an hour"}, ("$.timeRequired", "duration")),
    ],
)
def test_a_faulty_schema_org_description_is_refused_with_the_path(
    terms: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert faults(SCHEMA_ORG | terms) == [expected]


def test_a_description_of_neither_context_is_refused() -> None:
    document = {**SCHEMA_ORG, "@context": "https://elsewhere.example"}
    assert ("$.@context", "list-type") in faults(document)
