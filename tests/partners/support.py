"""The start of tests of partners."""

from typing import Any

import httpx

from shared.security.principal import Principal, Role
from tests.houses import House, principal

OPERATOR = principal(Role.OPERATOR)


async def made(http: httpx.AsyncClient, noun: str, **body: Any) -> dict[str, Any]:
    answer = await http.post(f"/v1/{noun}", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def a_partner(
    partners: House, name: str = "Riverside Tutors", kind: str = "community_organization",
    **known: Any,
) -> str:  # fmt: skip
    async with partners.calling(OPERATOR) as http:
        return str((await made(http, "partners", name=name, kind=kind, **known))["id"])


async def a_program(partners: House, partner_id: str, **known: Any) -> dict[str, Any]:
    async with partners.calling(OPERATOR) as http:
        fields = {"name": "Saturday Tutoring", "partner_id": partner_id} | known
        return await made(http, "programs", **fields)


async def a_partnership(
    partners: House, *members: str, name: str = "Promise", caller: Principal = OPERATOR
) -> str:
    async with partners.calling(caller) as http:
        partnership = await made(http, "partnerships", name=name, purpose="All read by third")
        for partner_id in members:
            await made(
                http, f"partnerships/{partnership['id']}/members",
                partner_id=partner_id, roles=["member"],
            )  # fmt: skip
        return str(partnership["id"])


async def a_backbone(partners: House, name: str = "Together") -> Principal:
    """Staff of a partner that may lead partnerships."""
    return principal(Role.BACKBONE, partner_id=await a_partner(partners, name))


async def a_led_partnership(
    partners: House, backbone: Principal, *members: str, name: str = "Promise"
) -> str:
    """Formed by the backbone's staff, who add the members."""
    return await a_partnership(partners, *members, name=name, caller=backbone)


def version(resource: dict[str, Any]) -> dict[str, str]:
    return {"If-Match": f'"{resource["version"]}"'}
