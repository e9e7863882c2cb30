"""The secret of a link: whoever has it may do what the link is for. Only its hash is kept."""

import secrets
from hashlib import sha256

SECRET_BYTES = 32


def new_secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


def hashed(secret: str) -> bytes:
    """One round of hashing suffices: a secret of 256 bits cannot be guessed."""
    return sha256(secret.encode()).digest()
