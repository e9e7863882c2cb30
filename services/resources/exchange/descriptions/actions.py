"""Loading a file of descriptions: all of them or none, and twice is as once."""

import asyncio
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.resources.exchange.descriptions import rules
from services.resources.exchange.json_documents.rules import Document, read
from services.resources.library.facet_counts.actions import recount
from services.resources.library.facet_counts.queries import of_rows
from services.resources.library.known_partners import queries as partners
from services.resources.library.resources.rules import described, status_wanted
from shared.contracts.imports import FileProblem
from shared.contracts.resources.resource import (
    ResourceChanged,
    ResourceDraft,
    ResourcePublished,
    ResourceStatus,
)
from shared.events.outbox import announce_many
from shared.imports.routes import PROBLEMS_KEPT, ImportRefused, Progress
from shared.persistence.copying import copy_records
from shared.persistence.records import new_id
from shared.security.principal import Principal

A_WHILE = 50  # documents between two looks at what else there is to do
DESCRIBED = [*described(ResourceDraft(name="x", url="https://x.example"))]
COLUMNS = [
    "id",
    "version",
    "partner_id",
    "owner_id",
    "status",
    *DESCRIBED,
]
WRITTEN = ["status", *DESCRIBED]
INCOMING = text(f"""
    create temporary table incoming on commit drop as
    select {", ".join(COLUMNS)} from resource limit 0
""")
TOUCHED = text(f"""
    create temporary table touched on commit drop as
    select coalesce(r.id, i.id) as id, r.id is null as added
    from incoming i left join resource r
      on r.url = i.url and r.partner_id is not distinct from i.partner_id
    where r.id is null or ({", ".join(f"r.{name}" for name in WRITTEN)})
      is distinct from ({", ".join(f"i.{name}" for name in WRITTEN)})
    order by 1
""")
LOCKED = text(
    "select id from resource where id in (select id from touched) order by id for update"
)
CHANGE = text(f"""
    update resource r set version = r.version + 1, updated_at = now(),
      {", ".join(f"{name} = i.{name}" for name in WRITTEN)}
    from incoming i
    where r.url = i.url and r.partner_id is not distinct from i.partner_id
      and r.id in (select id from touched where not added)
""")
ADD = text(f"""
    insert into resource (created_at, updated_at, {", ".join(COLUMNS)})
    select now(), now(), {", ".join(COLUMNS)} from incoming where id in (select id from touched where added)
""")
ANNOUNCED = """
    select id as aggregate_id, version, jsonb_build_object(
      'resource_id', id, 'partner_id', partner_id, 'title', name, 'url', url, 'status', status
    ) as data
    from resource where id in (select id from touched where added = {added})
"""


async def load(
    session: AsyncSession, caller: Principal, content: bytes, progress: Progress
) -> dict[str, int]:
    """Raises `ImportRefused` with every fault of every document."""
    drafts = await read_all(content, progress)
    alone = await partners.is_alone(session, caller.partner_id)
    status = status_wanted(ResourceStatus.SHARED, alone=alone)

    await _copy(session, [_record(draft, caller, status) for draft in drafts])
    await session.execute(TOUCHED)
    await session.execute(LOCKED)
    before = await of_rows(session, "select id from touched")
    await session.execute(CHANGE)
    await session.execute(ADD)

    added = await announce_many(session, ResourcePublished, ANNOUNCED.format(added="true"))
    changed = await announce_many(session, ResourceChanged, ANNOUNCED.format(added="false"))
    await recount(session, before, await of_rows(session, "select id from touched"))
    counts = {"resources": len(drafts), "added": added, "changed": changed}
    return counts | {"unchanged": len(drafts) - added - changed}


async def read_all(content: bytes, progress: Progress) -> list[ResourceDraft]:
    """Gives way to others all the while, as reading keeps the processor."""
    drafts: list[ResourceDraft] = []
    problems: list[FileProblem] = []
    places: dict[str, str] = {}
    for number, document in enumerate(read(content)):
        draft = _read(document, places, problems)
        if draft is not None and not problems:
            drafts.append(draft)
        if number % A_WHILE == 0:
            await asyncio.sleep(0)
    if not drafts and not problems:
        problems.append(FileProblem(file="file", code="empty", reason="There is no document."))
    if problems:
        raise ImportRefused(problems[:PROBLEMS_KEPT], len(problems))
    await progress(0.5)
    return drafts


def _read(
    document: Document | FileProblem, places: dict[str, str], problems: list[FileProblem]
) -> ResourceDraft | None:
    if isinstance(document, FileProblem):
        problems.append(document)
        return None
    found = rules.read(document.value)
    if isinstance(found, list):
        problems += [document.problem(each.field, each.code, each.reason) for each in found]
        return None
    if first := places.get(found.url):
        reason = f"The same address is described before, at {first}."
        problems.append(document.problem("$.id", "duplicate-id", reason))
        return None
    places[found.url] = document.place
    return found


async def _copy(session: AsyncSession, records: list[tuple[Any, ...]]) -> None:
    await session.execute(INCOMING)
    await copy_records(session, "incoming", records, COLUMNS)


def _record(draft: ResourceDraft, caller: Principal, status: str) -> tuple[Any, ...]:
    own = (new_id(), 1, caller.partner_id, caller.account_id, status)
    return (*own, *described(draft).values())
