"""Hostile tokens: a service refuses every token but a valid one of the platform for itself."""

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey, RSAKey

from shared.core.refusals import Unauthenticated
from shared.security.principal import LIFETIME_SECONDS, PrincipalSigner, PrincipalVerifier, Role
from shared.security.tokens import TOKEN_BYTES, Signer, TokenRefused, Verifier
from tests.houses import principal
from tests.promised import promise

KEY = OKPKey.generate_key("Ed25519", private=True)
OTHER = OKPKey.generate_key("Ed25519", private=True)
PRIVATE = json.dumps(KEY.as_dict(private=True))
PUBLIC = json.dumps(KEY.as_dict(private=False))
NOW = int(time.time())
HEADER = {"alg": "Ed25519", "typ": "test+jwt"}
CLAIMS = {"iss": "us", "aud": "students", "iat": NOW, "exp": NOW + 60, "n": 1}
VERIFIER = Verifier(PUBLIC, "test+jwt", issuer="us", audience="students")
GOOD = Signer(PRIVATE, "test+jwt").sign(CLAIMS)


@pytest.fixture(autouse=True)
def of_now() -> None:
    """Tokens live for a minute, and the suite for longer: each test begins with fresh ones, so
    that none is refused merely for its age."""
    now = int(time.time())
    fresh = Signer(PRIVATE, "test+jwt").sign(CLAIMS | {"iat": now, "exp": now + 60})
    first, body, signature = fresh.split(".")
    globals().update(
        NOW=now, CLAIMS=CLAIMS | {"iat": now, "exp": now + 60}, GOOD=fresh, FIRST=first,
        BODY=body, SIGNATURE=signature, PAYLOAD=orjson.dumps(CLAIMS | {"iat": now, "exp": now + 60}),
    )  # fmt: skip


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(header: bytes, payload: bytes, key: OKPKey = KEY) -> str:
    """Rightly signed by `key`, whatever it says."""
    text = f"{b64(header)}.{b64(payload)}"
    return f"{text}.{b64(key.private_key.sign(text.encode()))}"


def saying(header: dict[str, Any] | None = None, key: OKPKey = KEY, **claims: Any) -> str:
    said = {k: v for k, v in (CLAIMS | claims).items() if v is not ...}
    return signed(orjson.dumps(header or HEADER), orjson.dumps(said), key)


def compact(algorithm: str, key: Any, header: dict[str, Any] | None = None) -> str:
    return jws.serialize_compact(
        {**HEADER, "alg": algorithm, **(header or {})}, orjson.dumps(CLAIMS), key,
        algorithms=[algorithm],
    )  # fmt: skip


