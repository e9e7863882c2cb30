"""The contracts with others are written down, only grow, and identify no child."""

import json
import re
from typing import Any, ClassVar
from uuid import UUID

import pytest
from openapi_spec_validator import validate

from deploy.contracts import CONTRACTS, breaches, events_of, openapi_of, schema_of, text_of
from gateway.documents.openapi import places, service_documents
from shared.contracts.base import Event
from shared.contracts.students.access import EVENT_CATEGORIES, FAMILYS_EVENTS
from tests.promised import promise
from tests.promises.sources import SERVICES, guilty

TYPE = re.compile(r"(partners|students|resources|outcomes)\.[a-z-]+\.[a-z-]+\.v[1-9][0-9]?")
# All that an event may say of a child: ids, states, dates of happenings, numbers. A field is added
# here only by somebody who has asked whether a stranger could tell from it who the child is.
OF_CHILDREN = frozenset({
    "amendment_id", "begins_at", "emergency_id", "ended_at", "ends_at", "justified", "reviewed_at",
    "form_id", "request_id", "proposal_id", "possible_duplicate_id", "earlier_id",
    "classes", "erasure_id", "people", "rows",
    "as_of", "assignment_id", "audience", "category", "has_statement", "note_id", "statement",
    "attended", "begins_on", "categories", "changed_on", "class_id",
    "happened_at", "link", "own_id", "receipt_due", "record_id", "retracted_at", "retraction_id",
    "withdrawn_at",
    "what", "why",
    "collection_id", "consent_id", "counts", "ends_on", "partner_kind", "purpose",
    "days_attended", "days_enrolled", "delivered_minutes", "denominator", "due_on",
    "engagement_id", "finished_on", "grade", "held_on", "holds", "import_id", "kind", "marked",
    "measure", "minutes", "numerator", "partner_id", "planned_minutes", "previous_stage",
    "program_id", "resource_id", "school_id", "school_year", "session_id", "sessions_attended",
    "sessions_planned", "source", "stage", "status", "student_id", "use_id", "used_at",
    "referral_id", "state", "outcome", "decline_reason", "expires_on",
    "calendar_id", "divided", "hundredths_attended", "schools",
    "at", "day", "hash", "head_id", "seq",  # of the disclosure log, and of no child
})  # fmt: skip

TOLD_TO_NOBODY = {
    "students.amendment.changed.v1",
    "outcomes.child.erased.v1",
    "partners.child.erased.v1",
    "resources.child.erased.v1",
    "students.erasure.certified.v1",
    "students.student.erased.v1",
    "students.note.withdrawn.v1",
    "students.note.written.v1",
    "students.possible-duplicate.changed.v1",
    "students.retraction.withdrawn.v1",
    "students.sharing.retracted.v1",
    "students.sharing.told.v1",
}
"""Events about a child that are the services' own, or are what a partner is told already."""
SAID = {*EVENT_CATEGORIES, *FAMILYS_EVENTS, *TOLD_TO_NOBODY}


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def test_every_event_is_named_by_service_noun_and_occurrence_and_is_explained(
    service: str,
) -> None:
    found = []
    for kind, event in events_of(service).items():
        where = f"{event.__module__}.{event.__qualname__}"
        if not TYPE.fullmatch(kind):
            found.append(f"{where}: {kind} is not service.noun.happened.vN")
        if not event.__module__.startswith(f"shared.contracts.{service}."):
            found.append(f"{where}: {kind} is another service's")
        if not (event.__doc__ or "").strip() or event.__doc__ == Event.__doc__:
            found.append(f"{where} has no docstring")
    guilty(found)


@promise("Events", "Within a version an event only grows.")
def test_the_committed_schema_of_every_event_is_that_of_the_code(service: str) -> None:
    found = []
    for kind, event in events_of(service).items():
        path = CONTRACTS / "events" / f"{kind}.json"
        if not path.exists():
            found.append(f"{kind} is not written down: make contracts")
            continue
        written = json.loads(path.read_text())
        found += [
            f"{kind}{breach}; make it a new version"
            for breach in breaches(written, schema_of(event))
        ] or ([f"{kind} has grown: make contracts"] if written != schema_of(event) else [])
    guilty(found)


