"""Completes the OpenAPI document where FastAPI says less than is true: every refusal is a problem
document, If-Match is required, a POST takes an Idempotency-Key, a public operation needs no token,
and an id in a path names its noun."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from shared.core.refusals import Problem
from shared.http.etags import IF_MATCH_PATTERN
from shared.http.idempotency import KEY
from shared.security.permissions import PERMISSIONS
from shared.security.principal import Role

REPLACED = ("HTTPValidationError", "ValidationError")
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A key of your choice. A request repeated with the same key within seven days gets"
    " the first answer again, and nothing is done twice.",
    "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
}
"""A parameter of each POST of a service (shared.http.route); the gateway passes it on."""


def with_problems(app: FastAPI, *, repeats: bool) -> None:
    """Makes the app's OpenAPI show the problem document in place of FastAPI's own 422 shape.
    `repeats`: whether its POSTs take an Idempotency-Key."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = generate()
            schemas = schema.setdefault("components", {}).setdefault("schemas", {})
            for name in REPLACED:
                schemas.pop(name, None)
            problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(problem.pop("$defs", {}))
            schemas["Problem"] = problem
            for method, operation in _operations(schema):
                if repeats and method == "post":
                    operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
                _require_if_match(operation)
                _explain_ids(operation)
                _open_what_is_public(operation)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


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
