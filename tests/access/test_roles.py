"""Every route × every role, on the real services."""

import pytest

from shared.security.principal import Role
from tests.access.roles import admitted, named, table
from tests.houses import House
from tests.promised import promise
from tests.promises.sources import SERVICES, guilty
from tests.promises.test_routes import routes_of


@promise("Access and privacy", "A new route is in the table of roles, or the suite fails.")
@pytest.mark.parametrize("service", SERVICES)
def test_every_route_is_in_the_table_and_no_other(service: str) -> None:
    there, said = {named(route) for route in routes_of(service)}, set(table()[service])
    guilty(
        [f"{service}: {route} is in no table of who may" for route in sorted(there - said)]
        + [f"{service}: {route} is there no more" for route in sorted(said - there)]
    )


@promise(
    "Access and privacy",
    "Each role gets past the door of exactly the routes that are written down for it.",
)
async def test_a_role_gets_past_the_door_of_exactly_the_routes_of_the_table(
    partners: House, students: House, resources: House, outcomes: House
) -> None:
    found = []
    for house in (partners, students, resources, outcomes):
        for route in routes_of(house.name):
            may = {role for role in Role if await admitted(house, route, role)}
            wanted = set(table()[house.name].get(named(route), []))
            found += [f"{named(route)}: {role} may, and should not" for role in may - wanted]
            found += [f"{named(route)}: {role} may not, and should" for role in wanted - may]
    guilty(sorted(found))


def test_a_caller_who_is_not_signed_in_reads_only_public_data() -> None:
    """Read again by a person whenever it grows."""
    public = {
        route
        for routes in table().values()
        for route, roles in routes.items()
        if Role.PUBLIC in roles
    }
    strange = [
        route for route in public
        if not route.startswith(("GET /v1/", "GET /internal/")) or "student" in route
    ]  # fmt: skip
    assert strange == []
