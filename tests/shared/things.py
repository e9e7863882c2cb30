"""A throw-away service with one noun, for what the house promises to every service."""

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from fastapi import FastAPI, Response
from sqlalchemy import UniqueConstraint, bindparam, delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from shared.contracts.base import Answer, Body, Event
from shared.contracts.imports import FileProblem, ImportEffect
from shared.core.refusals import Conflict, ImportRefused
from shared.core.settings import Settings
from shared.events.inbox import DeadLetterRow, HeardRow, Reaction
from shared.events.outbox import OutboxRow, announce, announce_many
from shared.events.partner_outbox import PartnerOutboxRow
from shared.http.etags import IfMatch, ensure_version, tagged
from shared.http.idempotency import IdempotencyRow
from shared.http.list_for_all import ListForAll
from shared.http.paging import Page, Paging, page
from shared.http.route import noun
from shared.imports.findings import Findings
from shared.imports.routes import (
    ImportJobRow,
    ImportKind,
    ImportProgressRow,
    Loaded,
    Progress,
)
from shared.persistence.database import Reader, Session
from shared.persistence.queries import columns, row_for_change
from shared.persistence.records import Record
from shared.persistence.statements import Statement
from shared.runtime.area import Area
from shared.runtime.service import create_service
from shared.security.callers import DirectoryReader, PartnersWriter
from shared.security.grants import Category, ChildGrant, ensure_granted
from shared.security.permissions import Permission
from shared.security.principal import Principal
from tests.houses import House


class ThingRow(Record, table=True):
    __tablename__ = "thing"
    # Looked at on commit only, so that a commit can fail after a good answer was made.
    __table_args__: ClassVar = (
        UniqueConstraint("name", deferrable=True, initially="DEFERRED", name="thing_name"),
    )

    name: str
    size: int = 0


thing: Any = ThingRow


class EffectRow(SQLModel, table=True):
    """What a reaction did, once per time it did it."""

    __tablename__ = "effect"

    position: int | None = Field(default=None, primary_key=True)
    thing_id: UUID
    size: int


effect: Any = EffectRow


class ThingDraft(Body):
    name: str = Field(min_length=1, max_length=100)
    size: int = 0
    parts: list[Any] = []


class Thing(Answer):
    id: UUID
    version: int
    name: str
    size: int


class ThingMade(Event):
    """A thing is there."""

    type: ClassVar[str] = "partners.thing.made.v1"
    thing_id: UUID
    size: int


class ThingChanged(Event):
    """A thing is another size."""

    type: ClassVar[str] = "partners.thing.changed.v1"
    thing_id: UUID
    size: int


class ThingForgotten(Event):
    """Nobody reacts to this."""

    type: ClassVar[str] = "partners.thing.forgotten.v1"
    thing_id: UUID


router = noun("things")
REFUSED_SIZE = 13
gate = asyncio.Event()  # what the slow route waits for
entered = asyncio.Event()  # set when it waits


ALL = select(*columns(Thing, ThingRow))
THING = Statement(ALL.where(thing.id == bindparam("thing_id")), Thing)
THINGS = ListForAll(
    ALL, Thing, by=[thing.size, thing.id], filters={"size": thing.size == bindparam("size")}
)


@router.get("", response_model=Page[Thing])
async def list_things(
    _: DirectoryReader, reader: Reader, paging: Paging, size: int | None = None
) -> Response:
    return await THINGS.page(reader, paging, size=size)


@router.get("/newest")
async def newest_things(_: DirectoryReader, reader: Reader, paging: Paging) -> Page[Thing]:
    by = [thing.created_at, thing.id]
    return await page(reader, ALL, Thing, paging, by=by, descending=True)


@router.post("", status_code=201)
async def make_thing(
    draft: ThingDraft, _: PartnersWriter, session: Session, response: Response
) -> Thing:
    thing = ThingRow(name=draft.name, size=draft.size)
    announce(session, thing, ThingMade(thing_id=thing.id, size=thing.size))
    if draft.size == REFUSED_SIZE:
        await session.flush()
        raise Conflict("size-refused", "Not this size.")
    return tagged(response, Thing.model_validate(thing))


@router.post("/slow", status_code=201)
async def make_thing_slowly(
    draft: ThingDraft, _: PartnersWriter, session: Session, response: Response
) -> Thing:
    thing = ThingRow(name=draft.name, size=draft.size)
    announce(session, thing, ThingMade(thing_id=thing.id, size=thing.size))
    await session.flush()
    entered.set()
    await gate.wait()
    return tagged(response, Thing.model_validate(thing))


@router.get("/{thing_id}")
async def read_thing(
    thing_id: UUID, _: DirectoryReader, reader: Reader, response: Response
) -> Thing:
    return tagged(response, await THING.one(reader, "thing", thing_id=thing_id))


