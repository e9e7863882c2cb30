"""Tokens of the issuers that districts and partners use, as these issuers write them, signed here by a
published key.

Sources: Microsoft identity platform (access tokens, v1.0 and v2.0), Auth0, Okta (custom authorization
servers), Amazon Cognito, Keycloak, Google, Clever and ClassLink, each in its own documentation.
"""

import json
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import Key, RSAKey

from gateway.authentication.access_tokens import AccessTokens
from gateway.authentication.issuers import usable
from shared.core.refusals import Unauthenticated
from shared.formats.jwts import JwtRefused, Reason
from tests.hostile import b64
from tests.needs import DATA
from tests.promised import promise

NOW = int(time.time())
OURS = "https://platform.example.org"
KEY = RSAKey.generate_key(2048)
CASES = DATA / "reported" / "token-with-x5t" / "cases.json"
TENANT = "8d3cdb8c-1a17-4b0a-9a3f-0f9c7c1c2a11"
ENTRA_1, ENTRA_2 = (
    f"https://sts.windows.net/{TENANT}/",
    f"https://login.microsoftonline.com/{TENANT}/v2.0",
)
KEYCLOAK = "https://id.example.org/realms/district"
COGNITO = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Example"
AUTH0, OKTA = "https://district.us.auth0.com/", "https://district.okta.com/oauth2/default"
CLEVER, CLASSLINK = "https://clever.com", "https://launchpad.classlink.com"
ISSUERS = (ENTRA_1, ENTRA_2, KEYCLOAK, COGNITO, AUTH0, OKTA, CLEVER, CLASSLINK)


class Published:
    """The keys of a published set, as `DiscoveredKeys` keeps them."""

    def __init__(self) -> None:
        public = KEY.as_dict(private=False)
        entra = {"x5t": "k1", "x5c": ["MIIB"], "issuer": ENTRA_2, "cloud_instance_name": "public"}
        self.keys = usable([{**public, "kid": "k1", "use": "sig", **entra}], {})

    async def for_id(self, kid: str) -> Key | None:
        return self.keys.get(kid)


def token(header: dict[str, Any], claims: dict[str, Any]) -> str:
    start = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
    return f"{start}.{b64(KEY.raw_value.sign(start.encode(), PKCS1v15(), SHA256()))}"


def accepting(*audiences: str) -> AccessTokens:
    return AccessTokens(frozenset(audiences), dict.fromkeys(ISSUERS, Published()))


def issued(issuer: str, **claims: Any) -> dict[str, Any]:
    made = {"iss": issuer, "sub": "somebody", "aud": OURS, "iat": NOW, "exp": NOW + 3600}
    return {name: value for name, value in (made | claims).items() if value is not None}


async def reason(text: str, audience: str = OURS) -> Reason | None:
    """The reason of the refusal; None for a token that is accepted."""
    why: BaseException | None = None
    try:
        await accepting(audience).identity(text)
    except Unauthenticated as refused:
        why = refused.__cause__
    assert why is None or isinstance(why, JwtRefused)
    return why.reason if why is not None else None


