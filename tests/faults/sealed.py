"""The disclosure log over an upgrade: its chain goes on from the seals of the release before, and agrees
with the heads that were published then."""

from typing import Any

import httpx

from deploy.verify_disclosures import published, verify
from shared.persistence.database import Database
from tests.faults.harness import Rig
from tests.houses import settings_for

SEALED_BEFORE = "select count(*) from disclosure where seq is not null"


async def log_figures(rigged: Rig, http: httpx.AsyncClient) -> dict[str, Any]:
    async def ask(path: str) -> dict[str, Any]:
        told: dict[str, Any] = (await http.get(path)).json()
        return told

    url = rigged.platform.database_urls["students"]
    database = Database(settings_for(url, rigged.platform.nats_url), "verification")
    try:
        found = await verify(database, await published(ask))
    finally:
        await database.close()
    return {
        "log_rows": found.rows, "log_heads": found.heads, "log_faults": int(found.fault is not None),
        "log_says": str(found), "log_rows_sealed_before": await rigged.one("students", SEALED_BEFORE),
    }  # fmt: skip