@router.patch("/{thing_id}")
async def change_thing(
    thing_id: UUID,
    wanted: ThingDraft,
    expected: IfMatch,
    _: PartnersWriter,
    session: Session,
    response: Response,
) -> Thing:
    thing = await row_for_change(session, ThingRow, thing_id, "thing")
    ensure_version(thing, expected)
    thing.sqlmodel_update({"name": wanted.name, "size": wanted.size})
    announce(session, thing, ThingChanged(thing_id=thing.id, size=thing.size))
    return tagged(response, Thing.model_validate(thing))


@router.get("/of-child/{student_id}")
async def read_things_of_child(
    student_id: UUID, _: DirectoryReader, grant: ChildGrant
) -> dict[str, list[str]]:
    ensure_granted(grant, student_id, Category.MEASURES)
    return {"classes": [str(class_id) for class_id in grant.class_ids]}


async def load(session: AsyncSession, _: Principal, file: bytes, progress: Progress) -> Loaded:
    """One thing a line; a line `pause` waits for the gate, a line `refuse` refuses the file. A first
    line `whole` ends the things that the file does not have."""
    lines = file.decode().splitlines()
    known = ended = 0
    if lines[0] == "whole":
        lines, known, ended = await _end_others(session, lines[1:])
    problems = [
        FileProblem(file="things", line=n, field="name", code="name.refused", reason="Not this.")
        for n, line in enumerate(lines, 1)
        if line == "refuse"
    ]
    for n, line in enumerate(lines, 1):
        if line == "pause":
            entered.set()
            await gate.wait()
        if line == "fault":
            raise LookupError("a fault of our own")
        await session.execute(
            text("insert into thing (id, version, name, size, created_at, updated_at)"
                 " values (gen_random_uuid(), 1, :name, :size, now(), now())"),
            {"name": line, "size": n},
        )  # fmt: skip
        await progress(n / len(lines))
    if problems:
        raise ImportRefused(problems)
    announced = await announce_many(
        session, ThingMade,
        "select id as aggregate_id, version,"
        " jsonb_build_object('thing_id', id, 'size', size) as data from thing"
        " where name = any(:names)",
        {"names": lines},
    )  # fmt: skip
    effect = ImportEffect(noun="things", added=announced, ended=ended, known=known)
    return Loaded({"things": len(lines), "announced": announced}, Findings(), [effect])


async def _end_others(session: AsyncSession, lines: list[str]) -> tuple[list[str], int, int]:
    """The lines that are new, and how many things there were and have ended."""
    known = set((await session.execute(select(thing.name))).scalars())
    gone = known - set(lines)
    await session.execute(delete(ThingRow).where(thing.name.in_(gone)))
    return [line for line in lines if line not in known], len(known), len(gone)


IMPORTS = [ImportKind("things", Permission.PROGRAMS_WRITE, load, "Import things", "A line each.")]


async def note_sizes(session: AsyncSession, events: Sequence[ThingMade | ThingChanged]) -> None:
    """The reaction: refuses a size that is poison, once or for ever."""
    for event in events:
        if event.size in POISON:
            raise ValueError("poison")
        session.add(EffectRow(thing_id=event.thing_id, size=event.size))


POISON: set[int] = set()
REACTIONS = [Reaction(ThingMade, note_sizes), Reaction(ThingChanged, note_sizes)]
TABLES = (
    ThingRow, EffectRow, OutboxRow, HeardRow, DeadLetterRow, IdempotencyRow, ImportJobRow,
    ImportProgressRow, PartnerOutboxRow,
)  # fmt: skip


def app_for(settings: Settings) -> FastAPI:
    return create_service(
        "partners", Area([router], REACTIONS, IMPORTS), settings=lambda: settings
    )


class Things(House):
    """The throw-away service on a database of its own."""

    async def make_tables(self) -> None:
        async with self.database.writers.begin() as connection:
            tables = [getattr(row, "__table__") for row in TABLES]  # noqa: B009
            await connection.run_sync(SQLModel.metadata.create_all, tables=tables)

    async def empty(self) -> None:
        names = ", ".join(f'"{row.__tablename__}"' for row in TABLES)
        async with self.database.reading() as connection:
            await connection.execute(text(f"truncate {names} restart identity cascade"))
        self.versions.clear()
        POISON.clear()
        gate.clear()
        entered.clear()

    async def effects(self) -> list[int]:
        """The sizes that the reaction has noted, in order."""
        return [
            row["size"] for row in await self.rows("select size from effect order by position")
        ]

    async def make(self, *sizes: int) -> None:
        """Things of these sizes, committed with their events, each in its own transaction."""
        for size in sizes:
            async with self.database.transaction() as session:
                thing = ThingRow(name=f"thing {size}", size=size)
                announce(session, thing, ThingMade(thing_id=thing.id, size=size))
