"""Glewlwyd, a real OpenID provider of another make (Debian's package, in C), unpacked beside the tests
and run as a process on loopback. It maps nothing: `aud` is the `resource` that the client asked for
(RFC 8707), under `typ: at+jwt` (RFC 9068)."""

import fcntl
import os
import secrets
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from joserfc.jwk import RSAKey

from deploy.servers import free_port
from deploy.state import LOCAL
from tests.oidc.provider import REDIRECT, challenge_of

FETCH_SECONDS = 300
READY_SECONDS = 30
PACKAGES = ("lib", "glewlwyd")  # the others that Debian adds are for its set-up
SCHEMA = "usr/share/dbconfig-common/data/glewlwyd/install/sqlite3"
PASSWORD = "only for tests"
ANN = "ann"


def installed() -> Path:
    """The folder that holds the provider, fetched and unpacked once. A test that asks for it needs
    "glewlwyd"."""
    folder = LOCAL / "glewlwyd"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            _install(folder)
    return folder / "root"


def _install(folder: Path) -> None:
    asked = ["apt-get", "-qq", "--simulate", "--no-install-recommends", "install", "glewlwyd"]
    told = subprocess.run(asked, check=True, capture_output=True, text=True, timeout=FETCH_SECONDS)
    wanted = [line.split()[1] for line in told.stdout.splitlines() if line.startswith("Inst ")]
    names = [name for name in wanted if name.startswith(PACKAGES)]
    subprocess.run(
        ["apt-get", "-qq", "download", *names],
        cwd=folder, check=True, capture_output=True, timeout=FETCH_SECONDS,
    )  # fmt: skip
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg", "-x", package, folder / "root"], check=True)
    (folder / "root/usr/lib/glewlwyd/user_middleware").mkdir(exist_ok=True)
    (folder / "installed").touch()


@dataclass
class Glewlwyd:
    """`allowed`: the addresses that a client may name as `resource`."""

    root: Path
    folder: Path
    port: int
    allowed: list[str]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def issuer(self) -> str:
        return f"{self.address}/api/oidc"

    def begin(self) -> "subprocess.Popen[bytes]":
        with sqlite3.connect(self.folder / "rows") as rows:
            rows.executescript((self.root / SCHEMA).read_text())
        (self.folder / "conf").write_text(self._configuration())
        libraries = f"{self.root}/usr/lib/{os.uname().machine}-linux-gnu"
        process = subprocess.Popen(
            [self.root / "usr/bin/glewlwyd", "-c", self.folder / "conf"],
            env={"LD_LIBRARY_PATH": libraries}, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            self._set_up()
        except BaseException:
            process.kill()
            process.wait()
            raise
        return process

    def _configuration(self) -> str:
        modules = {
            f"{kind}_module_path": f"{self.root}/usr/lib/glewlwyd/{folder}"
            for kind, folder in (
                ("user", "user"), ("user_middleware", "user_middleware"), ("client", "client"),
                ("user_auth_scheme", "scheme"), ("plugin", "plugin"),
            )
        }  # fmt: skip
        texts = modules | {
            "external_url": self.address, "login_url": "login.html", "api_prefix": "api",
            "static_files_path": f"{self.root}/usr/share/glewlwyd/webapp/", "session_key": "G",
            "log_mode": "console", "log_level": "NONE", "hash_algorithm": "SHA512",
            "admin_scope": "g_admin", "profile_scope": "g_profile",
            "admin_session_authentication": "cookie", "profile_session_authentication": "cookie",
        }  # fmt: skip
        lines = [f'{name}="{value}"' for name, value in texts.items()]
        database = f'database={{ type="sqlite3"; path="{self.folder / "rows"}"; }};'
        return "\n".join([f"port={self.port}", "login_api_enabled=true", *lines, database])

    def _set_up(self) -> None:
        """As its administrator: the plugin that is the issuer, one client, one person."""
        with httpx.Client(base_url=self.address) as admin:
            deadline = time.monotonic() + READY_SECONDS
            while not _signed_in(admin, "admin", "password"):
                assert time.monotonic() < deadline, "glewlwyd did not begin"
                time.sleep(0.05)
            key = RSAKey.generate_key(2048)
            issuing = {
                "iss": self.issuer, "jwt-type": "rsa", "jwt-key-size": "256",
                "key": key.as_pem(private=True).decode(),
                "cert": key.as_pem(private=False).decode(),
                "access-token-duration": 600, "refresh-token-duration": 600, "code-duration": 60,
                "auth-type-code-enabled": True, "auth-type-id-token-enabled": True,
                "auth-type-token-enabled": False, "auth-type-password-enabled": False,
                "auth-type-client-enabled": False, "auth-type-refresh-enabled": True,
                "pkce-allowed": True, "pkce-method-plain-allowed": False, "jwks-show": True,
                "resource-allowed": True, "resource-scope": {"openid": self.allowed},
            }  # fmt: skip
            client = {
                "client_id": "web", "enabled": True, "confidential": False,
                "redirect_uri": [REDIRECT], "authorization_type": ["code", "id_token"],
            }  # fmt: skip
            person = {
                "username": ANN, "password": PASSWORD, "enabled": True,
                "scope": ["g_profile", "openid"],
            }  # fmt: skip
            plugin = {"module": "oidc", "name": "oidc", "parameters": issuing}
            for address, body in (
                ("/api/mod/plugin/", plugin), ("/api/client/", client), ("/api/user/", person),
            ):  # fmt: skip
                admin.post(address, json=body).raise_for_status()

    def sign_in(self, resource: str) -> dict[str, Any]:
        """The token answer for Ann, by code and PKCE."""
        verifier = secrets.token_urlsafe(48)
        asked = {
            "client_id": "web", "response_type": "code", "redirect_uri": REDIRECT, "state": "s",
            "scope": "openid", "resource": resource, "nonce": "12345678", "g_continue": "",
            "code_challenge": challenge_of(verifier), "code_challenge_method": "S256",
        }  # fmt: skip
        with httpx.Client(base_url=self.address) as browser:
            assert _signed_in(browser, ANN, PASSWORD)
            browser.put("/api/auth/grant/web", json={"scope": "openid"}).raise_for_status()
            sent_back = browser.get("/api/oidc/auth", params=asked).headers["location"]
            answer = browser.post(
                "/api/oidc/token",
                data={
                    "grant_type": "authorization_code", "client_id": "web",
                    "code": parse_qs(urlsplit(sent_back).query)["code"][0],
                    "redirect_uri": REDIRECT, "code_verifier": verifier, "resource": resource,
                },
            )  # fmt: skip
        found: dict[str, Any] = answer.raise_for_status().json()
        return found


def _signed_in(browser: httpx.Client, name: str, password: str) -> bool:
    try:
        answer = browser.post("/api/auth/", json={"username": name, "password": password})
    except httpx.TransportError:
        return False
    return answer.is_success


@contextmanager
def glewlwyd(folder: Path, *allowed: str) -> Iterator[Glewlwyd]:
    made = Glewlwyd(installed(), folder, free_port(), list(allowed))
    process = made.begin()
    try:
        yield made
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)
