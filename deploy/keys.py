"""Keys, made once and kept: in `.local/keys` for `make up`, in `deploy/secrets` for containers.

One file per setting, named as in `shared/settings.py`, readable by its owner only. A file that is
there is left alone; delete one to have it made anew.
"""

import json
import secrets
from pathlib import Path

from joserfc.jwk import OKPKey

from deploy.broker_keys import ensure_broker_keys
from deploy.files import keep_in_step, kept

CURSOR_KEY_BYTES = 32


def ensure_keys(folder: Path) -> dict[str, str]:
    """Every key by the name of its setting: the ones kept in `folder`, the others made."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for purpose in ("principal", "grant"):
        private = kept(folder / f"{purpose}_private_key", _private_key)
        keep_in_step(folder / f"{purpose}_public_key", public_key(private))
    for alone in ("access_token_private_key", "development_issuer_key"):
        kept(folder / alone, _private_key)
    kept(folder / "cursor_key", lambda: secrets.token_urlsafe(CURSOR_KEY_BYTES))
    ensure_broker_keys(folder)
    return {file.name: file.read_text() for file in sorted(folder.iterdir()) if file.is_file()}


def _private_key() -> str:
    """An Ed25519 key as JWK (RFC 8037)."""
    key = OKPKey.generate_key("Ed25519", {"kid": secrets.token_hex(8)}, private=True)
    return json.dumps(key.as_dict(private=True))


def public_key(private: str) -> str:
    return json.dumps(OKPKey.import_key(json.loads(private)).as_dict(private=False))
