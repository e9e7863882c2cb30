"""Somebody without an account, as the gateway lets them in by a link."""

from typing import Any
from uuid import uuid4

import httpx

from tests.gateway.services import Network, network

OPENING = "/v1/referral-links/opening"
ASKED = {"secret": "s" * 43, "pin": "123456"}


class Case:
    """A link that students knows, and its partner that partners knows."""

    def __init__(self, net: Network, client: httpx.AsyncClient) -> None:
        self.net, self.client = net, client
        self.link, self.partner = str(uuid4()), str(uuid4())
        self.holder = {"link_id": self.link, "partner_id": self.partner}
        acting = {
            "membership_id": self.link, "account_id": self.link, "role": "link_holder",
            "partner_id": self.partner, "closed_agreements": [],
        }  # fmt: skip
        path = f"/internal/partners/{self.partner}/link-holders/{self.link}"
        self.path = f"/internal/referral-links/{self.link}/holder"
        net.set("students", "/internal/referral-links/opening", [self.holder])
        net.set("students", self.path, [self.holder])
        net.set("partners", path, [acting])
        net.set("students", "/v1/referrals", {"items": [], "next": None})
        self.partners_path = path

    async def open(self, **headers: str) -> httpx.Response:
        del self.client.headers["authorization"]
        return await self.client.post(OPENING, json=ASKED, headers=headers)

    async def read(self, token: str) -> Any:
        self.net.gateway.callers.forget()
        headers = {"Authorization": f"Bearer {token}"}
        return await self.client.get("/v1/referrals", headers=headers)


async def test_a_link_is_opened_without_an_account_and_its_token_acts_for_the_partner() -> None:
    async with network() as (net, client):
        case = Case(net, client)
        opened = await case.open()
        token = opened.json()["access_token"]
        read = await case.read(token)
        me = await client.get("/v1/me", headers={"Authorization": f"Bearer {token}"})

    assert (opened.status_code, opened.headers["cache-control"]) == (200, "no-store")
    assert opened.json()["expires_in"] == 600
    assert read.status_code == 200
    [membership] = me.json()["memberships"]
    assert (membership["role"], membership["partner_id"]) == ("link_holder", case.partner)


async def test_a_token_ends_with_its_link_and_with_its_partner() -> None:
    async with network() as (net, client):
        case = Case(net, client)
        token = (await case.open()).json()["access_token"]
        net.set("partners", case.partners_path, [])
        closed = await case.read(token)
        net.set("students", case.path, [])
        ended = await case.read(token)

    assert (closed.status_code, closed.json()["code"]) == (401, "link-closed")
    assert (ended.status_code, ended.json()) == (401, closed.json())


async def test_every_link_that_opens_nothing_is_refused_in_the_same_words() -> None:
    async with network() as (net, client):
        case = Case(net, client)
        net.set("students", "/internal/referral-links/opening", [])
        refused = await case.open()

    assert (refused.status_code, refused.json()["code"]) == (404, "link-closed")
    assert ASKED["secret"] not in refused.text


async def test_openings_are_counted_by_address_and_by_link() -> None:
    async with network(requests_per_minute=3) as (net, client):
        case = Case(net, client)
        answers = [await case.open() for _ in range(1)]
        answers += [await client.post(OPENING, json=ASKED) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["retry-after"]
