"""A service in a test: its app on its own empty database, callers of every role, its outbox, and
events that come in as the bus would bring them."""

import importlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
from fastapi import FastAPI
from joserfc.jwk import OKPKey
from sqlalchemy import text

from shared.contracts.base import Event
from shared.core.settings import Environment, Settings
from shared.events.inbox import Delivery, Inbox, Reaction
from shared.imports.routes import ImportKind, carry_out_next
from shared.persistence.database import Database
from shared.persistence.migrations import tables_of, upgrade
from shared.persistence.records import new_id
from shared.runtime.service import prepare
from shared.security.grants import Category, Grant, GrantSigner
from shared.security.principal import Principal, PrincipalSigner, Role
from tests.declared import holding_headers, holding_shape


def _pair() -> tuple[str, str]:
    key = OKPKey.generate_key("Ed25519", private=True)
    return json.dumps(key.as_dict(private=True)), json.dumps(key.as_dict(private=False))


PRINCIPAL_KEYS, GRANT_KEYS = _pair(), _pair()
SIGNER = PrincipalSigner(PRINCIPAL_KEYS[0])
GRANTS = GrantSigner(GRANT_KEYS[0])


def settings_for(database_url: str, nats_url: str, **more: Any) -> Settings:
    return Settings(
        environment=Environment.LOCAL,
        database_url=database_url,
        nats_url=nats_url,
        principal_private_key=PRINCIPAL_KEYS[0],
        principal_public_key=PRINCIPAL_KEYS[1],
        grant_private_key=GRANT_KEYS[0],
        grant_public_key=GRANT_KEYS[1],
        cursor_key="a key for tests",
        database_pool_size=5,
        **more,
    )


def principal(role: Role, **known: Any) -> Principal:
    return Principal(account_id=known.pop("account_id", None) or uuid4(), role=role, **known)


def grant_for(viewer: Principal, student_id: UUID, *categories: Category, **more: Any) -> str:
    """The value of the Grant header."""
    return GRANTS.token(
        Grant(
            student_id=student_id,
            viewer=viewer.account_id,
            categories=frozenset(categories or Category),
            **more,
        )
    )


# `truncate` of all tables makes hundreds of files anew: it would be a third of the suite's time.
EMPTY = """
do $$
declare
    name text;
    filled boolean;
begin
    set local session_replication_role = replica;  -- no triggers, no foreign keys
    foreach name in array array['TABLES'] loop
        execute format('select exists (select from %I)', name) into filled;
        if filled then
            execute format('delete from %I', name);
        end if;
    end loop;
    perform setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    from pg_sequences where last_value is not null;
end $$
"""


# But for those of the imports themselves.
TABLES = """
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_name not in ('import_job', 'import_progress')"""
CHECKSUM = """
    select count(*) as rows, md5(string_agg(cast(t as text), '|' order by cast(t as text))) as sum
    from "{}" t"""


@cache
def emptying(service: str) -> str:
    return EMPTY.replace("TABLES", "', '".join(tables_of(service).tables))


@dataclass
class House:
    """One service under test."""

    name: str
    app: FastAPI
    database: Database
    reactions: list[Reaction]
    imports: list[ImportKind]
    versions: dict[UUID, int] = field(default_factory=dict)

    @asynccontextmanager
    async def calling(self, caller: Principal) -> AsyncIterator[httpx.AsyncClient]:
        """An HTTP client that calls the service in process, as `caller`."""
        token = SIGNER.token(caller, self.name)
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport,
            base_url="http://service",
            headers={"Authorization": f"Bearer {token}"},
            event_hooks={"response": [holding_headers(self.app), holding_shape(self.app)]},
        ) as http:
            yield http

    async def events(self, kind: type[Event] | None = None) -> list[dict[str, Any]]:
        """What has been announced, oldest first: type, aggregate_id, aggregate_version, data."""
        async with self.database.reading() as connection:
            rows = await connection.execute(text("select * from outbox order by position"))
            return [
                {**row, "data": orjson.loads(row["data"])}
                for row in rows.mappings()
                if kind is None or row["type"] == kind.type
            ]

    async def hear(self, *events: Event, aggregate_id: UUID | None = None) -> None:
        """What the service does when these have happened elsewhere, in one batch. An event's
        aggregate is the first field that is an id, unless given."""
        deliveries = [self._delivery(event, aggregate_id) for event in events]
        for delivery in deliveries:
            source = delivery.type.partition(".")[0]
            await Inbox(self.database, source, self.reactions).handle([delivery])

    def _delivery(self, event: Event, aggregate_id: UUID | None) -> Delivery:
        data = event.model_dump(mode="json")
        about = aggregate_id or UUID(str(next(v for k, v in data.items() if k.endswith("_id"))))
        self.versions[about] = self.versions.get(about, 0) + 1
        return Delivery(
            id=new_id(), type=event.type, aggregate_id=about, version=self.versions[about],
            data=data, traceparent=None, body=orjson.dumps(data), attempt=1,
        )  # fmt: skip

    async def import_file(
        self, kind: str, content: bytes, caller: Principal, name: str = "file", **query: Any
    ) -> dict[str, Any]:
        """Upload, carry out, and answer with the job as the API shows it."""
        async with self.calling(caller) as http:
            queued = await http.post(
                f"/v1/imports/{kind}", files={"file": (name, content)}, params=query
            )
            if queued.status_code != 202:
                return {"state": "not-accepted", "status": queued.status_code, **queued.json()}
        while await carry_out_next(self.database, {k.name: k for k in self.imports}):
            pass
        async with self.calling(caller) as http:  # a long import outlives the token of its upload
            job: dict[str, Any] = (await http.get(queued.headers["Location"])).json()
        return job

    async def rows(self, sql: str, **parameters: Any) -> list[dict[str, Any]]:
        """For what no route shows."""
        async with self.database.reading() as connection:
            return [
                dict(row) for row in (await connection.execute(text(sql), parameters)).mappings()
            ]

    async def contents(self) -> dict[str, dict[str, Any]]:
        """A checksum of each table's rows."""
        tables = [row["name"] for row in await self.rows(TABLES)]
        return {name: (await self.rows(CHECKSUM.format(name)))[0] for name in tables}

    async def empty(self) -> None:
        async with self.database.reading() as connection:
            await connection.execute(text(emptying(self.name)))
        self.versions.clear()


async def open_house(name: str, settings: Settings) -> House:
    await upgrade(settings.database_url.get_secret_value(), name)
    module = importlib.import_module(f"services.{name}.app")
    database = prepare(module.app, name, settings)
    return House(
        name, module.app, database,
        list(module.SERVICE.reactions), list(module.SERVICE.imports),
    )  # fmt: skip
