"""The provider as a process on loopback, and the code flow with PKCE over HTTP as a browser and a
client of the platform go through it (RFC 6749 4.1, RFC 7636, RFC 8707)."""

import json
import secrets
import shutil
import subprocess
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from joserfc.jwk import ECKey, RSAKey

from deploy.servers import free_port
from tests.npm import installed

HERE = Path(__file__).parent
REDIRECT = "http://127.0.0.1/callback"


def installed_provider() -> Path:
    """The folder that holds the provider and its packages."""
    folder = installed(HERE)
    shutil.copy(HERE / "provider.js", folder)
    return folder


def signing_key(kid: str, algorithm: str = "RS256") -> dict[str, Any]:
    """A private JWK, as a provider is configured with it."""
    said = {"kid": kid, "use": "sig", "alg": algorithm}
    made = RSAKey.generate_key(2048) if algorithm != "ES256" else ECKey.generate_key("P-256")
    return {**made.as_dict(private=True), **said}


@dataclass
class Provider:
    """`begin` starts it, with other settings if given; `stop` ends it."""

    folder: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, Any] = field(default_factory=dict)
    process: "subprocess.Popen[str] | None" = None

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def begin(self, **settings: Any) -> None:
        self.stop()
        self.settings = {
            "port": self.port, "issuer": self.issuer, "format": "jwt",
            "seconds": 600, "redirect": REDIRECT, "keys": [signing_key("first")],
        } | self.settings | settings  # fmt: skip
        self.process = subprocess.Popen(
            ["node", "provider.js", json.dumps(self.settings)],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == "ready"

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None


@contextmanager
def provider() -> Iterator[Provider]:
    made = Provider(installed_provider())
    try:
        yield made
    finally:
        made.stop()


def challenge_of(verifier: str) -> str:
    """RFC 7636, 4.2."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


async def sign_in(
    issuer: str, subject: str, resource: str, *, challenged: bool = True, **more: str
) -> dict[str, Any]:
    """The token answer; what the provider refuses with where it does."""
    verifier = secrets.token_urlsafe(48)
    asked = {
        "client_id": "web", "response_type": "code", "redirect_uri": REDIRECT, "state": "s",
        "scope": "openid api", "resource": resource, "nonce": "n",
    } | more  # fmt: skip
    if challenged:
        asked = {
            "code_challenge": challenge_of(verifier), "code_challenge_method": "S256",
        } | asked  # fmt: skip
    async with httpx.AsyncClient() as browser:
        known = (await browser.get(f"{issuer}/.well-known/openid-configuration")).json()
        answer = await browser.get(known["authorization_endpoint"], params=asked)
        said = await _through(browser, issuer, answer, subject)
        if "code" not in said:
            return said
        exchanged = await browser.post(
            known["token_endpoint"],
            data={
                "grant_type": "authorization_code", "code": said["code"], "client_id": "web",
                "redirect_uri": REDIRECT, "code_verifier": verifier, "resource": resource,
            },
        )  # fmt: skip
        found: dict[str, Any] = exchanged.json()
        return found


async def _through(
    browser: httpx.AsyncClient, issuer: str, answer: httpx.Response, subject: str
) -> dict[str, str]:
    """Follows the provider's pages, logs in and consents, until it sends back to the client."""
    for _ in range(12):
        if answer.is_redirect:
            target = answer.headers["location"]
            if target.startswith(REDIRECT):
                return {name: value[0] for name, value in parse_qs(urlsplit(target).query).items()}
            answer = await browser.get(httpx.URL(issuer).join(target))
            continue
        assert answer.status_code == 200, answer.text
        prompt = "login" if 'name="login"' in answer.text else "consent"
        filled = {"prompt": prompt}
        if prompt == "login":
            filled |= {"login": subject, "password": "anything"}
        answer = await browser.post(answer.url, data=filled)
    raise AssertionError("the provider never came to an end")
