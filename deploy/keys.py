"""Keys, made once and kept: in `.local/keys` for `make up`, in `deploy/secrets` for containers.

There is one file per setting, named as in `shared/core/settings.py`, readable by its owner alone.
A file that exists is left alone; delete one to have it made anew.

Of every key that signs for a while the next one exists already, and every verifier believes it
already. So it can take over at any moment (deploy/rotation.py).
"""

import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey

from deploy.broker_keys import ensure_broker_keys
from deploy.files import keep_in_step, kept
from shared.security.tokens import listed

CURSOR_KEY_BYTES = 32
BELIEVED = 2  # the one that signs, and the next
PAIRS = ("principal", "grant")  # one process signs, others verify
OWN = ("access_token", "cursor")  # the same process does both


def ensure_keys(folder: Path) -> dict[str, str]:
    """Every key by the name of its setting: the ones kept in `folder`, the others made. A key from
    which another has taken over is believed no longer."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in PAIRS:
        pair = [kept(file, new_private_key) for file in pair_of(folder, name)]
        keep_in_step(folder / f"{name}_public_key", public_keys(pair))
    for name in OWN:
        file = own_file(folder, name)
        keys = read_own(name, file.read_text()) if file.exists() else []
        keys = [*keys, *(new_own(name) for _ in range(BELIEVED - len(keys)))]
        keep_in_step(file, written_own(name, keys[:BELIEVED]))
    kept(folder / "development_issuer_key", new_private_key)
    ensure_broker_keys(folder)
    return {file.name: file.read_text() for file in sorted(folder.iterdir()) if file.is_file()}


def pair_of(folder: Path, name: str) -> tuple[Path, Path]:
    """The files of the private key that signs, and of the next one, which no process is given."""
    return folder / f"{name}_private_key", folder / f"{name}_next_private_key"


def own_file(folder: Path, name: str) -> Path:
    return folder / {"access_token": "access_token_private_key", "cursor": "cursor_key"}[name]


def read_own(name: str, text: str) -> list[str]:
    """The keys in a setting's text; the one that signs comes first."""
    return text.splitlines() if name == "cursor" else [json.dumps(key) for key in listed(text)]


def written_own(name: str, keys: Sequence[str]) -> str:
    return "\n".join(keys) if name == "cursor" else _set([json.loads(key) for key in keys])


def new_own(name: str) -> str:
    return secrets.token_urlsafe(CURSOR_KEY_BYTES) if name == "cursor" else new_private_key()


def new_private_key() -> str:
    """An Ed25519 key as JWK (RFC 8037)."""
    key = OKPKey.generate_key("Ed25519", {"kid": secrets.token_hex(8)}, private=True)
    return json.dumps(key.as_dict(private=True))


def public_keys(private: Sequence[str]) -> str:
    """A JWK set (RFC 7517)."""
    return _set([OKPKey.import_key(json.loads(key)).as_dict(private=False) for key in private])


def _set(keys: Sequence[dict[str, Any]]) -> str:
    return json.dumps({"keys": keys})
