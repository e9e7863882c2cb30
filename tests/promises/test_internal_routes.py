"""The gateway of the release before is understood by the services of this one."""

import json

import pytest

from deploy.contracts import CONTRACTS, text_of
from deploy.internal_routes import demands, internal_routes_of
from tests.promised import promise
from tests.promises.sources import SERVICES, guilty

OLD = {"GET /internal/visible": {"query ids": True, "query category": False}}


@promise(
    "Events",
    "The services understand the gateway of the release before: no internal route asks for more "
    "than it brings.",
)
@pytest.mark.parametrize("service", SERVICES)
def test_internal_routes_require_no_more_than_the_gateway_of_the_release_before_sends(
    service: str,
) -> None:
    path = CONTRACTS / "internal" / f"{service}.json"
    assert path.exists(), f"services.{service} is not written down: make contracts"
    written, routes = json.loads(path.read_text()), internal_routes_of(service)
    guilty(demands(written, routes))
    assert path.read_text() == text_of(routes), (
        f"services.{service} understands more: make contracts"
    )


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ({}, "GET /internal/visible is gone"),
        ({"query category": False}, "GET /internal/visible: query ids is gone"),
        ({"query ids": True, "query category": True},
         "GET /internal/visible: query category is required, and was not"),
        ({"query ids": True, "query category": False, "query more": True},
         "GET /internal/visible: query more is required, and was not"),
    ],
    ids=["route gone", "parameter gone", "newly required", "new and required"],
)  # fmt: skip
def test_a_requirement_that_the_gateway_of_the_release_before_does_not_meet_is_found(
    new: dict[str, bool], why: str
) -> None:
    assert demands(OLD, {"GET /internal/visible": new} if new else {}) == [why]


def test_a_route_and_an_optional_parameter_may_be_added_and_a_required_one_loosened() -> None:
    new = {"query ids": False, "query category": False, "query more": False}
    assert demands(OLD, {"GET /internal/visible": new, "GET /internal/more": {"a": True}}) == []


def test_required_fields_are_found_in_query_and_body() -> None:
    """Else the comparison could not fail."""
    students, partners = internal_routes_of("students"), internal_routes_of("partners")
    assert students["GET /internal/visible"]["query ids"] is True
    assert partners["POST /internal/invitations/acceptance"]["body secret"] is True
