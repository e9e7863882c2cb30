"""The audience of access tokens: the platform's address, unless the operator names others."""

import json
from base64 import urlsafe_b64decode
from typing import Any
from uuid import uuid4

import pytest

from gateway.authentication.own_tokens import OwnTokens
from tests.gateway.authentication.test_signing_in import GOOD, REFUSED, ask
from tests.gateway.services import ADDRESS, network, settings, token
from tests.promised import promise

FORMER = "education-partnership"


@promise(
    "Access and privacy",
    "The audience of access tokens is the platform's address, unless the operator names others.",
)
@pytest.mark.parametrize(
    ("setting", "accepted", "refused"),
    [
        ("", [ADDRESS, FORMER, [ADDRESS, "account"]], ["account", f"{ADDRESS}/", [], None]),
        (FORMER, [FORMER], [ADDRESS]),
        ("api://platform 5f7c-web", ["api://platform", "5f7c-web"], [ADDRESS, FORMER, "api"]),
    ],
)
async def test_a_token_must_name_one_of_the_audiences(
    setting: str, accepted: list[Any], refused: list[Any]
) -> None:
    async with network(oidc_audience=setting) as (net, client):
        net.admit("operator")
        net.set("partners", "/v1/partners", [])
        for audience in accepted:
            assert await ask(client, token(aud=audience)) == GOOD, audience
        for audience in refused:
            assert await ask(client, token(aud=audience)) == REFUSED, audience
        told = (await client.get("/.well-known/oauth-protected-resource")).json()
    assert told["audience"] == accepted[0]


def test_a_gateway_of_the_release_before_accepts_the_token_of_a_partners_system() -> None:
    made = OwnTokens(settings()).token(uuid4(), uuid4())
    assert json.loads(urlsafe_b64decode(made.split(".")[1] + "=="))["aud"] == [ADDRESS, FORMER]
