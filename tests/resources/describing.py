"""What the tests of resources share: callers, and resources to find."""

from typing import Any
from uuid import UUID

import orjson

from shared.persistence.records import new_id
from shared.security.principal import Principal, Role
from tests.houses import House, principal

PARTNER = UUID("0197a000-0000-7000-8000-000000000001")
LIBRARIAN = principal(Role.PARTNER_ADMIN, partner_id=PARTNER)
OTHER_LIBRARIAN = principal(Role.PARTNER_ADMIN, partner_id=new_id())
TEACHER = principal(Role.EDUCATOR, partner_id=new_id(), person_id=new_id())
CASE_WORKER = principal(Role.CASE_WORKER, partner_id=PARTNER, person_id=new_id())
BACKBONE = principal(Role.BACKBONE, partner_id=PARTNER)
OPERATOR = principal(Role.OPERATOR)
NOBODY = principal(Role.PUBLIC)
AMB = ["https://w3id.org/kim/amb/context.jsonld", {"@language": "en"}]


def draft(name: str = "Fractions on a number line", **terms: Any) -> dict[str, Any]:
    return {"name": name, "url": f"https://library.example/{name.replace(' ', '-')}", **terms}


async def publish(house: House, caller: Principal = LIBRARIAN, **terms: Any) -> dict[str, Any]:
    async with house.calling(caller) as http:
        made = await http.post("/v1/resources", json=draft(**terms))
    assert made.status_code == 201, made.text
    answer: dict[str, Any] = made.json()
    return answer


async def search(house: House, caller: Principal = NOBODY, **asked: Any) -> dict[str, Any]:
    async with house.calling(caller) as http:
        found = await http.get("/v1/resources", params=asked)
    assert found.status_code == 200, found.text
    answer: dict[str, Any] = found.json()
    return answer


def names(found: dict[str, Any]) -> list[str]:
    return [item["name"] for item in found["items"]]


def counts(found: dict[str, Any], facet: str) -> dict[str, int]:
    return {each["value"]: each["count"] for each in found["facets"][facet]}


def described(number: int = 1, **terms: Any) -> dict[str, Any]:
    """An AMB document."""
    return {
        "@context": AMB,
        "id": f"https://library.example/{number}",
        "type": ["LearningResource"],
        "name": f"Resource {number}",
        **terms,
    }


def as_json(value: Any) -> bytes:
    return orjson.dumps(value)
