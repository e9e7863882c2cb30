"""Rules that hold for every route: permission, answer, paging and refusals."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts

from shared.contracts.role import SOMEBODY, Role
from shared.security.permissions import DEEDS, PERMISSIONS, Permission
from tests.promised import promise
from tests.promises.sources import SERVICES, guilty

OWN = {"/health", "/ready", "/metrics", "/openapi.json", "/docs/oauth2-redirect"}
LISTS = {"limit", "cursor"}
# Lists that are bounded by what they are about, each with its bound.
WHOLE = {
    "/v1/outcomes": "the seven outcomes",
    "/v1/agreements/templates": "the common cases",
    "/v1/students/{student_id}/contacts": "as many as one child has",
    "/v1/referrals/{referral_id}/family-contacts": "as many as one child has",
}
# Changes of no version: each mark of a roll is a fact of its own, and the last one said counts.
ROLLS = {
    "/v1/sessions/{session_id}/attendance",
    "/v1/schools/{school_id}/attendance/{day}",
    "/v1/classes/{class_id}/attendance/{day}",
    "/v1/students/{student_id}/attendance/days/{day}",
}
EVERY_REFUSAL = {400, 401, 403, 413, 422, 429, 503}
CHANGES = {"PUT", "PATCH", "DELETE"}


@dataclass(frozen=True)
class Route:
    service: str
    method: str
    path: str
    known: Any

    def __str__(self) -> str:
        return f"services.{self.service}: {self.method} {self.path}"

    @property
    def scopes(self) -> set[str]:
        return {scope for part in self.parts() for scope in part.own_oauth_scopes or []}

    @property
    def queries(self) -> set[str]:
        return {field.alias for part in self.parts() for field in part.query_params}

    @property
    def headers(self) -> set[str]:
        return {field.alias.lower() for part in self.parts() for field in part.header_params}

    @property
    def answers_with_a_list(self) -> bool:
        model = self.known.response_model
        return self.method == "GET" and (
            "Page[" in str(model) or getattr(model, "__origin__", None) in {list, set, tuple}
        )

    def parts(self) -> Iterator[Any]:
        waiting = [self.known.dependant]
        while waiting:
            part = waiting.pop()
            yield part
            waiting += part.dependencies


@pytest.fixture(params=SERVICES)
def routes(request: pytest.FixtureRequest) -> list[Route]:
    return routes_of(request.param)


@pytest.fixture
def public(routes: list[Route]) -> list[Route]:
    return [route for route in routes if not route.path.startswith("/internal/")]


def routes_of(service: str) -> list[Route]:
    app = importlib.import_module(f"services.{service}.app").app
    return [
        Route(service, method, context.path, context)
        for context in iter_route_contexts(app.routes)
        if context.path not in OWN
        for method in sorted(context.methods or ())
    ]


@promise("Access and privacy", "Every route declares the permission of its callers.")
def test_every_route_declares_a_permission(routes: list[Route]) -> None:
    guilty([f"{route} declares no permission" for route in routes if not route.scopes])


def test_every_permission_belongs_to_a_route_and_to_a_role() -> None:
    asked = {
        scope for service in SERVICES for route in routes_of(service) for scope in route.scopes
    }
    given = set().union(*PERMISSIONS.values())
    guilty(
        [
            f"{permission} is asked for by no route"
            for permission in sorted(set(Permission) - asked)
        ]
        + [f"{permission} is given to no role" for permission in sorted(set(Permission) - given)]
    )


def test_every_permission_and_every_role_has_its_words() -> None:
    assert set(DEEDS) == set(Permission)
    assert set(SOMEBODY) == set(Role)


def test_internal_routes_are_for_the_gateway_and_not_in_the_public_description(
    routes: list[Route],
) -> None:
    found = []
    for route in routes:
        if route.path.startswith("/internal/") == route.known.include_in_schema:
            found.append(f"{route} is in the wrong description")
        if not route.path.startswith(("/internal/", "/v1/")):
            found.append(f"{route} is neither under /v1 nor under /internal")
    guilty(found)


@promise("The house", "Every answer is typed.")
def test_every_route_has_a_typed_answer(routes: list[Route]) -> None:
    guilty([
        f"{route} answers with {route.known.response_model}"
        for route in routes
        if route.known.response_model in {None, Any, dict, list}
        and route.known.status_code != 204
        and getattr(route.known.response_class, "media_type", "") != "text/event-stream"
        and not _streams(route)
    ])  # fmt: skip


def _streams(route: Route) -> bool:
    """Says itself in its 200 what it sends."""
    described = route.known.responses.get(200, {}).get("content", {})
    return bool(described)


@promise("The house", "Every list goes on by limit and cursor.")
def test_every_list_is_paged_by_limit_and_cursor(public: list[Route]) -> None:
    guilty([
        f"{route} answers with a list but takes no {' and no '.join(sorted(LISTS - route.queries))}"
        for route in public
        if route.answers_with_a_list and not route.queries >= LISTS and route.path not in WHOLE
    ])  # fmt: skip


@promise("The house", "Every change names the version that it changes.")
def test_every_change_names_the_version_that_it_changes(public: list[Route]) -> None:
    guilty([
        f"{route} takes no If-Match"
        for route in public
        if route.method in CHANGES and "if-match" not in route.headers and route.path not in ROLLS
    ])  # fmt: skip


def test_a_route_that_takes_if_match_declares_its_refusals(public: list[Route]) -> None:
    guilty([
        f"{route} does not declare {sorted({412, 428} - set(route.known.responses))}"
        for route in public
        if "if-match" in route.headers and not {412, 428} <= set(route.known.responses)
    ])  # fmt: skip


def test_every_public_route_declares_the_refusals_every_route_has(public: list[Route]) -> None:
    guilty([
        f"{route} does not declare {sorted(EVERY_REFUSAL - set(route.known.responses))}"
        for route in public
        if not set(route.known.responses) >= EVERY_REFUSAL
    ])  # fmt: skip


def test_a_route_about_one_thing_declares_a_404(public: list[Route]) -> None:
    guilty([
        f"{route} does not declare 404"
        for route in public
        if "{" in route.path and 404 not in route.known.responses
    ])  # fmt: skip


def test_every_public_route_is_explained(public: list[Route]) -> None:
    guilty([f"{route} has no words" for route in public if not _explained(route)])


def _explained(route: Route) -> bool:
    return bool(route.known.description or route.known.summary)


def test_no_two_services_claim_the_same_addresses() -> None:
    """The gateway passes `/v1/<noun>/…` on by the noun alone."""
    owners: dict[str, set[str]] = {}
    for service in SERVICES:
        for route in routes_of(service):
            parts = route.path.split("/")
            if parts[1] == "v1" and parts[2] != "imports":
                owners.setdefault(parts[2], set()).add(service)
    guilty(
        [f"/v1/{noun} is claimed by {sorted(by)}" for noun, by in owners.items() if len(by) > 1]
    )
