"""Writes `docs/contracts/` (each service's OpenAPI, each event's JSON Schema, the parameters of
its internal routes) and `docs/events.md` (the reactions to each event): `make contracts`.

An event's shape only grows. A change that would break a reader of yesterday's events, or
yesterday's reader, is refused here and in the suite; it needs a new class, `….v2`. An internal
route may not demand more than yesterday's gateway sends.
"""

import importlib
import json
import pkgutil
import sys
from pathlib import Path
from typing import Any

from deploy.events_page import PAGE, page, reactions_of_services
from deploy.internal_routes import demands, internal_routes_of
from shared.contracts.base import Event
from shared.persistence.migrations import SERVICES

CONTRACTS = Path(__file__).parents[1] / "docs" / "contracts"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
WORDS = frozenset({"title", "description", "examples", "default"})


def openapi_of(service: str) -> dict[str, Any]:
    """The OpenAPI document of a service. Raises what importing its app raises."""
    document: dict[str, Any] = importlib.import_module(f"services.{service}.app").app.openapi()
    return document


def events_of(*services: str) -> dict[str, type[Event]]:
    """Every event class by its type."""
    package = importlib.import_module("shared.contracts")
    for found in pkgutil.walk_packages(package.__path__, "shared.contracts."):
        importlib.import_module(found.name)
    return {
        kind: event
        for kind, event in sorted(Event.kinds.items())
        if kind.partition(".")[0] in (services or SERVICES)
        and event.__module__.startswith("shared.contracts.")
    }


def schema_of(event: type[Event]) -> dict[str, Any]:
    """The JSON Schema of an event."""
    return {"$schema": DRAFT, "$id": f"/contracts/{event.type}.json", **event.model_json_schema()}


def text_of(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def breaches(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """The reasons why `new` is not a mere addition to `old`; empty where it is."""
    return _breaches(old, new, old.get("$defs", {}), new.get("$defs", {}), "")


def _breaches(
    old: dict[str, Any], new: dict[str, Any], olds: dict[str, Any], news: dict[str, Any], at: str
) -> list[str]:
    old, new = _resolved(old, olds), _resolved(new, news)
    found = []
    if gone := [value for value in _values(old) if value not in _values(new)]:
        found.append(f"{at}: {gone} is no longer among its values")
    if _values(new) and not _values(old):
        found.append(f"{at}: only {_values(new)} from now on")
    if _rest(old) != _rest(new):
        found.append(f"{at}: {_rest(old)} became {_rest(new)}")
    for name, part in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            found.append(f"{at}.{name}: removed")
        else:
            found += _breaches(part, new["properties"][name], olds, news, f"{at}.{name}")
    for name in sorted(set(new.get("required", [])) ^ set(old.get("required", []))):
        if name in new.get("properties", {}):
            found.append(f"{at}.{name}: required in one of the two only")
    for place, (one, other) in _pairs(old, new).items():
        found += _breaches(one, other, olds, news, f"{at}{place}")
    return found


def _pairs(old: dict[str, Any], new: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    pairs = {}
    if "items" in old and "items" in new:
        pairs["[]"] = (old["items"], new["items"])
    if isinstance(old.get("additionalProperties"), dict) and isinstance(
        new.get("additionalProperties"), dict
    ):
        pairs["{}"] = (old["additionalProperties"], new["additionalProperties"])
    for n, both in enumerate(zip(old.get("anyOf", []), new.get("anyOf", []), strict=False)):
        pairs[f"|{n}"] = both
    return pairs


def _resolved(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    target = schema.get("$ref", "").rpartition("/")[2]
    return {**schema, **definitions[target]} if target else schema


def _values(schema: dict[str, Any]) -> list[Any]:
    return list(schema.get("enum", [schema["const"]] if "const" in schema else []))


def _rest(schema: dict[str, Any]) -> dict[str, Any]:
    """The parts of a schema that must not change: all but words, and but the parts that are
    compared one by one."""
    parts = {"properties", "required", "items", "enum", "const", "$defs", "$ref", "$schema"}
    rest = {key: value for key, value in schema.items() if key not in WORDS | parts}
    if "anyOf" in rest:
        rest["anyOf"] = len(rest["anyOf"])
    if isinstance(rest.get("additionalProperties"), dict):
        rest["additionalProperties"] = {}
    return rest


def write_events(folder: Path) -> list[str]:
    """Writes the schemas that are new or only added to; returns the refusals."""
    refused = []
    for kind, event in events_of().items():
        path = folder / f"{kind}.json"
        schema = schema_of(event)
        wrong = breaches(json.loads(path.read_text()), schema) if path.exists() else []
        if wrong:
            refused += [f"{kind}{breach}" for breach in wrong]
        else:
            path.write_text(text_of(schema))
    return refused


def write_openapi(folder: Path) -> list[str]:
    """Writes each service's document; returns those that could not be made."""
    failed = []
    for service in SERVICES:
        try:
            document = openapi_of(service)
        except Exception as error:
            failed.append(f"services.{service}: {type(error).__name__}: {error}")
            continue
        (folder / f"{service}.json").write_text(text_of(document))
    return failed


def write_internal(folder: Path) -> list[str]:
    """Writes the routes that demand no more than before; returns the refusals."""
    refused = []
    for service in SERVICES:
        path = folder / f"{service}.json"
        routes = internal_routes_of(service)
        wrong = demands(json.loads(path.read_text()), routes) if path.exists() else []
        refused += [f"services.{service}: {each}" for each in wrong]
        if not wrong:
            path.write_text(text_of(routes))
    return refused


def main() -> None:
    for name in ("events", "openapi", "internal"):
        (CONTRACTS / name).mkdir(parents=True, exist_ok=True)
    wrong = write_events(CONTRACTS / "events") + write_openapi(CONTRACTS / "openapi")
    wrong += write_internal(CONTRACTS / "internal")
    if wrong:
        sys.exit("\n".join(wrong))
    PAGE.write_text(page(events_of(), reactions_of_services()))


if __name__ == "__main__":
    main()
