"""The partner's page: agreements only for callers who may read agreements."""

from uuid import uuid4

from tests.gateway.services import Network, network

PARTNER = str(uuid4())
AGREEMENTS = f"/internal/partners/{PARTNER}/agreements"
VIEW = f"/v1/views/partners/{PARTNER}"


def whole(net: Network, role: str) -> None:
    net.admit(role, partner_id=PARTNER)
    profile = {"partner": {"id": PARTNER}, "sites": [], "programs": []}
    net.set("partners", f"/internal/partners/{PARTNER}/profile", profile)
    net.set("partners", AGREEMENTS, [{"title": "Tutoring"}])
    net.set("students", f"/internal/partners/{PARTNER}/reach", {"children": 1})
    net.set("resources", f"/internal/partners/{PARTNER}/resources", {"count": 1})


async def test_an_administrator_sees_the_partners_agreements() -> None:
    async with network() as (net, client):
        whole(net, "partner_admin")
        answer = (await client.get(VIEW)).json()
    assert answer["agreements"] == [{"title": "Tutoring"}]
    assert answer["reach"] == {"children": 1}


async def test_the_gateway_does_not_ask_for_agreements_for_a_caller_who_may_not_read_them() -> (
    None
):
    async with network() as (net, client):
        whole(net, "guardian")
        answer = (await client.get(VIEW)).json()
    assert (answer["agreements"], answer["unavailable"]) == (None, {})
    assert answer["withheld"] == {"agreements": "A guardian may not read agreements."}
    assert AGREEMENTS not in net.paths("partners")
