"""The documents explain every parameter to people who connect a client."""

from typing import Any

import pytest

from deploy.contracts import openapi_of
from gateway.app import app
from tests.promised import promise
from tests.promises.sources import SERVICES, guilty


def unexplained(document: dict[str, Any]) -> list[str]:
    return [
        f"{method.upper()} {path}: {parameter['name']} has no description"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        for parameter in operation.get("parameters", ())
        if not parameter.get("description", "").strip()
    ]


@promise("The house", "Every parameter is explained.")
@pytest.mark.parametrize("service", SERVICES)
def test_every_parameter_of_a_service_is_explained(service: str) -> None:
    guilty(unexplained(openapi_of(service)))


@promise("The house", "Every parameter is explained.")
def test_every_parameter_of_the_gateways_own_routes_is_explained() -> None:
    guilty(unexplained(app.openapi()))


def test_a_parameter_without_an_explanation_is_found() -> None:
    """Else the promise could not fail."""
    bare, blank = {"name": "bare"}, {"name": "blank", "description": " "}
    told = {"name": "told", "description": "What it means."}
    operation = {"parameters": [bare, blank, told]}
    assert unexplained({"paths": {"/v1/things": {"get": operation}}}) == [
        "GET /v1/things: bare has no description",
        "GET /v1/things: blank has no description",
    ]
