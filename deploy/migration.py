"""Writes a migration from the code: `make migration service=students message="add referral"`.

It makes an empty database of its own, brings it to the newest revision, and compares.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

import asyncpg

from deploy.servers import start_postgres
from shared.persistence.migrations import revise, upgrade


async def write(service: str, message: str, address: str) -> None:
    """Writes the migration. `address`: the server's, with `{database}` in it."""
    admin = await asyncpg.connect(address.replace("+asyncpg", "").format(database="postgres"))
    await admin.execute("create database revised")
    await admin.close()
    url = address.format(database="revised")
    await upgrade(url, service)
    await revise(url, service, message)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        postgres = start_postgres(Path(folder) / "postgres", durable=False)
        asyncio.run(write(sys.argv[1], sys.argv[2], postgres))
