"""OpenAPI says of every refusal what it is: a problem document."""

from typing import Any

from fastapi import FastAPI

from shared.refusals import Problem

REPLACED = ("HTTPValidationError", "ValidationError")


def with_problems(app: FastAPI) -> None:
    """FastAPI's own 422 shape is not what is answered; the problem document is."""
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
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
