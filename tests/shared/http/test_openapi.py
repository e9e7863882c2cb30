"""The documents describe requests as the services require them."""

from typing import Any

import pytest

from deploy.contracts import openapi_of
from shared.security.principal import Role
from tests.access.roles import table
from tests.promises.sources import SERVICES


def operations(service: str) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in openapi_of(service)["paths"].items()
        for method, operation in methods.items()
    }


@pytest.mark.parametrize("service", SERVICES)
def test_a_public_operation_needs_no_token_in_the_document(service: str) -> None:
    public = {
        route for route, roles in table()[service].items()
        if Role.PUBLIC in roles and "/internal/" not in route
    }  # fmt: skip
    open_ones = {
        route for route, operation in operations(service).items() if {} in operation["security"]
    }
    assert open_ones == public


@pytest.mark.parametrize("service", SERVICES)
def test_the_document_requires_if_match_where_the_service_does(service: str) -> None:
    taken = 0
    for route, operation in operations(service).items():
        for parameter in operation.get("parameters", []):
            if parameter["name"] == "if-match":
                taken += 1
                assert parameter["required"], route
                assert parameter["schema"]["pattern"] == '^"[0-9]{1,9}"$', route
                assert "428" in operation["responses"], route
    assert taken


@pytest.mark.parametrize("service", SERVICES)
def test_every_post_and_no_other_operation_takes_an_idempotency_key_in_the_document(
    service: str,
) -> None:
    taking = {
        route for route, operation in operations(service).items()
        if any(each["name"] == "Idempotency-Key" for each in operation.get("parameters", []))
    }  # fmt: skip
    assert taking == {route for route in operations(service) if route.startswith("POST ")}