RS256 = {"alg": "RS256", "kid": "k1"}
TYPED = RS256 | {"typ": "JWT"}
GOOD = {
    "Entra ID, version 1": token(
        TYPED | {"x5t": "k1"},
        issued(
            ENTRA_1, nbf=NOW, acr="1", aio="AXQ", amr=["pwd", "mfa"], appid="web", appidacr="0",
            scp="access", tid=TENANT, uti="u", ver="1.0", unique_name="ann@example.org",
        ),
    ),
    "Entra ID, version 2": token(
        TYPED,
        issued(
            ENTRA_2, nbf=NOW, azp="web", azpacr="0", oid="o", scp="access", tid=TENANT, uti="u",
            ver="2.0", rh="0.A",
        ),
    ),
    "Okta": token(RS256, issued(OKTA, ver=1, jti="AT.x", cid="web", uid="u", scp=["openid"])),
    "Auth0": token(
        TYPED,
        issued(
            AUTH0, sub="auth0|5f7c", aud=[OURS, f"{AUTH0}userinfo"], azp="web", scope="openid"
        ),
    ),
    "Auth0, by RFC 9068": token(
        RS256 | {"typ": "at+jwt"}, issued(AUTH0, sub="auth0|5f7c", client_id="web", jti="j")
    ),
    "Keycloak": token(
        TYPED,
        issued(
            KEYCLOAK, aud=[OURS, "account"], typ="Bearer", azp="web", sid="s", acr="1",
            scope="openid email profile", email_verified=True, realm_access={"roles": ["x"]},
        ),
    ),
    "Keycloak before 25, with the nonce": token(
        TYPED, issued(KEYCLOAK, typ="Bearer", azp="web", nonce="n", scope="openid")
    ),
    "Cognito, bound to the resource": token(
        RS256 | {"kid": "k1"},
        issued(COGNITO, token_use="access", client_id="c", scope="openid", version=2),
    ),
}  # fmt: skip
REFUSED = {
    "Google: opaque": ("ya29.a0AfB_byExample", Reason.NOT_A_JWT),
    "ClassLink: opaque": ("c1447347559609a1421b77d9ae8a0183e3b576680e246a", Reason.NOT_A_JWT),
    "ClassLink: ID token": (
        token(TYPED, issued(CLASSLINK, nonce="n", login_hint="demoUser", profile="Teacher")),
        Reason.NONCE,
    ),
    "Clever: ID token": (
        token(TYPED, issued(CLEVER, user_type="teacher", district="d", email_verified=False)),
        Reason.UNMARKED,
    ),
    "Auth0: no audience was asked for": ("eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVy.dGFn", Reason.ENCRYPTED),
    "Entra ID: for Microsoft Graph": (
        token(TYPED | {"nonce": "n"}, issued(ENTRA_1, aud="00000003", scp="User.Read")),
        Reason.AUDIENCE,
    ),
    "Entra ID: another tenant": (
        token(TYPED, issued(ENTRA_2.replace(TENANT, "common"), scp="access")), Reason.ISSUER,
    ),
    "Keycloak: no audience is mapped": (
        token(TYPED, issued(KEYCLOAK, aud="account", typ="Bearer", scope="openid")),
        Reason.AUDIENCE,
    ),
    "Keycloak: ID token": (
        token(TYPED, issued(KEYCLOAK, typ="ID", azp="web", at_hash="h")),
        Reason.NOT_AN_ACCESS_TOKEN,
    ),
    "Cognito: ID token": (
        token(RS256, issued(COGNITO, token_use="id", scope="openid")), Reason.NOT_AN_ACCESS_TOKEN,
    ),
    "Cognito: for another client": (
        token(RS256, issued(COGNITO, aud=None, token_use="access", client_id="another")),
        Reason.AUDIENCE,
    ),
}  # fmt: skip


@promise("Access and privacy", "Access tokens of real issuers are read as these write them.")
@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
async def test_an_access_token_of_a_real_issuer_is_accepted(text: str) -> None:
    assert await reason(text) is None


async def test_cognito_names_the_client_where_it_names_no_audience() -> None:
    claims = issued(COGNITO, aud=None, token_use="access", client_id="web", scope="openid")
    assert await reason(token(RS256, claims), audience="web") is None


@pytest.mark.parametrize(("text", "why"), REFUSED.values(), ids=REFUSED)
async def test_whatever_else_a_real_issuer_gives_is_refused_with_its_reason(
    text: str, why: Reason
) -> None:
    assert await reason(text) is why


@pytest.mark.needs("data")
async def test_the_reported_headers_pass_or_are_refused_as_they_must() -> None:
    for case in json.loads(CASES.read_text())["cases"]:
        text = token(case["header"], issued(KEYCLOAK, scope="openid") | case["claims"])
        found = await reason(text, audience="education-partnership")
        assert found is (None if case["must"] == "pass" else Reason.HEADER), case