FIRST, BODY, SIGNATURE = GOOD.split(".")
PAYLOAD = orjson.dumps(CLAIMS)
HOSTILE: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "dots only": lambda: "..",
    "two parts": lambda: f"{FIRST}.{BODY}",
    "four parts": lambda: f"{GOOD}.{SIGNATURE}",
    "five parts, as if encrypted": lambda: f"{FIRST}..{BODY}.{BODY}.{SIGNATURE}",
    "no signature": lambda: f"{FIRST}.{BODY}.",
    "no header": lambda: f".{BODY}.{SIGNATURE}",
    "no payload": lambda: f"{FIRST}..{SIGNATURE}",
    "alg none": lambda: f"{b64(orjson.dumps({'alg': 'none', 'typ': 'test+jwt'}))}.{BODY}.",
    "alg None, signed": lambda: signed(b'{"alg":"None","typ":"test+jwt"}', PAYLOAD),
    "alg none, old signature": lambda: (
        f"{b64(orjson.dumps({'alg': 'none', 'typ': 'test+jwt'}))}.{BODY}.{SIGNATURE}"
    ),
    "alg EdDSA": lambda: signed(b'{"alg":"EdDSA","typ":"test+jwt"}', PAYLOAD),
    "alg in small letters": lambda: signed(b'{"alg":"ed25519","typ":"test+jwt"}', PAYLOAD),
    "alg a number": lambda: signed(b'{"alg":1,"typ":"test+jwt"}', PAYLOAD),
    "alg a list": lambda: signed(b'{"alg":["Ed25519"],"typ":"test+jwt"}', PAYLOAD),
    "no alg": lambda: signed(b'{"typ":"test+jwt"}', PAYLOAD),
    "HS256 with the public key": lambda: compact("HS256", OctKey.import_key(PUBLIC)),
    "HS256 with the key's bytes": lambda: compact(
        "HS256", OctKey.import_key(KEY.public_key.public_bytes_raw())
    ),
    "RS256 with a key of its own": lambda: compact("RS256", RSAKey.generate_key(2048)),
    "another's key": lambda: saying(key=OTHER),
    "another's key, handed along": lambda: saying(
        header=HEADER | {"jwk": OTHER.as_dict(private=False)}, key=OTHER
    ),
    "a key to be fetched": lambda: saying(header=HEADER | {"jku": "https://evil.example"}),
    "a certificate to be fetched": lambda: saying(header=HEADER | {"x5u": "https://evil.example"}),
    "a key id": lambda: saying(header=HEADER | {"kid": "1"}),
    "a key id that is a path": lambda: saying(header=HEADER | {"kid": "../../dev/null"}),
    "a critical header": lambda: saying(header=HEADER | {"crit": ["exp"], "exp": 1}),
    "a payload not encoded": lambda: saying(header=HEADER | {"b64": False, "crit": ["b64"]}),
    "a compressed payload": lambda: saying(header=HEADER | {"zip": "DEF"}),
    "typ JWT": lambda: saying(header=HEADER | {"typ": "JWT"}),
    "typ of a grant": lambda: saying(header=HEADER | {"typ": "grant+jwt"}),
    "typ in capitals": lambda: saying(header=HEADER | {"typ": "TEST+JWT"}),
    "typ as a media type": lambda: saying(header=HEADER | {"typ": "application/test+jwt"}),
    "no typ": lambda: saying(header={"alg": "Ed25519"}),
    "header keys twice": lambda: signed(
        b'{"alg":"none","alg":"Ed25519","typ":"test+jwt"}', PAYLOAD
    ),
    "header in another order": lambda: signed(b'{"typ":"test+jwt","alg":"Ed25519"}', PAYLOAD),
    "header with blanks": lambda: signed(b'{ "alg":"Ed25519","typ":"test+jwt"}', PAYLOAD),
    "header a list": lambda: signed(b'["Ed25519"]', PAYLOAD),
    "header no JSON": lambda: signed(b"Ed25519", PAYLOAD),
    "claims twice": lambda: signed(orjson.dumps(HEADER), b'{"aud":"outcomes",' + PAYLOAD[1:]),
    "claims with blanks": lambda: signed(orjson.dumps(HEADER), PAYLOAD + b" "),
    "claims a list": lambda: signed(orjson.dumps(HEADER), b"[]"),
    "claims a text": lambda: signed(orjson.dumps(HEADER), b'"text"'),
    "claims null": lambda: signed(orjson.dumps(HEADER), b"null"),
    "claims no JSON": lambda: signed(orjson.dumps(HEADER), b"{"),
    "claims not UTF-8": lambda: signed(orjson.dumps(HEADER), b"\xff\xfe"),
    "claims nested deep": lambda: signed(
        orjson.dumps(HEADER), b'{"a":' + b"[" * 1000 + b"]" * 1000 + b"}"
    ),
    "another audience": lambda: saying(aud="outcomes"),
    "several audiences": lambda: saying(aud=["students", "outcomes"]),
    "audience in a list": lambda: saying(aud=["students"]),
    "no audience": lambda: saying(aud=...),
    "audience null": lambda: saying(aud=None),
    "audience with a blank": lambda: saying(aud="students "),
    "another issuer": lambda: saying(iss="them"),
    "no issuer": lambda: saying(iss=...),
    "expired": lambda: saying(iat=NOW - 120, exp=NOW - 60),
    "expires as it began": lambda: saying(exp=NOW),
    "from the future": lambda: saying(iat=NOW + 60, exp=NOW + 120),
    "no expiry": lambda: saying(exp=...),
    "no beginning": lambda: saying(iat=...),
    "expiry a text": lambda: saying(exp=str(NOW + 60)),
    "expiry a fraction": lambda: saying(exp=NOW + 60.5),
    "expiry true": lambda: saying(exp=True),
    "expiry null": lambda: saying(exp=None),
    "expiry huge": lambda: saying(exp=2**62),
    "valid for a day": lambda: saying(exp=NOW + 86_400),
    "beginning a fraction": lambda: saying(iat=float(NOW)),
    "padding": lambda: f"{GOOD}=",
    "padding of a part": lambda: f"{FIRST}=.{BODY}.{SIGNATURE}",
    "a blank before": lambda: f" {GOOD}",
    "a blank after": lambda: f"{GOOD} ",
    "a line end after": lambda: f"{GOOD}\n",
    "a blank within": lambda: f"{FIRST}. {BODY}.{SIGNATURE}",
    "a NUL": lambda: f"{GOOD}\0",
    "standard base64": lambda: f"{FIRST}.{BODY}.{SIGNATURE[:-2]}+/",
    "letters of another alphabet": lambda: GOOD.replace("e", "е", 1),
    "digits of another alphabet": lambda: f"{GOOD[:-1]}٣",
    "too long": lambda: saying(words="x" * TOKEN_BYTES),
    "a megabyte": lambda: "a" * 500_000 + "." + "a" * 500_000 + ".a",
    "signature cut": lambda: GOOD[:-4],
    "signature of zeros": lambda: f"{FIRST}.{BODY}.{b64(bytes(64))}",
    "signature of another token": lambda: f"{FIRST}.{BODY}.{saying(n=2).split('.')[2]}",
    "payload of another token": lambda: f"{FIRST}.{saying(n=2).split('.')[1]}.{SIGNATURE}",
    "bits that mean nothing": lambda: GOOD[:-1] + _twin(GOOD[-1]),
    "JSON serialization": lambda: json.dumps(
        {"protected": FIRST, "payload": BODY, "signature": SIGNATURE}
    ),
}


