"""The partnership's page, for the public too."""

from uuid import uuid4

from tests.gateway.services import Network, network, problem

PARTNERSHIP = f"/internal/partnerships/{uuid4()}"
VIEW = PARTNERSHIP.replace("/internal", "/v1/views")


def whole(net: Network, status: int, code: str) -> None:
    net.set("partners", f"{PARTNERSHIP}/profile", {"members": []})
    refused = problem(status, code, "Sign in to ask for this.")
    net.set("outcomes", f"{PARTNERSHIP}/scorecard", refused, status=status)


async def test_the_scorecard_is_withheld_and_not_down_for_a_caller_who_is_not_signed_in() -> None:
    async with network() as (net, client):
        del client.headers["authorization"]
        whole(net, 401, "sign-in-required")
        answer = (await client.get(VIEW)).json()
    assert answer["withheld"] == {"scorecard": "Sign in to ask for this."}
    assert (answer["scorecard"], answer["unavailable"]) == (None, {})


async def test_a_service_that_rejects_the_gateways_token_is_a_fault_and_no_withheld_part() -> None:
    async with network() as (net, client):
        whole(net, 401, "principal-refused")
        net.admit("backbone")
        answer = (await client.get(VIEW)).json()
    assert answer["unavailable"]["scorecard"]["code"] == "principal-refused"
    assert answer["withheld"] == {}
