"""JSON of the specification taken apart: organizations, locations and services by their ids, with
all smaller things nested in them.

The same organization or location is often described at several places, briefly or in full: the
first word on each field counts.
"""

from dataclasses import dataclass, field
from typing import Any

from services.partners.exchange.file_validation.rules import Place, Problems, check_row
from services.partners.exchange.hsds_schema.rules import LISTS, NESTED, SINGLE

ORGANIZATION, SERVICE, LOCATION = "organization", "service", "location"


@dataclass
class Entity:
    """`fields`: what the file says; a field that is not there is left as it is."""

    id: str
    place: Place
    fields: dict[str, Any]


@dataclass
class Package:
    """What a file holds. `name` tells one publisher's ids from another's."""

    name: str = ""
    organizations: dict[str, Entity] = field(default_factory=dict)
    locations: dict[str, Entity] = field(default_factory=dict)
    services: dict[str, Entity] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


class Reader:
    """Walks one document; what is wrong goes to `problems`."""

    def __init__(self, package: Package, problems: Problems) -> None:
        self.package = package
        self.problems = problems

    def organization(self, value: Any, place: Place) -> str | None:
        """The id, where there is one."""
        row = self._row(ORGANIZATION, value, place)
        if row is None:
            return None
        locations = row.pop("locations", None)
        services = row.pop("services", None)
        self._keep(self.package.organizations, row, place)
        for at, each in self._each(locations, place.at("locations")):
            self.location(each, at, row["id"])
        for at, each in self._each(services, place.at("services")):
            self.service(each, at, row["id"])
        return str(row["id"])

    def location(self, value: Any, place: Place, organization_id: str | None) -> str | None:
        row = self._row(LOCATION, value, place)
        if row is None:
            return None
        if organization_id is not None:
            row.setdefault("organization_id", organization_id)
        self._keep(self.package.locations, row, place)
        return str(row["id"])

    def service(self, value: Any, place: Place, organization_id: str | None = None) -> str | None:
        row = self._row(SERVICE, value, place)
        if row is None:
            return None
        if "organization" in row:
            nested = row.pop("organization")
            organization_id = self.organization(nested, place.at("organization"))
        if organization_id is not None:
            row.setdefault("organization_id", organization_id)
        if row.get("organization_id") is None:
            self.problems.add(place.at("organization"), "required")
        if "service_at_locations" in row:
            row["service_at_locations"] = self._places(row["service_at_locations"], place)
        self._keep(self.package.services, row, place)
        return str(row["id"])

    def service_at_location(self, value: Any, place: Place) -> None:
        """As the list of the same name has it: the service and the location within."""
        row = self._row("service_at_location", value, place)
        if row is None:
            return
        service = row.pop("service", None)
        if not isinstance(service, dict):
            self.problems.add(place.at("service"), "object")
            return
        self.service(service | {"service_at_locations": [row]}, place.at("service"))

    def _places(self, value: Any, place: Place) -> list[dict[str, Any]]:
        rows = []
        for at, each in self._each(value, place.at("service_at_locations")):
            row = self._row("service_at_location", each, at)
            if row is None:
                continue
            if "location" in row:
                row["location_id"] = self.location(row.pop("location"), at.at("location"), None)
            if row.get("location_id") is None:
                self.problems.add(at.at("location"), "required")
                continue
            rows.append(row)
        return rows

    def _keep(self, kept: dict[str, Entity], row: dict[str, Any], place: Place) -> None:
        known = kept.setdefault(row["id"], Entity(row["id"], place, {}))
        known.fields = row | known.fields

    def _row(self, table: str, value: Any, place: Place) -> dict[str, Any] | None:
        """The checked row with all that is nested in it, or none where it has no id."""
        if not isinstance(value, dict):
            self.problems.add(place, "object")
            return None
        row = check_row(table, value, place, self.problems)
        for name, nested in row.items():
            if nested is not None and name in NESTED and name not in {"services", "locations"}:
                row[name] = self._parts(name, nested, place)
            elif nested is not None and name in SINGLE and name not in {ORGANIZATION, LOCATION}:
                row[name] = self._row(SINGLE[name], nested, place.at(name))
        return row if isinstance(row.get("id"), str) and row["id"].strip() else None

    def _parts(self, name: str, value: Any, place: Place) -> Any:
        if LISTS["service_at_location"] == name:
            return value  # taken apart by its service
        each = self._each(value, place.at(name))
        return [self._row(NESTED[name], part, at) for at, part in each]

    def _each(self, value: Any, place: Place) -> list[tuple[Place, Any]]:
        if value is None:
            return []
        if not isinstance(value, list):
            self.problems.add(place, "list")
            return []
        return [(place.at(number), each) for number, each in enumerate(value)]
