"""Any bad input is refused with a code, and changes nothing."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.security.principal import Role
from tests.houses import SIGNER, principal
from tests.promised import promise
from tests.shared.things import Things

ABSENT = "/v1/things/6f1d2a0c-5b0e-4a51-9d55-0c8f3f7d7a11"
KEEPER = principal(Role.BACKBONE)
JSON = {"Content-Type": "application/json"}
DEEP = b'{"name": "a", "parts": ' + b"[" * 10_000 + b"]" * 10_000 + b"}"


def ensure_refusal(answer: httpx.Response) -> None:
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text[:300])
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["code"]
    assert problem["detail"]
    assert problem["status"] == answer.status_code


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b'"a"', b"1", b"\xff\xfe{}", b'{"name": "\xff"}',
        b"\xef\xbb\xbf{}", b'{"name": "a"} x', b"{'name': 'a'}",
        DEEP, b"[" * 100_000, b'{"a":' * 10_000,
        b'{"name": null}', b'{"name": ""}', b'{"name": "   "}', b'{"name": 5}', b'{"name": ["a"]}',
        b'{"name": "' + b"x" * 101 + b'"}',
        b'{"name": "a\\u0000b"}', b'{"name": "\\ud800"}', b'{"name": "\\udfff\\ud800"}',
        b'{"name": "a", "size": 1e400}', b'{"name": "a", "size": NaN}',
        b'{"name": "a", "size": Infinity}', b'{"name": "a", "size": 1.5}',
        b'{"name": "a", "size": 99999999999}', b'{"name": "a", "size": -99999999999999999999}',
        b'{"name": "a", "size": ' + b"9" * 5_000 + b"}", b'{"name": "a", "size": "x"}',
        b'{"name": "a", "colour": "red"}', b'{"name": "a", "\\ud800": 1}',
        b'{"name": "a", "\\u0000": 1}', b'{"name": "a", "__proto__": {}}',
        b'{"name": "a", "id": "00000000-0000-0000-0000-000000000000"}',
        b'{"name": "a", "version": 7}',
    ],
    ids=lambda body: repr(body[:30]),
)  # fmt: skip
async def test_a_bad_body_is_refused_and_changes_nothing(things: Things, body: bytes) -> None:
    async with things.calling(KEEPER) as http:
        for key in ({}, {"Idempotency-Key": str(uuid4())}):
            ensure_refusal(await http.post("/v1/things", content=body, headers=JSON | key))
    assert await things.rows("select id from thing") == []
    assert await things.events() == []
    assert await things.rows("select key from idempotency") == []


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data",
     "multipart/form-data; boundary=x", "application/json; charset=utf-16", "", "x", "\xff"],
)  # fmt: skip
async def test_a_body_of_another_kind_is_refused_or_read_as_json(
    things: Things, kind: str
) -> None:
    async with things.calling(KEEPER) as http:
        answer = await http.post(
            "/v1/things", content=b"name=a", headers=[(b"content-type", kind.encode("latin-1"))]
        )
    ensure_refusal(answer)


@pytest.mark.parametrize("kind", ["application/JSON", "Application/vnd.thing+Json"])
@pytest.mark.parametrize("body", [DEEP, b"[" * 100_000, '{"name": "a"}'.encode("utf-16")])
async def test_a_content_type_means_the_same_however_it_is_spelled(
    things: Things, kind: str, body: bytes
) -> None:
    async with things.calling(KEEPER) as http:
        answer = await http.post("/v1/things", content=body, headers={"Content-Type": kind})
    ensure_refusal(answer)
    assert answer.json()["code"] in {"body-too-deep", "body-unreadable"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/things/none"), ("GET", ABSENT),
        ("GET", "/v1/things/%00"), ("GET", "/v1/things/%FF%FE"), ("GET", "/v1/things/..%2f..%2f"),
        ("GET", "/v1/things/" + "x" * 5000), ("GET", "/v1/things?size=99999999999999999999"),
        ("GET", "/v1/things?size=%00"), ("GET", "/v1/things?more=%00"), ("GET", "/v1/things?size=1&limit=2&limit=x"),
        ("GET", "/v1/nothing"), ("GET", "/v1/things/"), ("GET", "/"), ("DELETE", "/v1/things"), ("PUT", "/v1/things"),
        ("POST", ABSENT), ("TRACE", "/v1/things"),
        ("PATCH", ABSENT),
    ],
    ids=lambda part: part[:30],
)  # fmt: skip
async def test_a_bad_address_is_refused(things: Things, method: str, path: str) -> None:
    async with things.calling(KEEPER) as http:
        ensure_refusal(await http.request(method, path))


@promise("Requests", "A refusal names the field and never repeats the value.")
async def test_a_refusal_names_the_field_and_never_repeats_the_value(things: Things) -> None:
    secret = "Ann-Marie Example 2011-04-05"
    async with things.calling(KEEPER) as http:
        answer = await http.post(
            "/v1/things", json={"name": [secret], "size": secret, "more": secret}
        )
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "body-malformed")
    assert {fault["field"] for fault in problem["errors"]} == {
        "body.name", "body.size", "body.more",
    }  # fmt: skip
    assert secret not in answer.text


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"name": "a\\u0000b"}', "body.name"),
        (b'{"name": "a\\ud800b"}', "body.name"),
        (b'{"name": "a", "parts": ["b", "\\u0000"]}', "body.parts"),
        (b'{"name": "\xff"}', "body.10"),
        (b'{"name": "a",}', "body.13"),
    ],
    ids=["NUL", "half a character", "NUL in a list", "not UTF-8", "not JSON"],
)
async def test_an_invalid_text_is_refused_with_its_place(
    things: Things, body: bytes, place: str
) -> None:
    async with things.calling(KEEPER) as http:
        answer = await http.post("/v1/things", content=body, headers=JSON)
    ensure_refusal(answer)
    assert place in [fault["field"] for fault in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("role", "path", "words"),
    [(Role.STUDENT, "/v1/things", "A student may not change partners.")],
)
async def test_a_caller_without_the_permission_is_refused_in_plain_words(
    things: Things, role: Role, path: str, words: str
) -> None:
    async with things.calling(principal(role)) as http:
        answer = await http.post(path, json={"name": "a"})
    assert answer.json()["detail"] == words


async def test_no_request_without_a_valid_token_gets_further(things: Things) -> None:
    transport = httpx.ASGITransport(things.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
        for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic YTpi"}):
            answer = await http.get("/v1/things", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (401, "principal-refused")


async def test_a_caller_not_signed_in_gets_401_and_a_caller_without_the_permission_403(
    things: Things,
) -> None:
    from shared.security.principal import NOBODY

    async with things.calling(NOBODY) as http:
        nobody = await http.post("/v1/things", json={"name": "a"})
    async with things.calling(principal(Role.STUDENT)) as http:
        student = await http.post("/v1/things", json={"name": "a"})
    assert (nobody.status_code, nobody.json()["code"]) == (401, "sign-in-required")
    assert (student.status_code, student.json()["code"]) == (403, "permission-missing")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(), part, max_size=3),
    max_leaves=8,
)


@promise("Requests", "A service never answers 500 to any input: it refuses bad input with a code.")
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(anything | st.fixed_dictionaries({"name": anything, "size": anything, "parts": anything}))
async def test_no_json_makes_the_service_fail(things: Things, body: Any) -> None:
    async with things.calling(KEEPER) as http:
        answer = await http.post("/v1/things", content=json.dumps(body), headers=JSON)
    if answer.status_code != 201:
        assert answer.status_code != 500, answer.text
        ensure_refusal(answer)


@promise("Requests", "A service never answers 500 to any input: it refuses bad input with a code.")
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60), st.text(max_size=20), st.text(max_size=20))
async def test_no_bytes_make_the_service_fail(
    things: Things, body: bytes, query: str, path: str
) -> None:
    url = httpx.URL("http://service/v1/things").copy_merge_params(
        {"size": query.encode("utf-8", "surrogatepass").decode("utf-8", "replace")}
    )
    async with things.calling(KEEPER) as http:
        for answer in (
            await http.post("/v1/things", content=body, headers=JSON),
            await http.get(url),
            await http.get(f"/v1/things/{path.encode('utf-8', 'replace').hex()}"),
        ):
            if answer.status_code not in {200, 201}:
                ensure_refusal(answer)


@promise("The house", "A misspelled filter is refused, and never answered with everything.")
async def test_a_misspelled_parameter_is_refused_with_the_names_of_the_known_ones(
    things: Things,
) -> None:
    async with things.calling(KEEPER) as http:
        answer = await http.get("/v1/things", params={"limt": 5, "limit": 5})
        none = await http.post("/v1/things", params={"q": "a"}, json={"name": "a"})
        asked = await http.get("/v1/things", params={"limit": 5})
    ensure_refusal(answer)
    ensure_refusal(none)
    [fault] = answer.json()["errors"]
    assert (answer.json()["code"], fault["field"]) == ("parameter-unknown", "query.limt")
    assert "limit" in fault["reason"]
    assert (none.status_code, none.json()["code"]) == (400, "parameter-unknown")
    assert (asked.status_code, asked.json()["items"]) == (200, [])


@pytest.mark.parametrize("more", [[], [(b"idempotency-key", b"once")]])
async def test_a_body_that_breaks_off_is_no_fault_of_the_service(
    things: Things, more: list[tuple[bytes, bytes]]
) -> None:
    token = f"Bearer {SIGNER.token(KEEPER, 'partners')}".encode()
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
        "path": "/v1/things", "raw_path": b"/v1/things", "root_path": "", "query_string": b"",
        "scheme": "http", "server": ("service", 80), "client": ("here", 1),
        "headers": [(b"authorization", token), (b"content-type", b"application/json"), *more],
    }  # fmt: skip
    heard: list[Any] = [{"type": "http.request", "body": b'{"na', "more_body": True}]
    said: list[Any] = []

    async def receive() -> Any:
        return heard.pop() if heard else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        said.append(message)

    await things.app(scope, receive, send)
    assert [message["status"] for message in said if "status" in message] == [400]