def _twin(last: str) -> str:
    """Another character that decodes to the same byte, where a decoder is careless."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return letters[letters.index(last) + 1]


def test_a_valid_token_of_the_platform_is_accepted() -> None:
    assert VERIFIER.claims(GOOD) == CLAIMS
    assert VERIFIER.claims(saying()) == CLAIMS


@promise(
    "Access and privacy",
    "A service refuses a token that is not exactly the platform's, for this service, now.",
)
@pytest.mark.parametrize("token", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_token_is_refused(token: Callable[[], str]) -> None:
    with pytest.raises(TokenRefused):
        VERIFIER.claims(token())


@promise(
    "Access and privacy",
    "A service refuses a token that is not exactly the platform's, for this service, now.",
)
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(GOOD) - 1), st.characters(min_codepoint=1, max_codepoint=0x2FF))
def test_a_token_with_any_character_changed_is_refused(place: int, character: str) -> None:
    changed = GOOD[:place] + character + GOOD[place + 1 :]
    if changed != GOOD:
        with pytest.raises(TokenRefused):
            VERIFIER.claims(changed)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda raw: raw.decode("latin-1")))
def test_any_text_in_place_of_a_token_is_refused_without_a_failure(text: str) -> None:
    with pytest.raises(TokenRefused):
        VERIFIER.claims(text)


PEOPLE = PrincipalVerifier(PUBLIC, "students")
PERSON = principal(Role.EDUCATOR, person_id=uuid4())


def test_a_principal_signed_by_the_gateway_is_accepted_and_kept_until_it_expires() -> None:
    authorization = f"Bearer {PrincipalSigner(PRIVATE).token(PERSON, 'students')}"
    assert PEOPLE.principal(authorization) == PERSON
    until, kept = PEOPLE._kept[authorization]
    assert kept == PERSON
    assert until <= time.time() + LIFETIME_SECONDS


@pytest.mark.parametrize(
    "prefix", ["", "bearer ", "Bearer  ", "Basic ", "Bearer Bearer "], ids=repr
)
def test_the_callers_token_is_read_only_as_a_bearer_token(prefix: str) -> None:
    token = PrincipalSigner(PRIVATE).token(PERSON, "students")
    with pytest.raises(Unauthenticated):
        PEOPLE.principal(prefix + token)


def test_a_principal_for_one_service_is_refused_by_another() -> None:
    with pytest.raises(Unauthenticated):
        PEOPLE.principal(f"Bearer {PrincipalSigner(PRIVATE).token(PERSON, 'outcomes')}")


@pytest.mark.parametrize(
    "caller",
    [
        None, {}, [], "text", {"account_id": "x", "role": "educator"},
        {"account_id": "6f1d2a0c-5b0e-4a51-9d55-0c8f3f7d7a11", "role": "king"},
    ],
    ids=repr,
)  # fmt: skip
def test_a_caller_of_the_wrong_shape_is_refused(caller: Any) -> None:
    token = Signer(PRIVATE, "principal+jwt").sign(
        {"iss": "gateway", "aud": "students", "iat": NOW, "exp": NOW + 60, "caller": caller}
    )
    with pytest.raises(Unauthenticated):
        PEOPLE.principal(f"Bearer {token}")


def test_a_payload_read_from_a_token_is_the_one_that_was_signed() -> None:
    assert orjson.loads(urlsafe_b64decode(BODY + "==")) == CLAIMS
