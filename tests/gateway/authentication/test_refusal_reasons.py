"""The operator reads why a sign-in is refused; the person who sent the token never does."""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from prometheus_client import REGISTRY

from deploy.servers import free_port
from gateway.app import create_gateway
from shared.formats.jwts import Reason
from tests.gateway.authentication.test_hostile_tokens import HEADER, UNTYPED, saying
from tests.gateway.services import ADDRESS, DEV_KEY, network, settings
from tests.hostile import NOW
from tests.operating.chapters import PAGE
from tests.promised import promise

DEV = f"{ADDRESS}/dev"
OF_ASSERTIONS = {Reason.VALID_TOO_LONG, Reason.ASSERTION_ID, Reason.USED}
TOKENS: dict[Reason, Callable[[], str]] = {
    Reason.SCHEME: lambda: "Basic eA==",
    Reason.TOO_LONG: lambda: saying(junk="x" * 9000),
    Reason.NOT_A_JWT: lambda: "opaque",
    Reason.ENCRYPTED: lambda: f"{saying()}.eA.eA",
    Reason.UNREADABLE: lambda: saying().replace("eyJ", "eyK", 1),
    Reason.HEADER: lambda: saying(HEADER | {"jku": "https://elsewhere.example.org/keys"}),
    Reason.ALGORITHM: lambda: saying(HEADER | {"alg": "HS256"}),
    Reason.TYPE: lambda: saying(HEADER | {"typ": "dpop+jwt"}),
    Reason.KEY_ID: lambda: saying(HEADER | {"kid": 1}),
    Reason.NOT_AN_ACCESS_TOKEN: lambda: saying(at_hash="h"),
    Reason.NONCE: lambda: saying(UNTYPED, nonce="n", scope="openid"),
    Reason.UNMARKED: lambda: saying(UNTYPED),
    Reason.KEY_BOUND: lambda: saying(cnf={"jkt": "abc"}),
    Reason.ISSUER: lambda: saying(iss="https://id.example.org/realms/other"),
    Reason.AUDIENCE: lambda: saying(aud="account"),
    Reason.TIMES: lambda: saying(exp=NOW + 0.5),
    Reason.NOT_YET_VALID: lambda: saying(nbf=NOW + 3600),
    Reason.EXPIRED: lambda: saying(exp=NOW - 1),
    Reason.SUBJECT: lambda: saying(sub=""),
    Reason.KEY_UNKNOWN: lambda: saying(HEADER | {"kid": "another"}),
    Reason.SIGNATURE: lambda: saying()[:-4] + "AAAA",
}  # fmt: skip


def counted(reason: Reason) -> float:
    return REGISTRY.get_sample_value("sign_ins_refused_total", {"reason": reason}) or 0.0


def lines(caplog: pytest.LogCaptureFixture, message: str) -> list[logging.LogRecord]:
    return [each for each in caplog.records if each.getMessage() == message]


@promise(
    "Operation",
    "Each refused access token has its reason in the log and the metric, and none in the answer.",
)
async def test_each_refusal_has_its_reason_in_the_log_and_the_metric_and_none_in_the_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    answers = set()
    async with network() as (net, client):
        net.admit("operator")
        for reason, make in TOKENS.items():
            caplog.clear()
            before = counted(reason)
            made = make() if reason is Reason.SCHEME else f"Bearer {make()}"
            answer = await client.get("/v1/partners", headers={"Authorization": made})
            [line] = lines(caplog, "token refused")
            assert (line.reason, counted(reason)) == (reason, before + 1)  # type: ignore[attr-defined]
            [request] = lines(caplog, "request")
            assert request.code == "token-refused"  # type: ignore[attr-defined]
            answers.add((answer.status_code, answer.text))
    assert len(answers) == 1
    assert set(TOKENS) | OF_ASSERTIONS == set(Reason)


