"""Whom a process believes over TLS: the authorities in a file that an operator names. The name in
the certificate must be the one that was asked for; what is not encrypted is not taken instead."""

import ssl
from functools import cache
from typing import Any

from shared.core.settings import Settings


@cache
def trusting(ca_file: str) -> ssl.SSLContext:
    """The system's authorities where no file is named. Raises OSError where it cannot be read."""
    return ssl.create_default_context(cafile=ca_file or None)


def to_database(settings: Settings) -> dict[str, Any]:
    """What asyncpg is told: PostgreSQL's `verify-full`. Without DATABASE_CA_FILE, what the address
    says."""
    if not settings.database_ca_file:
        return {}
    return {"ssl": trusting(settings.database_ca_file)}


def to_broker(settings: Settings) -> dict[str, Any]:
    """TLS before the first word: a broker that speaks first could say that it needs none."""
    if not settings.nats_url.get_secret_value().startswith("tls://"):
        return {}
    return {"tls": trusting(settings.nats_ca_file), "tls_handshake_first": True}
