"""Tokens that nobody honest sends, made out of an honest one: for every place that takes a JWT."""

import base64
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

NOW = int(time.time())
EVIL = "http://127.0.0.1:9/evil"
OTHER = {
    "Ed25519": OKPKey.generate_key("Ed25519"),
    "ES256": ECKey.generate_key("P-256"),
    "ES384": ECKey.generate_key("P-384"),
    "ES512": ECKey.generate_key("P-521"),
    "RS256": RSAKey.generate_key(2048),
}

Make = Callable[[], str]


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(header: bytes, payload: bytes, key: OKPKey) -> str:
    """These very bytes under an Ed25519 signature that holds."""
    private = key.raw_value
    assert isinstance(private, Ed25519PrivateKey)
    start = f"{b64(header)}.{b64(payload)}"
    return f"{start}.{b64(private.sign(start.encode()))}"


def by_other(algorithm: str, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """A good signature with another's key of this algorithm."""
    return jws.serialize_compact(
        {**header, "alg": algorithm}, json.dumps(claims).encode(), OTHER[algorithm],
        algorithms=[algorithm],
    )  # fmt: skip


def corpus(header: dict[str, Any], claims: dict[str, Any], key: OKPKey) -> dict[str, Make]:
    """By what is wrong with each. `header` and `claims` make an honest token under `key`."""
    public = {**key.as_dict(private=False)}

    def honest(**other: Any) -> str:
        changed = {k: v for k, v in {**claims, **other}.items() if v is not ...}
        return signed(json.dumps(header).encode(), json.dumps(changed).encode(), key)

    def headed(**other: Any) -> str:
        changed = {k: v for k, v in {**header, **other}.items() if v is not ...}
        return signed(json.dumps(changed).encode(), json.dumps(claims).encode(), key)

    def raw(head: str | None = None, body: str | None = None) -> str:
        first = json.dumps(header) if head is None else head
        return signed(first.encode(), (json.dumps(claims) if body is None else body).encode(), key)

    def parts() -> list[str]:
        return honest().split(".")

    def unsigned(algorithm: str, signature: str = "") -> str:
        return f"{b64(json.dumps({**header, 'alg': algorithm}).encode())}.{parts()[1]}.{signature}"

    def mac(secret: bytes) -> str:
        start = unsigned("HS256").rpartition(".")[0]
        return f"{start}.{b64(hmac.digest(secret, start.encode(), 'sha256'))}"

    def embedded(**where: Any) -> str:
        other = OTHER["Ed25519"]
        return signed(json.dumps({**header, **where}).encode(), json.dumps(claims).encode(), other)

    def flipped() -> str:
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        whole = honest()
        return whole[:-1] + letters[letters.index(whole[-1]) + 1]

    other_public = OTHER["Ed25519"].as_dict(private=False)
    members = json.dumps(claims)[1:]
    return {
        "nothing": lambda: "",
        "no dots": lambda: "abc",
        "dots only": lambda: "..",
        "none": lambda: unsigned("none"),
        "none with a signature": lambda: unsigned("none", parts()[2]),
        "None": lambda: unsigned("None", parts()[2]),
        "nOnE": lambda: unsigned("nOnE", parts()[2]),
        "no signature": lambda: ".".join(parts()[:2]) + ".",
        "two parts": lambda: ".".join(parts()[:2]),
        "four parts": lambda: honest() + ".x",
        "five parts, as if encrypted": lambda: ".".join([*parts(), "eA", "eA"]),
        "encrypted by its header": lambda: headed(enc="A256GCM"),
        "HMAC by the public key as JSON": lambda: mac(json.dumps(public).encode()),
        "HMAC by the public key's bytes": lambda: mac(
            base64.urlsafe_b64decode(public["x"] + "==")
        ),
        "HMAC by its PEM": lambda: mac(key.as_pem(private=False)),
        "another's Ed25519 key": embedded,
        "another's P-256 key": lambda: by_other("ES256", header, claims),
        "another's P-384 key": lambda: by_other("ES384", header, claims),
        "another's RSA key": lambda: by_other("RS256", header, claims),
        "an algorithm of another family": lambda: headed(alg="RS256"),
        "an algorithm of curves": lambda: headed(alg="ES256"),
        "an unknown algorithm": lambda: headed(alg="Ed448"),
        "no algorithm": lambda: headed(alg=...),
        "algorithm a list": lambda: headed(alg=["Ed25519"]),
        "algorithm null": lambda: headed(alg=None),
        "algorithm in small letters": lambda: headed(alg="ed25519"),
        "embedded key": lambda: embedded(jwk=other_public),
        "own key embedded": lambda: headed(jwk=public),
        "key by address": lambda: embedded(jku=EVIL),
        "certificate by address": lambda: embedded(x5u=EVIL),
        "certificate embedded": lambda: embedded(x5c=["MIIB"]),
        "certificate's digest": lambda: embedded(**{"x5t#S256": "abc"}),
        "critical header": lambda: headed(crit=["exp"], exp=NOW + 60),
        "critical nothing": lambda: headed(crit=[]),
        "payload not encoded": lambda: headed(b64=False, crit=["b64"]),
        "payload compressed": lambda: headed(zip="DEF"),
        "nested": lambda: signed(
            json.dumps({**header, "cty": "JWT"}).encode(), honest().encode(), key
        ),
        "an unknown header that is critical": lambda: headed(foo="bar", crit=["foo"]),
        "an unknown header twice": lambda: raw(
            head='{"foo":"bar","foo":"bar",' + json.dumps(header)[1:]
        ),
        "another type": lambda: headed(typ="principal+jwt"),
        "type of an ID token by another name": lambda: headed(typ="id_token+jwt"),
        "type of a logout token": lambda: headed(typ="logout+jwt"),
        "type of a security event": lambda: headed(typ="secevent+jwt"),
        "type of a proof": lambda: headed(typ="dpop+jwt"),
        "type a number": lambda: headed(typ=1),
        "type null": lambda: headed(typ=None),
        "type a list": lambda: headed(typ=["JWT"]),
        "unknown key id": lambda: headed(kid="unknown"),
        "no key id": lambda: headed(kid=...),
        "key id a path": lambda: headed(kid="../../etc/passwd\n"),
        "key id of SQL": lambda: headed(kid="' or 1=1 --"),
        "key id empty": lambda: headed(kid=""),
        "key id a number": lambda: headed(kid=1),
        "key id an object": lambda: headed(kid={"kid": header["kid"]}),
        "key id null": lambda: headed(kid=None),
        "key id too long": lambda: headed(kid="k" * 1000),
        "key id with a NUL": lambda: headed(kid=header["kid"] + "\0"),
        "header key twice": lambda: raw(head='{"alg":"none",' + json.dumps(header)[1:]),
        "key id twice": lambda: raw(head='{"kid":"other",' + json.dumps(header)[1:]),
        "header a list": lambda: raw(head="[1]"),
        "header a text": lambda: raw(head='"Ed25519"'),
        "header no JSON": lambda: raw(head="{alg}"),
        "header not UTF-8": lambda: signed(b"\xff{}", json.dumps(claims).encode(), key),
        "header empty": lambda: raw(head="{}"),
        "claim twice": lambda: raw(body=f'{{"sub":"root",{members}'),
        "claim twice with the same": lambda: raw(
            body=f'{{"iss":{json.dumps(claims["iss"])},{members}'
        ),
        "claim twice, once escaped": lambda: raw(body=f'{{"\\u0073ub":"root",{members}'),
        "claims a list": lambda: raw(body="[1]"),
        "claims a text": lambda: raw(body='"text"'),
        "claims null": lambda: raw(body="null"),
        "claims no JSON": lambda: raw(body="{"),
        "claims in UTF-16": lambda: signed(
            json.dumps(header).encode(), json.dumps(claims).encode("utf-16"), key
        ),
        "claims with a mark of order": lambda: raw(body="\ufeff" + json.dumps(claims)),
        "claims too deep": lambda: raw(body='{"a":' * 500 + "1" + "}" * 500),
        "brackets only": lambda: raw(body="[" * 3000),
        "claims with NaN": lambda: raw(body=f'{{"a":NaN,{members}'),
        "claims a JWT": lambda: raw(body=honest()),
        "another issuer": lambda: honest(iss="https://evil.example"),
        "issuer with a slash": lambda: honest(iss=f"{claims['iss']}/"),
        "issuer in capitals": lambda: honest(iss=str(claims["iss"]).upper()),
        "issuer with a blank": lambda: honest(iss=f"{claims['iss']} "),
        "no issuer": lambda: honest(iss=...),
        "issuer null": lambda: honest(iss=None),
        "issuer a list": lambda: honest(iss=[claims["iss"]]),
        "issuer an object": lambda: honest(iss={"iss": claims["iss"]}),
        "issuer a number": lambda: honest(iss=1),
        "another audience": lambda: honest(aud="another"),
        "no audience": lambda: honest(aud=...),
        "audience null": lambda: honest(aud=None),
        "audience in part": lambda: honest(aud=str(claims["aud"])[:-3]),
        "audience with a blank": lambda: honest(aud=f" {claims['aud']}"),
        "audience in capitals": lambda: honest(aud=str(claims["aud"]).upper()),
        "audience an object": lambda: honest(aud={str(claims["aud"]): True}),
        "audience an empty list": lambda: honest(aud=[]),
        "audience nested": lambda: honest(aud=[[claims["aud"]]]),
        "audience with a number": lambda: honest(aud=[claims["aud"], 1]),
        "audience true": lambda: honest(aud=True),
        "expired": lambda: honest(exp=NOW - 1),
        "expired long ago": lambda: honest(exp=0),
        "expiry negative": lambda: honest(exp=-1),
        "no expiry": lambda: honest(exp=...),
        "expiry null": lambda: honest(exp=None),
        "expiry a text": lambda: honest(exp=str(NOW + 100)),
        "expiry a fraction": lambda: honest(exp=NOW + 100.5),
        "expiry a whole fraction": lambda: honest(exp=float(NOW + 100)),
        "expiry true": lambda: honest(exp=True),
        "expiry a list": lambda: honest(exp=[NOW + 100]),
        "expiry beyond numbers": lambda: honest(exp=10**400),
        "expiry beyond what all readers agree on": lambda: honest(exp=2**60),
        "expiry in the exponent": lambda: raw(
            body=json.dumps({**claims, "exp": 0}).replace('"exp": 0', '"exp": 9e99')
        ),
        "expiry infinite": lambda: raw(
            body=json.dumps({**claims, "exp": 0}).replace('"exp": 0', '"exp": Infinity')
        ),
        "not yet": lambda: honest(nbf=NOW + 3600),
        "not before a text": lambda: honest(nbf=str(NOW)),
        "not before true": lambda: honest(nbf=True),
        "not before null": lambda: honest(nbf=None),
        "issued tomorrow": lambda: honest(iat=NOW + 86_400),
        "issued tomorrow, valid from today": lambda: honest(iat=NOW + 86_400, nbf=NOW),
        "issued as a text": lambda: honest(iat="now"),
        "issued a fraction": lambda: honest(iat=NOW + 0.5),
        "no subject": lambda: honest(sub=...),
        "subject null": lambda: honest(sub=None),
        "subject empty": lambda: honest(sub=""),
        "subject long": lambda: honest(sub="x" * 300),
        "subject a number": lambda: honest(sub=7),
        "subject a list": lambda: honest(sub=["somebody"]),
        "subject an object": lambda: honest(sub={"id": "somebody"}),
        "subject with a NUL": lambda: honest(sub="some\0body"),
        "subject with a line end": lambda: honest(sub="some\nbody"),
        "subject half a character": lambda: raw(
            body=json.dumps({**claims, "sub": "@"}).replace("@", "\\ud800")
        ),
        "subject with a hidden direction": lambda: honest(sub="some\u202ebody"),
        "padded": lambda: "{}=.{}.{}".format(*parts()),
        "signature padded": lambda: honest() + "==",
        "a blank within": lambda: "{} .{}.{}".format(*parts()),
        "a blank before": lambda: f" {honest()}",
        "a blank after": lambda: f"{honest()} x",
        "a tab within": lambda: "{}\t.{}.{}".format(*parts()),
        "another scheme before it": lambda: f"Bearer {honest()}",
        "standard base64": lambda: honest()[:-2] + "+/",
        "bits that mean nothing": flipped,
        "letters of another alphabet": lambda: honest().encode().replace(b"e", b"\xe9", 1).decode(
            "latin-1"
        ),
        "signature cut": lambda: honest()[:-4],
        "signature of zeros": lambda: ".".join([*parts()[:2], b64(bytes(64))]),
        "signature empty but for a letter": lambda: ".".join([*parts()[:2], "AA"]),
        "signature twice as long": lambda: honest() + parts()[2],
        "signature of another": lambda: ".".join([*parts()[:2], honest(jti="2").split(".")[2]]),
        "claims of another": lambda: ".".join([parts()[0], honest(sub="x").split(".")[1],
                                               parts()[2]]),
        "huge": lambda: honest(junk="x" * 9000),
        "a megabyte of dots": lambda: "." * 60_000,
        "JSON serialization": lambda: json.dumps(
            dict(zip(("protected", "payload", "signature"), parts(), strict=True))
        ),
    }  # fmt: skip


def private_of(text: str) -> OKPKey:
    key: Key = OKPKey.import_key(json.loads(text))
    assert isinstance(key, OKPKey)
    return key
