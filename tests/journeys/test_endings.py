"""Each kind of access can be ended, and ends within a second: over the real gateway, broker and
partners. The documentation's own example gets the partner's system its token."""

import asyncio
import json
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.partners.systems import OURS, a_key, assertion, public
from tests.platform import Platform
from tests.promised import promise

PAGE = Path(__file__).parents[2] / "docs" / "signing-in.md"
MANY = 20
SOON_SECONDS = 5
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


async def a_partner(operator: httpx.AsyncClient) -> str:
    body = {"name": f"Tutors {uuid4()}", "kind": "community_organization"}
    return str((await operator.post("/v1/partners", json=body)).json()["id"])


async def seconds_until_refused(client: httpx.AsyncClient) -> float:
    """From now until the gateway no longer takes the client for anybody."""
    started = time.monotonic()
    async with asyncio.timeout(SOON_SECONDS):
        while True:
            answer = await client.get("/v1/partners", params={"limit": 1})
            if answer.status_code == 403:
                assert answer.json()["code"] == "membership-missing"
                return time.monotonic() - started
            assert answer.status_code == 200
            await asyncio.sleep(0.005)


async def token_of(whole: Platform, client: dict[str, Any], key: Any) -> httpx.AsyncClient:
    algorithm = "ES256" if public(key)["kty"] == "EC" else "Ed25519"
    form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion(client["id"], key, algorithm, whole.gateway)}  # fmt: skip
    nobody = whole.client(None)
    said = (await nobody.post("/oauth/token", data=form)).json()
    nobody.headers["Authorization"] = f"Bearer {said['access_token']}"
    return nobody


async def registered(operator: httpx.AsyncClient, *keys: Any) -> dict[str, Any]:
    draft = {"partner_id": await a_partner(operator), "name": "Sync",
             "keys": [public(key) for key in keys]}  # fmt: skip
    made = await operator.post("/v1/clients", json=draft)
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


def tell(what: str, seconds: list[float]) -> None:
    print(
        f"\n{what}: {len(seconds)} ended, refused after {statistics.median(seconds) * 1000:.0f} ms"
        f" (median), {max(seconds) * 1000:.0f} ms (longest)"
    )


@promise("Access and privacy", "Whatever lets a caller in can be ended, and ends within a second.")
async def test_an_ended_membership_loses_its_access_within_a_second(whole: Platform) -> None:
    operator = whole.client()
    partner_id = await a_partner(operator)
    took = []
    for _ in range(MANY):
        worker = await whole.admit("case_worker", partner_id)
        assert (await worker.get("/v1/partners")).status_code == 200
        listed = await operator.get("/v1/memberships", params={"partner_id": partner_id,
                                                                "status": "live"})  # fmt: skip
        [membership] = listed.json()["items"]
        ended = await operator.delete(
            f"/v1/memberships/{membership['id']}",
            headers={"If-Match": f'"{membership["version"]}"'},
        )
        assert ended.status_code == 200
        took.append(await seconds_until_refused(worker))
    tell("memberships", took)


@promise("Access and privacy", "Whatever lets a caller in can be ended, and ends within a second.")
async def test_the_tokens_of_an_ended_client_or_key_end_within_a_second(whole: Platform) -> None:
    operator = whole.client()
    by_key, by_client = [], []
    for _ in range(MANY // 2):
        first, second = a_key(kid="one"), a_key("P-256", "two")
        client = await registered(operator, first, second)
        one, two = [await token_of(whole, client, key) for key in (first, second)]
        assert [(await c.get("/v1/partners")).status_code for c in (one, two)] == [200, 200]
        address = f"/v1/clients/{client['id']}"
        lost = next(key for key in client["keys"] if key["kid"] == "one")
        after = await operator.delete(f"{address}/keys/{lost['id']}", headers={"If-Match": '"1"'})
        assert after.status_code == 200
        by_key.append(await seconds_until_refused(one))
        assert (await two.get("/v1/partners")).status_code == 200
        await operator.delete(address, headers={"If-Match": after.headers["etag"]})
        by_client.append(await seconds_until_refused(two))
    tell("keys", by_key)
    tell("clients", by_client)


async def test_a_closed_partner_lets_nobody_in_any_more(whole: Platform) -> None:
    operator = whole.client()
    key = a_key()
    client = await registered(operator, key)
    worker = await whole.admit("case_worker", client["partner_id"])
    system = await token_of(whole, client, key)
    assert [(await c.get("/v1/partners")).status_code for c in (worker, system)] == [200, 200]
    partner = await operator.get(f"/v1/partners/{client['partner_id']}")
    closed = await operator.post(
        f"/v1/partners/{client['partner_id']}/closure",
        headers={"If-Match": partner.headers["etag"]},
    )
    assert closed.status_code in {200, 201}, closed.text
    for each in (worker, system):
        await seconds_until_refused(each)


async def test_an_assertion_is_accepted_once_and_one_for_another_platform_never(
    whole: Platform,
) -> None:
    operator = whole.client()
    key = a_key()
    client = await registered(operator, key)
    nobody = whole.client(None)
    found = []
    again = assertion(client["id"], key, audience=f"{whole.gateway}/oauth/token")
    for text in (again, again, assertion(client["id"], key, audience=OURS)):
        form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": text}  # fmt: skip
        answer = await nobody.post("/oauth/token", data=form)
        found.append((answer.status_code, answer.json().get("error")))
    assert found == [(200, None), (400, "invalid_client"), (400, "invalid_client")]


async def test_an_invited_person_is_admitted_at_once_and_the_link_works_no_second_time(
    whole: Platform,
) -> None:
    operator = whole.client()
    partner_id = await a_partner(operator)
    admin = await whole.admit("partner_admin", partner_id)
    draft = {"role": "case_worker", "partner_id": partner_id}
    made = (await admin.post("/v1/invitations", json=draft)).json()
    page, _, secret = made["link"].partition("#")
    guest, late = whole.client(f"guest-{uuid4()}"), whole.client(f"late-{uuid4()}")
    before = await guest.get("/v1/partners")
    taken = await guest.post("/v1/invitations/acceptance", json={"secret": secret})
    after = await guest.get("/v1/partners")
    worn = await late.post("/v1/invitations/acceptance", json={"secret": secret})
    assert [a.status_code for a in (before, taken, after, worn)] == [403, 201, 200, 404]
    assert taken.json()["partner_id"] == partner_id
    assert "invited" in (await whole.client(None).get(page)).text
    for name in ("gateway", "partners"):
        assert secret not in (whole.folder / f"{name}.log").read_text()


@pytest.mark.parametrize("kind", ["Ed25519", "P-256"])
async def test_the_example_of_the_documentation_gets_a_token_that_works(
    whole: Platform, tmp_path: Path, kind: str
) -> None:
    operator = whole.client()
    key = a_key(kind)
    client = await registered(operator, key)
    [example] = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (tmp_path / "key.json").write_text(json.dumps(key.as_dict(private=True)))
    example = example.replace("https://platform.example.org", whole.gateway)
    example = example.replace("01a20abf-7858-726f-b739-9792ba3f7848", client["id"])
    if kind == "P-256":
        example = example.replace('"Ed25519"', '"ES256"')
    run = subprocess.run(
        [sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert len(example.strip().splitlines()) <= 22
    assert json.loads(run.stdout)["items"] is not None