def test_every_event_that_was_promised_still_exists() -> None:
    guilty([
        f"{path.stem} is promised in docs/contracts but has no class"
        for path in sorted((CONTRACTS / "events").glob("*.json"))
        if path.stem not in events_of()
    ])  # fmt: skip


@promise("The house", "The committed descriptions of the services are the code's.")
def test_the_committed_description_of_each_service_is_that_of_the_code(service: str) -> None:
    path = CONTRACTS / "openapi" / f"{service}.json"
    assert path.exists(), f"services.{service} is not written down: make contracts"
    if path.read_text() != text_of(openapi_of(service)):
        pytest.fail(
            f"services.{service} answers otherwise than docs/contracts says: make contracts"
        )


@promise("The house", "The description of each service is good OpenAPI.")
def test_the_description_of_each_service_is_valid_openapi(service: str) -> None:
    validate(openapi_of(service))


@promise("Access and privacy", "Events about children carry ids, states, dates and numbers only.")
def test_events_about_children_hold_only_ids_states_dates_and_numbers() -> None:
    found = []
    for kind, event in events_of().items():
        schema = schema_of(event)
        if kind.startswith("students.") or "student_id" in schema["properties"]:
            found += [
                f"{event.__module__}.{event.__qualname__}.{name} is not among what may be said"
                for name in sorted(set(_names(schema)) - OF_CHILDREN)
            ]
    guilty(found)


def test_every_event_about_a_child_has_a_category_of_the_record() -> None:
    guilty([
        f"{kind} has no category in shared/contracts/students/access.py"
        for kind, event in events_of().items()
        if "student_id" in event.model_fields and kind not in SAID
    ])  # fmt: skip


def _names(schema: Any) -> list[str]:
    """Every field's name, at any depth."""
    if isinstance(schema, list):
        return [name for part in schema for name in _names(part)]
    if not isinstance(schema, dict):
        return []
    own = list(schema["properties"]) if isinstance(schema.get("properties"), dict) else []
    return own + [name for part in schema.values() for name in _names(part)]


class Promised(Event):
    """What was promised yesterday."""

    type: ClassVar[str] = "tests.thing.promised.v1"
    thing_id: UUID
    state: str
    count: int | None = None


OLD = Promised.model_json_schema()


def _without(name: str) -> dict[str, Any]:
    new: dict[str, Any] = json.loads(json.dumps(OLD))
    del new["properties"][name]
    new["required"] = [field for field in new["required"] if field != name]
    return new


def _with(name: str, schema: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    new: dict[str, Any] = json.loads(json.dumps(OLD))
    new["properties"][name] = schema
    new["required"] = [*new["required"], *([name] if required else [])]
    return new


def test_an_event_may_grow_by_an_optional_field_and_by_words() -> None:
    grown = _with("more", {"type": "string", "default": ""})
    grown["properties"]["state"]["description"] = "How it stands."
    assert breaches(OLD, grown) == []


@promise("Events", "Within a version an event only grows.")
@pytest.mark.parametrize(
    ("new", "why"),
    [
        (_without("state"), ".state: removed"),
        (_with("more", {"type": "string"}, required=True), ".more: required in one"),
        (_with("state", {"type": "integer"}), ".state: {'type': 'string'} became"),
        (_with("state", {"type": "string", "maxLength": 3}), ".state:"),
        (_with("state", {"type": "string", "enum": ["open"]}), ".state"),
        (_with("count", {"type": "integer"}), ".count:"),
    ],
    ids=["removed", "newly required", "retyped", "bounded", "closed", "no longer null"],
)
def test_an_event_may_not_change_in_any_other_way(new: dict[str, Any], why: str) -> None:
    [breach] = breaches(OLD, new)
    assert breach.startswith(why)


def test_an_enumeration_may_gain_a_value_and_never_lose_one() -> None:
    one, both = ({"properties": {"state": {"enum": e}}} for e in (["open"], ["open", "closed"]))
    assert breaches(one, both) == []
    assert breaches(both, one) == [".state: ['closed'] is no longer among its values"]


def test_every_noun_belongs_to_one_service() -> None:
    """Else the gateway, which passes requests on by their noun, would not start."""
    assert set(places(service_documents()).values()) == set(SERVICES)
