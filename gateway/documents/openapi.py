"""The platform's documents for developers: one OpenAPI for all services, one AsyncAPI for all
events.

The services' own OpenAPI is read from the committed contracts, so that the gateway knows the routes
of a service that is down.
"""

import importlib
import json
import pkgutil
from functools import cache
from pathlib import Path
from typing import Any

import shared.contracts
from gateway.documents.asking_headers import say_who_asks
from shared.contracts.base import Event
from shared.contracts.students.sharing import TOLD_TO_PARTNERS
from shared.core.refusals import NotFound
from shared.core.settings import Settings
from shared.http.openapi import reached

CONTRACTS = Path(__file__).parents[2] / "docs" / "contracts"
SCHEMAS = "#/components/schemas/"
DESCRIPTION = """\
Partners, students, resources and outcomes behind one address.

- **Errors** are RFC 9457 problem documents with a stable `code`, and `errors` that name each field.
- **Changes** say with `If-Match` which version they change: the `ETag` of the answer that was read.
  412 `version-stale` means it has changed since; read it again. `If-None-Match` with it answers 304
  where the answer is the same for every caller.
- **Retries**: a POST may carry an `Idempotency-Key` of your own. Sent again within seven days it gets
  the first answer again, with `Idempotency-Replayed: true`, and nothing is done twice.
- **Lists** have `limit` (200 at most) and `next`: give it as `cursor`, or follow the `Link` header.
  `id`, repeated, reads many at once where a list takes it.
- **Names** stand beside ids, as `school_name` beside `school_id`. A child's name is null where its
  identity is withheld from the caller. `GET /v1/accounts` names the staff behind ids of accounts.
- **Who asks**: see `GET /v1/me`. `Acting-As` names one of several memberships; `Purpose` names the
  purpose of a partner's request.
- **Browsers** of other origins may call where the operator names the origin.
"""
ENVELOPE = {
    "type": "object",
    "description": "CloudEvents 1.0, structured JSON",
    "required": ["specversion", "id", "source", "type", "subject", "time", "aggregateversion",
                 "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "format": "uuid"},
        "source": {"type": "string"},
        "subject": {"type": "string", "format": "uuid", "description": "The aggregate."},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "dataschema": {
            "type": "string",
            "format": "uri-reference",
            "description": "Where the gateway serves the JSON Schema of `data`. Events of an earlier"
                           " release that are still in a stream have its path alone.",
        },
        "aggregateversion": {
            "type": "integer",
            "minimum": 1,
            "description": "Consecutive per aggregate.",
        },
        "traceparent": {"type": "string"},
    },
}  # fmt: skip


def service_documents() -> dict[str, dict[str, Any]]:
    found = sorted((CONTRACTS / "openapi").glob("*.json"))
    return {file.stem: json.loads(file.read_text()) for file in found}


def places(documents: dict[str, dict[str, Any]]) -> dict[str, str]:
    """`/v1/<noun>/…` -> service, by the noun. Raises ValueError where two services claim one."""
    owners: dict[str, str] = {}
    for service, document in documents.items():
        for path in document["paths"]:
            noun = path.split("/")[2]
            if noun == "imports":
                continue
            if owners.setdefault(noun, service) != service:
                raise ValueError(f"/v1/{noun} is claimed by {owners[noun]} and {service}")
    return owners


