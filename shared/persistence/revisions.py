"""The revision that a database has, and the newest that the code has; read without Alembic, which a
process needs only where the two differ."""

from pathlib import Path
from typing import Any

import asyncpg

SERVICES = ("partners", "students", "resources", "outcomes")
ROOT = Path(__file__).parents[2]


def place(service: str) -> Path:
    """The folder of the service's migrations."""
    return ROOT / "services" / service / "migrations"


def newest(service: str) -> str:
    """The service's newest revision, by the names of its files."""
    return max(file.name for file in (place(service) / "versions").glob("*.py")).partition("_")[0]


async def is_newest(url: str, service: str, trust: dict[str, Any] | None = None) -> bool:
    """Whether the database has the service's newest revision. `url`: without a driver's name.
    `trust`: asyncpg's arguments for TLS."""
    connection = await asyncpg.connect(url, **trust or {})
    try:
        found = await connection.fetch("select version_num from alembic_version")
    except asyncpg.UndefinedTableError:  # an empty database
        return False
    finally:
        await connection.close()
    return [row["version_num"] for row in found] == [newest(service)]
