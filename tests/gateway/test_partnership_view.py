"""The partnership's page, for the public too."""

from uuid import uuid4

from tests.gateway.services import Network, network, problem

PARTNERSHIP = f"/internal/partnerships/{uuid4()}"
VIEW = PARTNERSHIP.replace("/internal", "/v1/views")


def whole(net: Network, status: int, code: str) -> None:
    net.set("partners", f"{PARTNERSHIP}/profile", {"members": []})
    refused = problem(status, code, "Sign in to ask for this.")
    net.set("outcomes", f"{PARTNERSHIP}/scorecard", refused, status=status)


async def test_to_nobody_in_particular_the_scorecard_is_withheld_not_down() -> None:
    async with network() as (net, client):
        del client.headers["authorization"]
        whole(net, 401, "sign-in-required")
        answer = (await client.get(VIEW)).json()
    assert answer["withheld"] == {"scorecard": "Sign in to ask for this."}
    assert (answer["scorecard"], answer["unavailable"]) == (None, {})


async def test_a_gateway_that_a_service_does_not_believe_is_a_fault_and_nothing_withheld() -> None:
    async with network() as (net, client):
        whole(net, 401, "principal-refused")
        net.admit("backbone")
        answer = (await client.get(VIEW)).json()
    assert answer["unavailable"]["scorecard"]["code"] == "principal-refused"
    assert answer["withheld"] == {}
