"""A key takes over from another while signers and verifiers keep running."""

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from fastapi import FastAPI, Request, Response

from deploy import state
from deploy.broker_keys import KEEPER, USERS, replace_user
from deploy.keys import ensure_keys
from deploy.rotation import EVERY, main, rotate
from deploy.servers import free_port, start_nats
from gateway.authentication.access_tokens import AccessTokens
from gateway.authentication.own_tokens import OwnTokens
from shared.core.refusals import BadRequest, Refusal
from shared.core.settings import Settings
from shared.events.bus import Bus, NatsError
from shared.http.paging import PageRequest
from shared.persistence.records import new_id
from shared.runtime.service import prepare
from shared.security.grants import Category, Grant, GrantSigner, GrantVerifier
from shared.security.principal import NOBODY, PrincipalSigner, PrincipalVerifier
from tests.promised import promise

Keys = Mapping[str, str]
Sign = Callable[[Keys], str]
ROOT = Path(__file__).parents[2]
GRANT = Grant(student_id=new_id(), viewer=new_id(), categories=frozenset({Category.MEASURES}))


def own_tokens(keys: Keys) -> OwnTokens:
    return OwnTokens(Settings(access_token_private_key=keys["access_token_private_key"]))


async def page(keys: Keys, cursor: str | None = None) -> PageRequest:
    """Of a list that a service with these keys gives, the request for one page."""
    app = FastAPI()
    chosen = {name: keys[name] for name in ("principal_public_key", "grant_public_key")}
    settings = Settings(cursor_key=keys["cursor_key"], database_url=A_DATABASE, **chosen)
    await prepare(app, "students", settings).close()
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    made = Request({**scope, "server": ("here", 80), "scheme": "http", "app": app})
    return PageRequest(50, cursor, b"scope", app.state.cursor_keys, made, Response())


A_DATABASE = "postgresql+asyncpg://nobody@127.0.0.1:1/none"


async def signed(name: str, keys: Keys) -> str:
    match name:
        case "principal":
            return PrincipalSigner(keys["principal_private_key"]).token(NOBODY, "students")
        case "grant":
            return GrantSigner(keys["grant_private_key"]).token(GRANT)
        case "access_token":
            return own_tokens(keys).token(new_id(), new_id())
    return (await page(keys)).to_next(["last"])


async def ensure_believed(name: str, keys: Keys, token: str) -> None:
    """Raises Refusal."""
    match name:
        case "principal":
            verifier = PrincipalVerifier(keys["principal_public_key"], "students")
            assert verifier.principal(f"Bearer {token}") == NOBODY
        case "grant":
            assert GrantVerifier(keys["grant_public_key"]).grant(token) == GRANT
        case "access_token":
            own = own_tokens(keys)
            tokens = AccessTokens(frozenset({own.issuer}), {own.issuer: own.keys})
            await tokens.identity(token)
        case _:
            assert (await page(keys, token)).after() == ["last"]


@promise(
    "Operation",
    "While a key takes over from another, every process believes both; afterwards the old one "
    "is worth nothing.",
)
@pytest.mark.parametrize("name", EVERY)
async def test_during_a_key_rotation_signatures_by_the_old_and_the_new_key_are_both_valid(
    name: str, tmp_path: Path
) -> None:
    before = ensure_keys(tmp_path)
    rotate(tmp_path, name)
    meanwhile = {file.name: file.read_text() for file in tmp_path.iterdir() if file.is_file()}
    after = ensure_keys(tmp_path)
    old, new = await signed(name, before), await signed(name, meanwhile)
    for verifying in (before, meanwhile):
        await ensure_believed(name, verifying, old)
        await ensure_believed(name, verifying, new)
    await ensure_believed(name, after, new)
    await ensure_believed(name, after, await signed(name, after))
    with pytest.raises(Refusal):
        await ensure_believed(name, after, old)


