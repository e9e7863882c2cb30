"""JSON of the specification taken apart: organizations, locations and services by their ids, with
all smaller things nested in them.

The same organization, service or location is often described at several places, briefly or in full:
the first word on each field counts.
"""

from dataclasses import dataclass, field
from typing import Any

from services.partners.exchange.file_validation.rules import (
    MEANINGFUL,
    TEXT_CHARACTERS,
    check_row,
)
from services.partners.exchange.hsds_schema.rules import LISTS, NESTED, SINGLE, UNKEPT
from shared.formats.texts import unfit
from shared.imports.codes import Code, of_unfit
from shared.imports.findings import Findings, Place

ORGANIZATION, SERVICE, LOCATION = "organization", "service", "location"
PLACES = LISTS["service_at_location"]
STEP_CHARACTERS = 200


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
    """Walks one document; what is wrong goes to `findings`."""

    def __init__(self, package: Package, findings: Findings) -> None:
        self.package = package
        self.findings = findings

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
        said = row.pop(PLACES, None)
        self._keep(self.package.services, row, place)
        if said is not None:
            at = self._each(said, place.at(PLACES))
            self._add_places(row["id"], [self._place(each, where) for where, each in at])
        return str(row["id"])

    def service_at_location(self, value: Any, place: Place) -> None:
        """As the list of the same name has it: the service and the location within."""
        row = self._place(value, place)
        if row is None:
            return
        service = row.pop("service", None)
        if not isinstance(service, dict):
            self.findings.add(place.at("service"), Code.OBJECT)
            return
        service_id = self.service(service, place.at("service"))
        if service_id is not None:
            self._add_places(service_id, [row])

    def ensure_organized(self) -> None:
        """Each service has its organization in one of the places that describe it."""
        for service in self.package.services.values():
            if service.fields.get("organization_id") is None:
                self.findings.add(service.place.at("organization"), Code.REQUIRED)

    def _place(self, value: Any, at: Place) -> dict[str, Any] | None:
        row = self._row("service_at_location", value, at)
        if row is None:
            return None
        if "location" in row:
            row["location_id"] = self.location(row.pop("location"), at.at("location"), None)
        if row.get("location_id") is None:
            self.findings.add(at.at("location"), Code.REQUIRED)
            return None
        return row

    def _add_places(self, service_id: str, rows: list[dict[str, Any] | None]) -> None:
        """A service is at all places that any of its descriptions names."""
        kept = self.package.services[service_id].fields.setdefault(PLACES, [])
        known = {each["id"] for each in kept}
        kept += [row for row in rows if row is not None and row["id"] not in known]

    def _keep(self, kept: dict[str, Entity], row: dict[str, Any], place: Place) -> None:
        known = kept.setdefault(row["id"], Entity(row["id"], place, {}))
        known.fields = row | known.fields

    def _row(self, table: str, value: Any, place: Place) -> dict[str, Any] | None:
        """The checked row with all that is nested in it, or none where it has no id."""
        if not isinstance(value, dict):
            self._say(table, place, Code.OBJECT)
            return None
        row = check_row(table, value, place, self.findings)
        for name, nested in row.items():
            if nested is not None and name in NESTED and name not in {"services", "locations"}:
                row[name] = self._parts(name, nested, place)
            elif nested is not None and name in SINGLE and name not in {ORGANIZATION, LOCATION}:
                row[name] = self._row(SINGLE[name], nested, place.at(name))
        return row if isinstance(row.get("id"), str) and row["id"].strip() else None

    def _parts(self, name: str, value: Any, place: Place) -> Any:
        if name == PLACES:
            return value  # taken apart by its service
        each = self._each(value, place.at(name), NESTED[name])
        return [self._row(NESTED[name], part, at) for at, part in each]

    def _each(self, value: Any, place: Place, table: str = "") -> list[tuple[Place, Any]]:
        if value is None:
            return []
        if not isinstance(value, list):
            self._say(table, place, Code.LIST)
            return []
        return [(place.at(number), each) for number, each in enumerate(value)]

    def _say(self, table: str, place: Place, code: Code) -> None:
        """A problem, or a remark where the platform does not keep the table."""
        (self.findings.remark if table in UNKEPT else self.findings.add)(place, code)


def without_unsound_texts(document: Any, place: Place, findings: Findings) -> Any:
    """The document without each text that cannot be stored, which is a remark. All of a document is
    kept, known or not. What binds or rules is refused."""
    waiting = [(place, document, True)] if isinstance(document, dict | list) else []
    while waiting:
        at, holder, may_go = waiting.pop()
        for name, each in list(holder.items() if isinstance(holder, dict) else enumerate(holder)):
            there = at.at(name[:STEP_CHARACTERS] if isinstance(name, str) else name)
            goes = may_go and not (isinstance(name, str) and _rules(name))
            code = _text_code(name) or _text_code(each)
            if code is None and isinstance(each, dict | list):
                waiting.append((there, each, goes))
            elif code is not None:
                (findings.remark if goes else findings.add)(there, code)
                _take_out(holder, name)
    return document


def _take_out(holder: Any, name: Any) -> None:
    if isinstance(holder, dict):
        del holder[name]
    else:
        holder[name] = None


def _text_code(text: Any) -> Code | None:
    if not isinstance(text, str):
        return None
    if len(text) > TEXT_CHARACTERS:
        return Code.FIELD_TOO_LONG
    found = unfit(text)
    return None if found is None else of_unfit(*found)[0]


def _rules(name: str) -> bool:
    return name == "id" or name.endswith("_id") or name in MEANINGFUL
