"""A person signs in at a real OpenID provider, accepts an invitation, works, and is shut out,
over the real partners."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import httpx
import pytest
from openapi_spec_validator import validate

from gateway.app import create_gateway, make
from shared.core.settings import Environment, Settings
from tests.oidc.provider import Provider, provider, sign_in
from tests.platform import Platform

pytestmark = pytest.mark.needs("npm")


@pytest.fixture
def issuer() -> Iterator[Provider]:
    with provider() as made:
        made.begin()
        yield made


@pytest.fixture
async def gateway(whole: Platform, issuer: Provider) -> AsyncIterator[httpx.AsyncClient]:
    """One more gateway of the whole platform, which takes the provider's word."""
    known = Settings(
        environment=Environment.LOCAL,
        public_url=whole.gateway,
        nats_url=whole.nats_url,
        oidc_issuer=issuer.issuer,
        principal_private_key=whole.keys["principal_private_key"],
        access_token_private_key=whole.keys["access_token_private_key"],
        **{f"{name}_url": f"http://127.0.0.1:{whole.ports[name]}" for name in whole.database_urls},
    )
    app = create_gateway(lambda: known)
    app.state.gateway = make(known)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=whole.gateway
    ) as client:
        yield client
    await app.state.gateway.upstream.close()


async def test_a_person_signs_in_accepts_an_invitation_works_and_is_shut_out(
    whole: Platform, issuer: Provider, gateway: httpx.AsyncClient
) -> None:
    operator = whole.client()
    body = {"name": f"Tutors {uuid4()}", "kind": "community_organization"}
    partner_id = (await operator.post("/v1/partners", json=body)).json()["id"]
    draft = {"role": "case_worker", "partner_id": partner_id, "days": 1}
    link = (await operator.post("/v1/invitations", json=draft)).json()["link"]

    said = await sign_in(issuer.issuer, f"ann-{uuid4()}", whole.gateway)
    gateway.headers["Authorization"] = f"Bearer {said['access_token']}"
    before = await gateway.get("/v1/memberships")
    became = await gateway.post(
        "/v1/invitations/acceptance", json={"secret": link.partition("#")[2]}
    )
    told = (await gateway.get("/v1/me")).json()
    works = await gateway.get("/v1/programs")
    admins_only = await gateway.get("/v1/memberships")
    ended = await operator.delete(
        f"/v1/memberships/{became.json()['membership_id']}", headers={"If-Match": '"1"'}
    )

    assert before.json()["code"] == "membership-missing"
    assert (became.status_code, became.json()["role"]) == (201, "case_worker")
    assert [each["partner_name"] for each in told["memberships"]] == [body["name"]]
    assert (works.status_code, admins_only.status_code) == (200, 403)
    assert ended.status_code == 200
    async with asyncio.timeout(5):
        while (await gateway.get("/v1/programs")).status_code != 403:
            await asyncio.sleep(0.02)


async def test_the_whole_description_is_valid_openapi(gateway: httpx.AsyncClient) -> None:
    described = (await gateway.get("/openapi.json")).json()
    validate(described)
    assert {"/oauth/token", "/v1/invitations/acceptance", "/v1/clients"} <= set(described["paths"])