@pytest.mark.parametrize("name", EVERY)
def test_a_rotation_changes_only_the_named_key(name: str, tmp_path: Path) -> None:
    before = ensure_keys(tmp_path)
    rotate(tmp_path, name)
    after = ensure_keys(tmp_path)
    changed = {key for key in before if before[key] != after[key]}
    assert changed and all(key.startswith(name) for key in changed)
    assert ensure_keys(tmp_path) == after


def test_a_key_of_an_earlier_release_stays_in_use_and_gets_a_successor(tmp_path: Path) -> None:
    ensure_keys(tmp_path)
    (tmp_path / "cursor_key").write_text("the only one")
    assert ensure_keys(tmp_path)["cursor_key"].splitlines()[0] == "the only one"


async def test_a_cursor_without_a_valid_signature_is_refused_as_foreign(tmp_path: Path) -> None:
    keys = ensure_keys(tmp_path)
    for made_up in ("", "AAAA", "A" * 64):
        with pytest.raises(BadRequest, match="not one of this list"):
            (await page(keys, made_up)).after()


def test_a_rotation_of_an_unknown_key_names_it_and_changes_nothing() -> None:
    run = subprocess.run(
        [ROOT / ".venv/bin/python", "-m", "deploy.rotation", "principle"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode and "There is no principle." in run.stderr


def begun(folder: Path, keys: Keys, port: int) -> "subprocess.Popen[bytes]":
    return start_nats(folder / "nats", port, accounts=keys["broker_accounts"])


async def lets_in(port: int, credentials: str) -> bool:
    address = f"nats://127.0.0.1:{port}"
    settings = Settings(nats_url=address, nats_credentials=credentials)
    bus = Bus(settings, "a test", reconnect=False)
    try:
        await bus.connect(ensure=False)
    except (NatsError, OSError):
        transport = bus._client._transport
        if transport is not None:  # the library leaves its socket open
            transport.close()
        return False
    await bus.close()
    return True


@promise(
    "Operation",
    "The broker lets a process's user in until another has taken its place, and never again.",
)
async def test_the_broker_accepts_a_user_until_its_replacement_is_in_force(
    tmp_path: Path,
) -> None:
    port, folder = free_port(), tmp_path / "keys"
    before = ensure_keys(folder)
    broker = begun(tmp_path, before, port)
    try:
        for name in (*USERS, KEEPER):
            replace_user(folder, name)
        after = ensure_keys(folder)
        for name in (*USERS, KEEPER):
            assert await lets_in(port, before[name]) and await lets_in(port, after[name])
        broker.kill()
        broker.wait()
        broker = begun(tmp_path, after, port)
        for name in (*USERS, KEEPER):
            assert not await lets_in(port, before[name]) and await lets_in(port, after[name])
    finally:
        broker.kill()
        broker.wait()


def test_a_user_of_the_broker_cannot_be_replaced_without_the_offline_keys(tmp_path: Path) -> None:
    before = ensure_keys(tmp_path / "keys")
    (tmp_path / "keys" / "offline").rename(tmp_path / "safe")
    with pytest.raises(FileNotFoundError, match="offline"):
        replace_user(tmp_path / "keys", USERS[0])
    assert ensure_keys(tmp_path / "keys") == before


def test_the_keys_of_make_up_are_rotated_while_it_is_down_and_stay_unreadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "LOCAL", tmp_path)
    monkeypatch.setattr(state, "_RUNNING", tmp_path / "running.json")
    before = ensure_keys(tmp_path / "keys")
    next_key = (tmp_path / "keys" / "grant_next_private_key").read_text()
    main(["--local", "grant"])
    after = ensure_keys(tmp_path / "keys")
    assert after["grant_private_key"] == next_key != before["grant_private_key"]
    assert after["principal_private_key"] == before["principal_private_key"]
    assert {f.stat().st_mode & 0o077 for f in (tmp_path / "keys").iterdir()} == {0}

    state.remember([])  # this process is the launcher of a platform that runs
    with pytest.raises(SystemExit, match="make down"):
        main(["--local", "grant"])
    assert ensure_keys(tmp_path / "keys") == after
