"""A partner's stream over HTTP: the permissions, the answers, the refusals."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from typing import Any
from uuid import uuid4

import orjson
import pytest
from joserfc.jwk import OKPKey
from nats.js.errors import ServiceUnavailableError

from shared.contracts.partners.stream import StreamChanged, StreamClosed, StreamOpened
from shared.events.bus import PARTNERS
from shared.formats.nkeys import Kind, new_seed, public_bytes, public_of, public_text
from shared.security.broker_tokens import claims_of
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.partners.support import OPERATOR, a_backbone, a_led_partnership, a_partner
from tests.partners.support import version as client_version
from tests.partners.systems import public, registered
from tests.promised import promise
from tests.shared.conftest import until
from tests.streams.conftest import Streams, System


def base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def a_key() -> dict[str, str]:
    return {"user_public_key": public_of(new_seed(Kind.USER))}


async def ask(
    house: House, caller: Any, method: str, partner_id: str, path: str = "", **more: Any
) -> tuple[int, dict[str, Any]]:
    async with house.calling(caller) as http:
        answer = await http.request(method, f"/v1/partners/{partner_id}/stream{path}", **more)
    return answer.status_code, answer.json()


def version(stream: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {"headers": {"If-Match": f'"{stream["version"]}"'}}


async def test_one_call_gives_everything_that_a_client_needs(streams: Streams) -> None:
    partner_id, key = await a_partner(streams.house), a_key()
    admin = principal(Role.PARTNER_ADMIN, partner_id=partner_id)
    status, access = await ask(streams.house, admin, "POST", partner_id, json=key)
    assert status == 201, access
    hexadecimal = partner_id.replace("-", "")
    assert access["server"] == f"nats://127.0.0.1:{streams.port}"
    assert (access["stream"], access["consumer"]) == ("PARTNERS", hexadecimal)
    assert access["subject"] == f"partner.{hexadecimal}.>"
    assert access["account"].startswith("A") and access["api_prefix"] == "PARTNER.API"
    assert "{seed}" in access["credentials"] and access["user_jwt"] in access["credentials"]
    assert hexadecimal in access["commands"]["nats"]
    claims = claims_of(access["user_jwt"])
    assert claims["sub"] == key["user_public_key"]
    assert claims["nats"]["issuer_account"] == access["account"]
    assert 0 < claims["exp"] - claims["iat"] <= 24 * 3600
    assert [e["type"] for e in await streams.house.events(StreamOpened)] == [StreamOpened.type]


@promise("Events", "The credentials of a partner's system work from the moment of the answer.")
async def test_credentials_work_from_the_moment_of_the_answer(streams: Streams) -> None:
    await streams.opened()
    for number in range(10):
        partner_id, seed = await a_partner(streams.house, f"Tutors {number}"), new_seed(Kind.USER)
        status, access = await ask(
            streams.house, OPERATOR, "POST", partner_id, json={"user_public_key": public_of(seed)}
        )
        assert status == 201, access
        assert await streams.lets_in(System(seed, access)), number


@promise(
    "Events",
    "A key of a partner's system is shut out from the moment of the answer that takes it back.",
)
async def test_a_key_is_shut_out_from_the_moment_of_the_answer(streams: Streams) -> None:
    partner_id, client = await streams.opened()
    path = f"/keys/{client.access['user_public_key']}"
    await streams.change("DELETE", path, partner_id)
    assert not await streams.lets_in(client)


async def test_a_stream_opened_while_the_broker_is_away_admits_its_partner_once_the_broker_is_back(
    streams: Streams,
) -> None:
    await streams.opened()
    partner_id, seed = await a_partner(streams.house, "Library"), new_seed(Kind.USER)
    streams.kill()
    try:
        draft = {"user_public_key": public_of(seed)}
        status, access = await ask(streams.house, OPERATOR, "POST", partner_id, json=draft)
    finally:
        streams.begin()
    assert status == 201, access
    await until(lambda: streams.lets_in(System(seed, access)))


@pytest.mark.parametrize(
    "key",
    ["", "U" * 56, public_of(new_seed(Kind.ACCOUNT)), new_seed(Kind.USER),
     public_of(new_seed(Kind.USER))[:-1] + "A" * 2],
    ids=["empty", "letters", "of an account", "a seed", "too long"],
)  # fmt: skip
async def test_a_text_that_is_not_a_users_public_key_is_refused(
    streams: Streams, key: str
) -> None:
    partner_id = await a_partner(streams.house)
    draft = {"user_public_key": key}
    status, problem = await ask(streams.house, OPERATOR, "POST", partner_id, json=draft)
    assert status == 422
    assert problem["errors"][0]["field"] == "body.user_public_key"


async def test_only_a_partners_own_administrator_opens_its_stream(streams: Streams) -> None:
    partner_id, other_id = await a_partner(streams.house), str(uuid4())
    backbone = await a_backbone(streams.house)
    await a_led_partnership(streams.house, backbone, partner_id)
    for caller, wanted in (
        (principal(Role.PARTNER_ADMIN, partner_id=other_id), 403),
        (principal(Role.CASE_WORKER, partner_id=partner_id), 403),
        (backbone, 403),
        (principal(Role.PARTNER_SYSTEM, partner_id=partner_id), 403),
        (principal(Role.PARTNER_ADMIN, partner_id=partner_id), 201),
    ):
        status, _ = await ask(streams.house, caller, "POST", partner_id, json=a_key())
        assert status == wanted, caller


async def test_a_partners_system_renews_its_own_credentials_and_nothing_else(
    streams: Streams,
) -> None:
    partner_id, key = await a_partner(streams.house), a_key()
    await ask(streams.house, OPERATOR, "POST", partner_id, json=key)
    own = principal(Role.PARTNER_SYSTEM, partner_id=partner_id)
    other = principal(Role.PARTNER_SYSTEM, partner_id=str(uuid4()))
    for caller, wanted, draft in (
        (own, 201, key), (other, 403, key), (own, 404, a_key()),
    ):  # fmt: skip
        status, _ = await ask(
            streams.house, caller, "POST", partner_id, "/credentials", json=draft
        )
        assert status == wanted
    assert (await ask(streams.house, own, "POST", partner_id, "/keys", json=a_key()))[0] == 403


async def test_a_stream_is_suspended_by_the_one_backbone_to_which_its_partner_answers(
    streams: Streams,
) -> None:
    partner_id = await a_partner(streams.house)
    backbone, other = [await a_backbone(streams.house, name) for name in "AB"]
    await a_led_partnership(streams.house, backbone, partner_id)
    _, opened = await ask(streams.house, OPERATOR, "POST", partner_id, json=a_key())
    found = []
    for caller, method in ((other, "POST"), (backbone, "POST"), (other, "DELETE"),
                           (backbone, "DELETE")):  # fmt: skip
        status, stream = await ask(
            streams.house, caller, method, partner_id, "/suspension", **version(opened)
        )
        opened = stream if status < 400 else opened
        found.append(status)
    assert found == [403, 201, 403, 200]
    assert await acting_for(streams, backbone, partner_id) == {403}
    await a_led_partnership(streams.house, other, partner_id)
    shared, _ = await ask(streams.house, backbone, "GET", partner_id)
    assert shared == 403


async def acting_for(streams: Streams, caller: Principal, partner_id: str) -> set[int]:
    """What the routes answer by which a caller would act for the partner."""
    position = {"stream_seq": 1, "stream_incarnation": "a"}
    key = a_key()
    found = [
        await ask(streams.house, caller, method, partner_id, part, json=body,
                  headers={"If-Match": '"1"'})
        for method, part, body in (
            ("DELETE", "", None), ("POST", "/keys", key), ("POST", "/credentials", key),
            ("POST", "/position", position),
            ("DELETE", f"/keys/{key['user_public_key']}", None),
        )
    ]  # fmt: skip
    return {status for status, _ in found}


async def test_a_revoked_key_is_never_let_in_again(streams: Streams) -> None:
    partner_id, key = await a_partner(streams.house), a_key()
    _, stream = await ask(streams.house, OPERATOR, "POST", partner_id, json=key)
    path = f"/keys/{key['user_public_key']}"
    status, stream = await ask(
        streams.house, OPERATOR, "DELETE", partner_id, path, **version(stream)
    )
    assert status == 200 and stream["keys"][0]["revoked_at"] is not None
    for again, wanted in (("/keys", 409), ("/credentials", 404)):
        assert (await ask(streams.house, OPERATOR, "POST", partner_id, again, json=key))[
            0
        ] == wanted
    assert len(await streams.house.events(StreamChanged)) == 1


@promise("Access and privacy", "A key that has ended is never taken again, in whatever place.")
@pytest.mark.parametrize("ending", ["revoked", "with its stream"])
async def test_a_stream_key_that_has_ended_is_taken_by_no_stream_and_no_client(
    streams: Streams, ending: str
) -> None:
    partner_id, seed = await a_partner(streams.house), new_seed(Kind.USER)
    key = {"user_public_key": public_of(seed)}
    _, stream = await ask(streams.house, OPERATOR, "POST", partner_id, json=key)
    if ending == "revoked":
        path = f"/keys/{public_of(seed)}"
        _, stream = await ask(
            streams.house, OPERATOR, "DELETE", partner_id, path, **version(stream)
        )
    await ask(streams.house, OPERATOR, "DELETE", partner_id, **version(stream))
    found = [await ask(streams.house, OPERATOR, "POST", partner_id, json=key)]
    status, _ = await ask(streams.house, OPERATOR, "POST", partner_id, json=a_key())
    other_id = await a_partner(streams.house, "Library")
    found += [
        await ask(streams.house, OPERATOR, "POST", partner_id, "/keys", json=key),
        await ask(streams.house, OPERATOR, "POST", other_id, json=key),
    ]
    jwk = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "kid": "1",
                             "x": base64url(public_bytes(public_of(seed)))})  # fmt: skip
    async with streams.house.calling(OPERATOR) as http:
        draft = {"partner_id": other_id, "name": "x", "keys": [public(jwk)]}
        answer = await http.post("/v1/clients", json=draft)
    found.append((answer.status_code, answer.json()))
    assert status == 201
    assert [(code, problem["code"]) for code, problem in found] == [(409, "key-ended")] * 4
    assert found[0][1]["errors"][0]["field"] == "body.user_public_key"


@promise("Access and privacy", "A key that has ended is never taken again, in whatever place.")
async def test_a_clients_key_that_has_ended_is_taken_by_no_stream(streams: Streams) -> None:
    partner_id = await a_partner(streams.house)
    async with streams.house.calling(OPERATOR) as http:
        client = await registered(http, partner_id)
        await http.delete(f"/v1/clients/{client['id']}", headers=client_version(client))
    raw = urlsafe_b64decode(client["keys"][0]["jwk"]["x"] + "=")
    key = {"user_public_key": public_text(Kind.USER, raw)}
    status, problem = await ask(streams.house, OPERATOR, "POST", partner_id, json=key)
    assert (status, problem["code"]) == (409, "key-ended")


async def test_a_partner_cannot_end_its_own_suspension(streams: Streams) -> None:
    partner_id, key = await a_partner(streams.house), a_key()
    admin = principal(Role.PARTNER_ADMIN, partner_id=partner_id)
    _, stream = await ask(streams.house, admin, "POST", partner_id, json=key)
    _, stream = await ask(
        streams.house, OPERATOR, "POST", partner_id, "/suspension", **version(stream)
    )
    assert stream["status"] == "suspended"
    for method, path, wanted in (
        ("DELETE", "/suspension", 403), ("POST", "/credentials", 409), ("POST", "/keys", 409),
        ("POST", "", 409),
    ):  # fmt: skip
        status, _ = await ask(
            streams.house, admin, method, partner_id, path, **version(stream),
            json=key if method == "POST" else None,
        )  # fmt: skip
        assert status == wanted, path


async def test_a_stream_that_opens_again_has_another_account(streams: Streams) -> None:
    partner_id = await a_partner(streams.house)
    _, first = await ask(streams.house, OPERATOR, "POST", partner_id, json=a_key())
    await ask(streams.house, OPERATOR, "DELETE", partner_id, **version(first))
    status, second = await ask(streams.house, OPERATOR, "POST", partner_id, json=a_key())
    assert status == 201 and second["account"] != first["account"]
    assert len(second["keys"]) == 1
    assert len(await streams.house.events(StreamClosed)) == 1


async def test_a_closed_partner_has_no_stream_any_more(streams: Streams) -> None:
    partner_id = await a_partner(streams.house)
    await ask(streams.house, OPERATOR, "POST", partner_id, json=a_key())
    async with streams.house.calling(OPERATOR) as http:
        closed = await http.post(f"/v1/partners/{partner_id}/closure", headers={"If-Match": '"1"'})
        assert closed.status_code == 201, closed.text
    assert (await ask(streams.house, OPERATOR, "GET", partner_id))[1]["status"] == "closed"


async def test_after_a_snapshot_a_system_reads_on_from_the_snapshots_position(
    streams: Streams,
) -> None:
    partner_id, system = await streams.opened()
    await streams.tell(partner_id, b"1", b"2")
    assert await streams.fetched(system) == [b"1", b"2"]
    _, lag = await ask(streams.house, OPERATOR, "GET", partner_id, "/lag")
    numbers = await streams.tell(partner_id, b"3", b"4")
    await streams.fetched(system)
    _, later = await ask(streams.house, OPERATOR, "GET", partner_id, "/lag")
    assert (later["delivered_seq"], later["stream_seq"]) == (numbers[-1], numbers[-1])
    place = {name: lag[name] for name in ("stream_seq", "stream_incarnation")}
    status, _ = await ask(streams.house, OPERATOR, "POST", partner_id, "/position", json=place)
    assert status == 201
    found: list[bytes] = []
    for _ in range(20):
        with suppress(ServiceUnavailableError):  # while the consumer is made anew there is none
            found += await streams.fetched(system)
        if found:
            break
    assert found == [b"3", b"4"]


async def kept_for(streams: Streams, seconds: float) -> None:
    """What are 30 days otherwise, and are again when somebody connects."""
    bus = await streams.bus()
    known = await bus.ask(f"$JS.API.STREAM.INFO.{PARTNERS.name}")
    config = known["config"] | {"max_age": int(seconds * 1e9), "duplicate_window": int(1e8)}
    answer = await bus.ask(f"$JS.API.STREAM.UPDATE.{PARTNERS.name}", orjson.dumps(config))
    await bus.close()
    assert "error" not in answer, answer


async def pending(streams: Streams, partner_id: str) -> int:
    _, lag = await ask(streams.house, OPERATOR, "GET", partner_id, "/lag")
    return int(lag["pending"])


async def test_a_system_catches_up_within_the_retention_time_and_later_reads_on_from_a_snapshot(
    streams: Streams,
) -> None:
    partner_id, system = await streams.opened()
    await streams.tell(partner_id, b"1", b"2")
    assert await streams.fetched(system) == [b"1", b"2"]
    await streams.tell(partner_id, b"3", b"4")
    await kept_for(streams, 0.5)
    await until(lambda: _is(pending(streams, partner_id), 0))
    assert await streams.fetched(system) == []
    # It asks for a snapshot, which names the stream's place, and reads on from there.
    _, lag = await ask(streams.house, OPERATOR, "GET", partner_id, "/lag")
    await streams.tell(partner_id, b"5")
    place = {name: lag[name] for name in ("stream_seq", "stream_incarnation")}
    status, _ = await ask(streams.house, OPERATOR, "POST", partner_id, "/position", json=place)
    assert status == 201
    found: list[bytes] = []
    for _ in range(20):
        with suppress(ServiceUnavailableError):
            found += await streams.fetched(system)
        if found:
            break
    assert found == [b"5"]


async def _is(asked: Any, wanted: int) -> bool:
    return bool(await asked == wanted)


async def test_the_lag_comes_from_the_broker_and_is_marked_unknown_when_the_broker_is_away(
    streams: Streams,
) -> None:
    partner_id, system = await streams.opened()
    await streams.tell(partner_id, b"1", b"2")
    await streams.fetched(system, 1, ack=False)
    _, lag = await ask(streams.house, OPERATOR, "GET", partner_id, "/lag")
    assert (lag["pending"], lag["unacknowledged"]) == (1, 1) and lag["oldest_at"]
    streams.kill()
    try:
        _, lag = await ask(streams.house, OPERATOR, "GET", partner_id, "/lag")
    finally:
        streams.begin()
    assert (lag["unknown_because"], lag["pending"]) == ("broker-away", None)
