"""The authorities that a process believes over TLS, in a file that an operator names. The name in
the certificate must be the one in the address; a connection that is not encrypted is not taken
instead."""

import ssl
from functools import cache
from typing import Any

from shared.core.settings import Settings


@cache
def trusting(ca_file: str) -> ssl.SSLContext:
    """A TLS context that believes the authorities in `ca_file`, or the system's where it is empty.
    Raises OSError where the file cannot be read."""
    return ssl.create_default_context(cafile=ca_file or None)


def to_database(settings: Settings) -> dict[str, Any]:
    """asyncpg's arguments for PostgreSQL's `verify-full`; empty without DATABASE_CA_FILE, where
    the database's address decides."""
    if not settings.database_ca_file:
        return {}
    return {"ssl": trusting(settings.database_ca_file)}


def to_broker(settings: Settings) -> dict[str, Any]:
    """The NATS client's arguments for TLS before the first message, since a broker that speaks
    first could say that it needs none; empty where NATS_URL does not begin with `tls://`."""
    if not settings.nats_url.get_secret_value().startswith("tls://"):
        return {}
    return {"tls": trusting(settings.nats_ca_file), "tls_handshake_first": True}