async def test_the_log_names_an_issuer_by_its_address_and_repeats_nothing_else_of_a_token(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    named = {
        DEV: DEV,
        "https://id.example.org/realms/other": "https://id.example.org/realms/other",
        "https://ann@example.org/": None,
        "ann@example.org": None,
        "https://id.example.org/?name=Ann": None,
        'https://id.example.org/"}\n{"level": "info"': None,
        f"https://id.example.org/{'x' * 300}": None,
    }
    async with network() as (_, client):
        for issuer, logged in named.items():
            caplog.clear()
            made = f"Bearer {saying(iss=issuer, aud='another', sub='Ann')}"
            await client.get("/v1/partners", headers={"Authorization": made})
            [line] = lines(caplog, "token refused")
            assert line.issuer == logged  # type: ignore[attr-defined]
            assert "Ann" not in str(vars(line))


def test_the_operators_page_explains_every_reason() -> None:
    chapter = PAGE.read_text().partition("### Sign-ins are refused")[2].partition("\n### ")[0]
    assert set(re.findall(r"^\| `([a-z-]+)`", chapter, re.MULTILINE)) == set(Reason)


async def test_the_gateways_own_refusals_have_their_code_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "request")
    async with network() as (net, client):
        net.admit("operator")
        asked = {
            "acting-as-unknown": lambda: client.get("/v1/partners", headers={"Acting-As": "x"}),
            "parameter-malformed": lambda: client.get("/v1/search?q=ab&limit=0"),
            "route-unknown": lambda: client.get("/nothing"),
            "method-not-allowed": lambda: client.delete("/v1/me"),
            "body-malformed": lambda: client.post("/v1/invitations/acceptance", json={}),
            "invalid_request": lambda: client.post("/oauth/token", content=b"x"),
        }
        codes = []
        for asking in asked.values():
            await asking()
            codes.append(lines(caplog, "request")[-1].code)  # type: ignore[attr-defined]
        del client.headers["Authorization"]
        await client.get("/v1/me")
        codes.append(lines(caplog, "request")[-1].code)  # type: ignore[attr-defined]
    assert codes == [*asked, "sign-in-required"]


@asynccontextmanager
async def answering(document: Any, keys: Any, status: int = 200) -> AsyncIterator[str]:
    """An issuer's two documents on loopback. `document` may be a function of its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"

    async def discovery(_: web.Request) -> web.Response:
        said = document(address) if callable(document) else document
        return web.json_response(said, status=status)

    async def published(_: web.Request) -> web.Response:
        return web.json_response(keys)

    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", discovery)
    app.router.add_get("/keys", published)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield address
    finally:
        await runner.cleanup()


def whole(address: str) -> dict[str, str]:
    return {"issuer": address, "jwks_uri": f"{address}/keys"}


PUBLIC = {"keys": [{name: value for name, value in json.loads(DEV_KEY).items() if name != "d"}]}
WRONG: dict[str, tuple[Any, Any, int]] = {
    "names another issuer": (lambda at: whole(at) | {"issuer": "https://other"}, PUBLIC, 200),
    "status 404": (whole, PUBLIC, 404),
    "publishes no key": (whole, {"keys": []}, 200),
    "cannot be read": (lambda at: [at], PUBLIC, 200),
    "or its keys cannot be read": (whole, {"keys": ["x"]}, 200),
}


@promise(
    "Operation", "An issuer that cannot sign anybody in is in the log and the metric at once."
)
@pytest.mark.parametrize(("fault", "wrong"), WRONG.items(), ids=WRONG)
async def test_a_wrong_issuer_is_in_the_log_and_the_metric_before_anybody_signs_in(
    fault: str, wrong: tuple[Any, Any, int], capsys: pytest.CaptureFixture[str]
) -> None:
    async with answering(*wrong) as issuer:
        assert await read_at_start(issuer) == 0
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    [line] = [each for each in logged if "nobody of this issuer" in each["message"]]
    assert (line["level"], line["issuer"]) == ("error", issuer)
    assert fault in line["message"]


async def test_an_issuer_that_is_away_does_not_keep_the_gateway_from_starting() -> None:
    assert await read_at_start(f"http://127.0.0.1:{free_port()}") == 0


async def test_a_good_issuers_keys_are_read_at_the_start() -> None:
    async with answering(whole, PUBLIC) as issuer:
        assert await read_at_start(issuer) == 1


async def read_at_start(issuer: str) -> float | None:
    """The metric, once the gateway has started and looked."""
    app = create_gateway(lambda: settings(oidc_issuer=issuer))
    async with app.router.lifespan_context(app), asyncio.timeout(30):
        while (found := REGISTRY.get_sample_value("issuer_keys_read", {"issuer": issuer})) is None:
            await asyncio.sleep(0.01)
    return found
