"""Runs migrations: one history per service, all run the same way.

`python -m shared.persistence.migrations upgrade students` and `… revise students "add referral"`.
"""

import asyncio
import importlib
import pkgutil
import sys
from typing import Any

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from shared.core.settings import from_environment
from shared.persistence.revisions import SERVICES, newest, place

MIGRATION_LOCK = 7_227_002
# Modules whose tables every service has, and those that only some services have.
OF_ALL = (
    "shared.events.outbox",
    "shared.events.inbox",
    "shared.http.idempotency",
    "shared.imports.routes",
)
OF_SOME = {
    "partners": ("shared.events.erasure", "shared.imports.mapped"),
    "students": ("shared.events.partner_outbox",),
    "resources": ("shared.events.erasure",),
    "outcomes": ("shared.events.erasure",),
}


def tables_of(service: str) -> MetaData:
    """The tables of the service's code, together with the shared tables that it has."""
    _import_records(service)
    own = MetaData()
    others = {m for modules in OF_SOME.values() for m in modules} - {*OF_SOME[service]}
    for mapper in SQLModel._sa_registry.mappers:  # noqa: SLF001
        module = mapper.class_.__module__
        if module.startswith((f"services.{service}.", "shared.")) and module not in others:
            mapper.local_table.to_metadata(own)  # type: ignore[attr-defined]
    return own


def _import_records(service: str) -> None:
    for module in (*OF_ALL, *OF_SOME[service]):
        importlib.import_module(module)
    package = importlib.import_module(f"services.{service}")
    for found in pkgutil.walk_packages(package.__path__, f"services.{service}."):
        if found.name.endswith(".records"):
            importlib.import_module(found.name)


def config(service: str, connection: Connection) -> Config:
    """Alembic's configuration for the service's history, on this connection."""
    made = Config()
    made.set_main_option("script_location", str(place(service)))
    made.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    made.attributes.update(service=service, connection=connection)
    return made


def run() -> None:
    """Runs the migrations; each service's `migrations/env.py` calls this."""
    attributes: dict[str, Any] = context.config.attributes
    context.configure(
        connection=attributes["connection"],
        target_metadata=tables_of(attributes["service"]),
        compare_type=True,
        compare_server_default=False,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


async def upgrade(
    url: str, service: str, revision: str = "head", trust: dict[str, Any] | None = None
) -> None:
    """Brings a database to `revision`; upgrades that start at once wait for each other. `trust`:
    asyncpg's arguments for TLS."""

    def work(connection: Connection) -> None:
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        command.upgrade(config(service, connection), revision)

    engine = create_async_engine(url, connect_args=trust or {})
    try:
        async with engine.begin() as connection:
            await connection.run_sync(work)
    finally:
        await engine.dispose()


async def revise(url: str, service: str, message: str) -> None:
    """Writes the migration that leads from the database's tables to the code's."""

    def work(connection: Connection) -> None:
        made = config(service, connection)
        number = int(newest(service)) + 1
        command.revision(made, message, autogenerate=True, rev_id=f"{number:04d}")

    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(work)
    finally:
        await engine.dispose()


def main(arguments: list[str]) -> None:
    url = from_environment().database_url.get_secret_value()
    match arguments:
        case ["upgrade", service]:
            asyncio.run(upgrade(url, service))
        case ["revise", service, message]:
            asyncio.run(revise(url, service, message))
        case _:
            sys.exit(__doc__)


__all__ = ["SERVICES", "config", "revise", "run", "tables_of", "upgrade"]

if __name__ == "__main__":
    main(sys.argv[1:])
