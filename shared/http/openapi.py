"""OpenAPI says what is so where FastAPI would say less: of every refusal that it is a problem
document, of If-Match that it is required, of a POST that it takes an Idempotency-Key, of what is
public that it needs no token, and of an id in an address whose it is."""

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
    "description": "Of your own. Sent again with it within seven days, the request gets its first"
    " answer again and nothing is done twice.",
    "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
}
"""Of each POST of a service (shared.http.route); the gateway passes it on."""


def with_problems(app: FastAPI, *, repeats: bool) -> None:
    """FastAPI's own 422 shape is not what is answered; the problem document is. `repeats`: whether its
    POSTs take an Idempotency-Key."""
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
    """FastAPI would refuse a missing header with 422; ours is a 428, so it thinks it optional."""
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
    """Whose permission nobody in particular has too, is asked with a token or without."""
    for needed in operation.get("security", [])[:1]:
        for scopes in needed.values():
            if not PERMISSIONS[Role.PUBLIC].isdisjoint(scopes):
                operation["security"] = [{}, *operation["security"]]
