"""Completes the OpenAPI document where FastAPI says less than is true: every refusal is a problem
document, If-Match is required, a POST takes an Idempotency-Key, a public operation needs no token,
an answer has headers, a default need not be sent, and ids and tags say what they mean.
"""

import sys
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from shared.core.refusals import Problem
from shared.http.etags import IF_MATCH_PATTERN
from shared.http.idempotency import KEY
from shared.security.permissions import PERMISSIONS
from shared.security.principal import Role

REPLACED = ("HTTPValidationError", "ValidationError")
SCHEMAS = "#/components/schemas/"
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A key of your choice. A request repeated with the same key within seven days gets"
    " the first answer again, and nothing is done twice.",
    "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
}
"""A parameter of each POST of a service (shared.http.route); the gateway passes it on."""
TEXT, WHOLE_NUMBER = {"type": "string"}, {"type": "integer", "minimum": 0}
HEADERS = {
    "ETag": {
        "description": "The version of what was read or changed, for If-Match (RFC 9110).",
        "schema": {"type": "string", "pattern": IF_MATCH_PATTERN},
    },
    "Idempotency-Replayed": {
        "description": "`true` where this is the first answer to the same Idempotency-Key.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Link": {
        "description": "The next page of a list (rel=next), and what goes along with an answer"
        " (RFC 8288).",
        "schema": TEXT,
    },
    "Location": {"description": "Where the import's job is read.", "schema": TEXT},
    "Retry-After": {
        "description": "After how many seconds a further request may be taken (RFC 9110).",
        "schema": WHOLE_NUMBER,
    },
    "WWW-Authenticate": {
        "description": "Where a client learns how people sign in (RFC 9728).",
        "schema": TEXT,
    },
}
"""The headers of answers, as components of the document."""
OF_REFUSALS = {"401": "WWW-Authenticate", "429": "Retry-After", "503": "Retry-After"}
ACCEPTED = "202"


def operation_id(route: APIRoute) -> str:
    """The name of the route's function, which is the name of a generated client's function, too."""
    return route.name


def complete_openapi(app: FastAPI, *, repeats: bool) -> None:
    """Makes the app's OpenAPI say all of the above. `repeats`: whether its POSTs take an
    Idempotency-Key."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = generate()
            components = schema.setdefault("components", {})
            schemas = components.setdefault("schemas", {})
            for name in REPLACED:
                schemas.pop(name, None)
            problem = Problem.model_json_schema(ref_template=SCHEMAS + "{model}")
            schemas.update(problem.pop("$defs", {}))
            schemas["Problem"] = problem
            components["headers"] = HEADERS
            schema["tags"] = _tags(app)
            for method, operation in _operations(schema):
                if repeats and method == "post":
                    operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
                _require_if_match(operation)
                _explain_ids(operation)
                _open_what_is_public(operation)
                _declare_headers(operation, schemas, repeated=repeats and method == "post")
            _require_discriminators(schemas)
            _say_defaults(schema, schemas)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _tags(app: FastAPI) -> list[dict[str, str]]:
    """Each tag with the first paragraph that its noun's package says of itself."""
    said: dict[str, str] = {}
    for route in iter_route_contexts(app.routes):
        if not getattr(route, "include_in_schema", False):
            continue
        module = route.endpoint.__module__
        package = module.removesuffix(".routes")
        words = " ".join((sys.modules[package].__doc__ or "").partition("\n\n")[0].split())
        for tag in map(str, route.tags):
            if tag not in said or package.rpartition(".")[2] == tag.replace("-", "_"):
                said[tag] = words
    return [{"name": tag, "description": words} for tag, words in sorted(said.items())]


def _operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in schema.get("paths", {}).values():
        yield from path.items()


def _require_if_match(operation: dict[str, Any]) -> None:
    """Marks If-Match as required. FastAPI shows it as optional, since the route itself answers 428
    where it is missing."""
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "header" and parameter["name"] == "if-match":
            parameter["required"] = True
            parameter["schema"] = {"type": "string", "pattern": IF_MATCH_PATTERN}
            parameter["example"] = '"3"'


def _explain_ids(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path" and parameter["name"].endswith("_id"):
            whose = parameter["name"].removesuffix("_id").replace("_", " ")
            parameter.setdefault("description", f"Id of the {whose}.")


def _open_what_is_public(operation: dict[str, Any]) -> None:
    """Shows an operation that the public role may call as one that also takes no token."""
    for needed in operation.get("security", [])[:1]:
        for scopes in needed.values():
            if not PERMISSIONS[Role.PUBLIC].isdisjoint(scopes):
                operation["security"] = [{}, *operation["security"]]


def _declare_headers(
    operation: dict[str, Any], schemas: dict[str, Any], *, repeated: bool
) -> None:
    """Declares the headers of each answer: Link, ETag where the answer has a version, Location of a
    job, and those of refusals."""
    for status, answer in operation["responses"].items():
        named = [OF_REFUSALS[status]] if status in OF_REFUSALS else []
        if status.startswith("2"):
            shape = _shape_of(answer, schemas)
            named += ["Link", "ETag"] if "version" in shape else ["Link"]
            named += ["Location"] if status == ACCEPTED else []
            named += ["Idempotency-Replayed"] if repeated else []
        for name in named:
            header = {"$ref": f"#/components/headers/{name}"}
            answer.setdefault("headers", {}).setdefault(name, header)


def _shape_of(answer: dict[str, Any], schemas: dict[str, Any]) -> set[str]:
    """The names of the properties of an answer; empty for one that is no object of a name."""
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return set(schemas.get(schema.get("$ref", "").removeprefix(SCHEMAS), {}).get("properties", ()))


def _require_discriminators(schemas: dict[str, Any]) -> None:
    """Requires the property by which a union is told apart in each of its members, as OpenAPI and
    the services do, also where its only value is its default."""
    for union in _within(schemas):
        told_by = union.get("discriminator", {}).get("propertyName")
        for member in union.get("oneOf", ()) if isinstance(told_by, str) else ():
            schema = schemas[member["$ref"].removeprefix(SCHEMAS)]
            schema["properties"][told_by].pop("default", None)
            schema["required"] = sorted({*schema.get("required", ()), told_by})


def _say_defaults(schema: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Writes the defaults of bodies in words. Generators of clients read `default` as a property
    that is always there, and then demand that a client sends it."""
    for name in reached([op.get("requestBody", {}) for _, op in _operations(schema)], schemas):
        for field in schemas[name].get("properties", {}).values():
            if "default" in field:
                default = field.pop("default")
                if default not in (None, [], {}):
                    said = field.get("description", "").rstrip(".")
                    field["description"] = f"{said + '. ' if said else ''}Default: `{default}`."


def reached(from_: Any, schemas: dict[str, Any]) -> set[str]:
    """The names of the schemas that these refer to, and of those that those refer to."""
    reached: set[str] = set()
    waiting = [from_]
    while waiting:
        for part in _within(waiting.pop()):
            name = str(part.get("$ref", "")).removeprefix(SCHEMAS)
            if name in schemas and name not in reached:
                reached.add(name)
                waiting.append(schemas[name])
    return reached


def _within(value: Any) -> Iterator[dict[str, Any]]:
    """Each object within a document, itself included."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _within(each)
    elif isinstance(value, list):
        for each in value:
            yield from _within(each)
