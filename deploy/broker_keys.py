"""Makes the broker's keys once, and keeps them beside the others.

`offline/` holds the operator's key and the keys of its two accounts. No process reads them: they
sign here, when files are made, and can then be taken away. Beside that folder, each under the name
of its setting, are the signing keys that make partners' accounts, and a user of the broker for
each process. The broker itself reads `broker_accounts`; nothing in it is secret.
"""

import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from deploy.files import keep_in_step, kept
from shared.events.streams import SOURCES
from shared.formats.nats_credentials import Credentials, read_credentials
from shared.formats.nkeys import Kind, new_seed, public_of
from shared.partner_streams.accounts import PLATFORM_LIMITS, platform_exports
from shared.security.broker_tokens import (
    Account,
    Permissions,
    account_token,
    operator_token,
    user_token,
)

OFFLINE = "offline"
REVOKED = "revoked_users"
OPERATOR = "education-partnership"
# Keys that only the partners service is given.
MINTING = (
    "partner_accounts_key", "broker_operator_signing_key", "broker_platform_signing_key",
    "broker_system_credentials",
)  # fmt: skip
KEEPER = "broker_system_credentials"
PROCESSES = (*SOURCES, "gateway")
USERS = tuple(f"{process}_nats_credentials" for process in PROCESSES)
ANSWERS = ("_INBOX.>",)
STREAMS = ("$JS.API.>", "$JS.ACK.>", "$JS.FC.>")
# The partners service may ask the broker itself for accounts, and for nothing else.
KEEPING = Permissions(
    ("$SYS.REQ.CLAIMS.UPDATE", "$SYS.REQ.CLAIMS.DELETE", "$SYS.REQ.CLAIMS.LIST"), ANSWERS
)


def ensure_broker_keys(folder: Path) -> None:
    """Makes the files that `folder` lacks. A file that is there stays, unless the key that it was
    made of has changed. Raises FileNotFoundError where a file must be made and the offline keys
    are elsewhere."""
    seeds = {
        name: kept(folder / name, _new(folder, kind))
        for name, kind in (
            ("broker_operator_signing_key", Kind.OPERATOR),
            ("broker_platform_signing_key", Kind.ACCOUNT),
            ("partner_accounts_key", Kind.ACCOUNT),
        )
    }
    offline = _offline(folder)
    if offline is None:
        return
    made_at = max(int(file.stat().st_mtime) for file in _keys(folder))
    accounts = _accounts(offline, seeds, _revoked(folder), made_at)
    keep_in_step(folder / "broker_accounts", accounts)
    keeping = folder / KEEPER
    _keep_user(keeping, "partners", offline["system_account_key"], KEEPING, made_at)
    for user, process in zip((folder / name for name in USERS), PROCESSES, strict=True):
        _keep_user(user, process, offline["platform_account_key"], _may(process), made_at)


def replace_user(folder: Path, name: str) -> None:
    """Replaces the user in this file by another. The broker refuses the old one once it has read
    `broker_accounts` anew. Raises FileNotFoundError where the offline keys are elsewhere."""
    if _offline(folder) is None:
        raise FileNotFoundError(f"Bring {folder / OFFLINE} back to make another user.")
    file, revoked = folder / name, folder / OFFLINE / REVOKED
    user = public_of(read_credentials(file.read_text()).seed)
    keep_in_step(revoked, json.dumps(_revoked(folder) | {user: int(time.time())}))
    file.unlink()
    ensure_broker_keys(folder)


def _revoked(folder: Path) -> dict[str, int]:
    file = folder / OFFLINE / REVOKED
    known: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    return known


def _keys(folder: Path) -> list[Path]:
    signing = [folder / f"broker_{name}_signing_key" for name in ("operator", "platform")]
    return [*(folder / OFFLINE).iterdir(), *signing]


def _new(folder: Path, kind: Kind) -> Callable[[], str]:
    def make() -> str:
        if _offline(folder) is None:
            raise FileNotFoundError(f"Bring {folder / OFFLINE} back to make a new key.")
        return new_seed(kind)

    return make


def _offline(folder: Path) -> dict[str, str] | None:
    """The keys that only this module needs; None where they have been taken away."""
    kinds = {
        "operator_key": Kind.OPERATOR,
        "system_account_key": Kind.ACCOUNT,
        "platform_account_key": Kind.ACCOUNT,
    }
    place = folder / OFFLINE
    if not place.exists() and (folder / "broker_accounts").exists():
        return None
    place.mkdir(mode=0o700, exist_ok=True)
    return {name: kept(place / name, partial(new_seed, kind)) for name, kind in kinds.items()}


def _accounts(
    offline: dict[str, str], seeds: dict[str, str], revoked: dict[str, int], made_at: int
) -> str:
    """The part of the broker's configuration that names the accounts it believes. The broker keeps
    the token of an account that it has, unless the new one has a later time."""
    operator, system, platform = (offline[name] for name in (
        "operator_key", "system_account_key", "platform_account_key",
    ))  # fmt: skip
    signing = public_of(seeds["broker_operator_signing_key"])
    own = Account(
        public_of(platform), "PLATFORM", PLATFORM_LIMITS, platform_exports(),
        signing_keys=[public_of(seeds["broker_platform_signing_key"])], revoked=revoked,
    )  # fmt: skip
    watching = Account(public_of(system), "SYS", revoked=revoked)
    tokens = {
        public_of(system): account_token(watching, operator, made_at),
        own.public_key: account_token(own, operator, made_at),
    }
    preload = "".join(f"  {key}: {token}\n" for key, token in tokens.items())
    believed = operator_token(operator, OPERATOR, public_of(system), [signing], made_at)
    return (
        f"operator: {believed}\nsystem_account: {public_of(system)}\n"
        f"resolver_preload {{\n{preload}}}\n"
    )


def _may(process: str) -> Permissions:
    """The subjects of a process: its own events; for students also partners' events; the gateway
    only reads."""
    own = [f"{process}.>"] if process in SOURCES else []
    told = ["partner.>"] if process == "students" else []
    return Permissions([*own, *told, *STREAMS], ANSWERS)


def _keep_user(file: Path, name: str, account_seed: str, may: Permissions, made_at: int) -> None:
    """Writes a user of the account; the user's key stays as long as its file."""
    seed = read_credentials(file.read_text()).seed if file.exists() else new_seed(Kind.USER)
    token = user_token(public_of(seed), name, account_seed, made_at, permissions=may)
    keep_in_step(file, Credentials(token, seed).text())
