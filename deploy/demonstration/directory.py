"""Partners, sites and programs as the API takes them, and as HSDS 3.0 has them."""

import json
from typing import Any
from uuid import UUID, uuid5

from deploy.demonstration.names import phone
from deploy.demonstration.organizations import (
    ALLIANCE,
    ORGANIZATIONS,
    Offer,
    Organization,
)

NAMESPACE = UUID("0f7ac1f5-6a5c-4b5e-8a3e-6f1f3a0c9d21")
NORTH, WEST = 41.30, -52.60
"""The city's middle: in the Atlantic, where no real place is."""
CITY, STATE, COUNTRY = "Larkhaven", "Larkland", "US"
LANGUAGES = {
    "en": "English", "es": "Spanish", "so": "Somali", "vi": "Vietnamese", "ar": "Arabic",
    "zh": "Chinese", "hmn": "Hmong", "ht": "Haitian Creole",
}  # fmt: skip
STREETS = (
    "Kestrel Avenue", "Ropewalk Lane", "Copper Street", "Lighthouse Road", "Juniper Street",
    "Cannery Row", "Mill Pond Way", "Second Street", "Gull Court",
)  # fmt: skip


def imported() -> list[Organization]:
    """The community organizations that come in as a directory's file; the others by hand."""
    return [
        each
        for each in ORGANIZATIONS
        if each.kind == "community_organization" and each.offers and each.name != ALLIANCE
    ]


def slug(name: str) -> str:
    return "-".join("".join(c for c in name.casefold() if c.isalnum() or c == " ").split())


def profile(of: Organization) -> dict[str, Any]:
    return {
        "name": of.name, "kind": of.kind, "description": of.about,
        "url": f"https://{slug(of.name)}.example.org", "email": f"{slug(of.name)}@example.org",
        "phones": [{"number": phone(_number(of.name)), "type": "voice"}],
    }  # fmt: skip


def site(of: Organization) -> dict[str, Any]:
    number = _number(of.name)
    return {
        "name": f"{of.name}, {of.neighborhood}", "location_type": "physical",
        "latitude": round(NORTH + (number % 97 - 48) / 2000, 5),
        "longitude": round(WEST + (number % 89 - 44) / 1500, 5),
        "transportation": f"Bus {number % 40 + 1} stops at the door.",
        "addresses": [_address(of)],
        "accessibility": [{"description": "Step-free entrance and an accessible restroom."}],
    }  # fmt: skip


def _address(of: Organization) -> dict[str, Any]:
    number = _number(of.name)
    return {
        "address_1": f"{number % 900 + 100} {STREETS[number % len(STREETS)]}", "city": CITY,
        "region": of.neighborhood, "state_province": STATE,
        "postal_code": f"000{number % 90 + 10}", "country": COUNTRY, "address_type": "physical",
    }  # fmt: skip


def program(offer: Offer) -> dict[str, Any]:
    """Without what HSDS has no place for: capacity and grades."""
    first, last = offer.ages or (None, None)
    return {
        "name": offer.name, "description": offer.about, "status": "active",
        "minimum_age": first, "maximum_age": last,
        "application_process": "Apply here, by telephone or at the door.",
        "fees_description": "Free of charge.",
        "languages": [{"name": LANGUAGES[code], "code": code} for code in offer.languages],
        "schedules": [_schedule(offer)],
    }  # fmt: skip


def _schedule(offer: Offer) -> dict[str, Any]:
    days, hours = offer.week.split()
    opens, closes = hours.split("-")
    return {
        "freq": "WEEKLY", "byday": days, "wkst": "MO", "opens_at": opens, "closes_at": closes,
        "description": "In school terms.",
    }  # fmt: skip


def places(offer: Offer) -> dict[str, Any]:
    return {"capacity": offer.capacity, "grades": offer.grade_list}


def hsds() -> bytes:
    """HSDS 3.0 services, each with its organization and location."""
    return json.dumps(
        [_service(of, offer) for of in imported() for offer in of.offers], ensure_ascii=False
    ).encode()


def _service(of: Organization, offer: Offer) -> dict[str, Any]:
    key = f"{of.name} {offer.name}"
    said = program(offer)
    return {
        "id": _id("service", key), **said,
        "schedules": [_with_id("schedule", key, each) for each in said["schedules"]],
        "languages": [
            _with_id("language", f"{key} {each['code']}", each) for each in said["languages"]
        ],
        "organization": _organization(of),
        "service_at_locations": [{"id": _id("at", key), "location": _location(of)}],
    }  # fmt: skip


def _organization(of: Organization) -> dict[str, Any]:
    said = profile(of)
    return {
        "id": _id("organization", of.name), "name": of.name, "description": of.about,
        "email": said["email"], "website": said["url"],
        "phones": [_with_id("phone", of.name, each) for each in said["phones"]],
        "locations": [_location(of)],
    }  # fmt: skip


def _location(of: Organization) -> dict[str, Any]:
    said = site(of)
    return {
        "id": _id("location", of.name), **said,
        "addresses": [_with_id("address", of.name, each) for each in said["addresses"]],
        "accessibility": [_with_id("access", of.name, each) for each in said["accessibility"]],
    }  # fmt: skip


def _with_id(noun: str, key: str, said: dict[str, Any]) -> dict[str, Any]:
    return {"id": _id(noun, key), **said}


def _id(noun: str, key: str) -> str:
    return str(uuid5(NAMESPACE, f"{noun} {key}"))


def _number(name: str) -> int:
    return uuid5(NAMESPACE, name).int % 10_000