def merged_openapi(
    own: dict[str, Any], documents: dict[str, dict[str, Any]], settings: Settings
) -> dict[str, Any]:
    """The gateway's own routes and those of all services as one document. Schemas of the same name
    and different shape get their service's name as a prefix."""
    merged = {
        "openapi": "3.1.0",
        "info": {
            "title": "Education Partnership Platform",
            "version": "1",
            "description": DESCRIPTION,
            "contact": {"name": "The operator of this platform", "url": settings.public_url},
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": settings.public_url}],
        "tags": [],
        "paths": {},
        "components": {
            "schemas": {},
            "headers": {},
            "securitySchemes": {"principal": {"type": "http", "scheme": "bearer"}},
        },
    }
    for name, document in {"gateway": own, **documents}.items():
        _add(merged, name, document)
    say_who_asks(merged)
    _say_permissions(merged)
    _keep_what_is_used(merged)
    _title_as_named(merged)
    return merged


def _add(merged: dict[str, Any], service: str, document: dict[str, Any]) -> None:
    taken = merged["components"]["schemas"]
    mine = document.get("components", {}).get("schemas", {})
    renamed = {
        name: f"{service.capitalize()}{name}"
        for name, schema in mine.items()
        if name in taken and taken[name] != schema
    }
    text = json.dumps({"paths": document["paths"], "schemas": mine})
    for name, new in renamed.items():
        text = text.replace(f'"{SCHEMAS}{name}"', f'"{SCHEMAS}{new}"')
    moved = json.loads(text)
    for name, schema in moved["schemas"].items():
        taken[renamed.get(name, name)] = schema
    merged["components"]["headers"] |= document["components"]["headers"]
    for path, operations in moved["paths"].items():
        merged["paths"].setdefault(path, operations)
    known = {tag["name"] for tag in merged["tags"]}
    merged["tags"] += [tag for tag in document["tags"] if tag["name"] not in known]


def _say_permissions(merged: dict[str, Any]) -> None:
    """Says in words which permission an operation needs. A bearer token has no scopes that a
    client could ask for: the role of the membership gives the permissions (`GET /v1/me`)."""
    for operations in merged["paths"].values():
        for operation in operations.values():
            needed = operation.setdefault("security", [{}, {"principal": []}])
            scopes = [scope for each in needed for scope in each.get("principal", ())]
            if scopes:
                operation["security"] = [{name: [] for name in each} for each in needed]
                said = " or ".join(f"`{scope}`" for scope in scopes)
                operation["description"] += f"\n\nPermission: {said}."


def _keep_what_is_used(merged: dict[str, Any]) -> None:
    """Drops the schemas that nothing refers to, such as those that a service's shape replaced."""
    schemas = merged["components"]["schemas"]
    used = reached([merged["paths"], merged["components"]["parameters"]], schemas)
    merged["components"]["schemas"] = {name: schemas[name] for name in schemas if name in used}


def _title_as_named(merged: dict[str, Any]) -> None:
    """Sets each title to the schema's name. A client generator names classes by title and drops
    duplicates: of schemas renamed here, and of those that FastAPI splits into `-Input` and
    `-Output`."""
    for name, schema in merged["components"]["schemas"].items():
        schema["title"] = name.replace("-", "")


def event_kinds() -> dict[str, type[Event]]:
    """Every event class, by type."""
    for module in pkgutil.walk_packages(shared.contracts.__path__, "shared.contracts."):
        importlib.import_module(module.name)
    return dict(sorted(Event.kinds.items()))


@cache
def _event_schemas() -> dict[str, dict[str, Any]]:
    found = sorted((CONTRACTS / "events").glob("*.json"))
    return {file.stem: json.loads(file.read_text()) for file in found}


def event_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of an event's `data`, as committed. Raises `event-unknown`."""
    if kind not in _event_schemas():
        raise NotFound("event-unknown", "There is no such event.")
    return _event_schemas()[kind]


def channel_of(kind: str) -> str:
    return kind.replace(".", "_").replace("-", "_")


def message(event: type[Event], head: str = "CloudEvent") -> tuple[dict[str, Any], dict[str, Any]]:
    """The event as a message, and the schemas of its data; `head` is the schema of its envelope."""
    name = channel_of(event.type)
    data = _undiscriminated(event.model_json_schema(ref_template=SCHEMAS + name + "_{model}"))
    schemas = {f"{name}_{inner}": schema for inner, schema in data.pop("$defs", {}).items()}
    envelope = {"type": {"const": event.type}, "data": {"$ref": SCHEMAS + name}}
    return {
        "name": event.type,
        "title": event.__name__,
        "summary": " ".join((event.__doc__ or "").split()),
        "contentType": "application/cloudevents+json",
        "payload": {"allOf": [{"$ref": SCHEMAS + head}, {"properties": envelope}]},
    }, {**schemas, name: data}


def _undiscriminated(schema: Any) -> Any:
    """The schema without OpenAPI's `discriminator`, which AsyncAPI spells differently. Each variant
    has a constant that distinguishes it."""
    if isinstance(schema, dict):
        return {k: _undiscriminated(v) for k, v in schema.items() if k != "discriminator"}
    return [_undiscriminated(each) for each in schema] if isinstance(schema, list) else schema


def received(channels: dict[str, Any]) -> dict[str, Any]:
    """AsyncAPI's operations: the reader of the document receives the messages of each channel."""
    return {
        f"receive_{name}": {"action": "receive", "channel": {"$ref": f"#/channels/{name}"}}
        for name in channels
    }


def asyncapi() -> dict[str, Any]:
    """AsyncAPI 3 of every event between the services, from the classes with which they publish."""
    channels, messages, schemas = {}, {}, dict[str, Any]()
    for kind, event in event_kinds().items():
        if event in TOLD_TO_PARTNERS:
            continue
        name = channel_of(kind)
        messages[name], own = message(event)
        schemas |= own
        channels[name] = {
            "address": f"{kind}.{{aggregate_id}}",
            "parameters": {"aggregate_id": {"description": "UUID of the aggregate"}},
            "messages": {name: {"$ref": f"#/components/messages/{name}"}},
        }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Education Partnership Platform: events",
            "version": "1",
            "description": "Every change that has a meaning, delivered at least once, in order"
            " per aggregate.",
        },
        "defaultContentType": "application/cloudevents+json",
        "servers": {
            "broker": {
                "host": "broker:4222",
                "protocol": "nats",
                "description": "Inside the platform's own network. Partners' systems receive"
                " events in streams of their own: /asyncapi-partners.json.",
            }
        },
        "channels": channels,
        "operations": received(channels),
        "components": {"messages": messages, "schemas": {"CloudEvent": ENVELOPE, **schemas}},
    }
