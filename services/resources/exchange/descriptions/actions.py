"""Loading a file of descriptions: all of them or none, and twice is as once."""

import asyncio
from collections.abc import Iterator
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.resources.exchange.descriptions import rules
from services.resources.exchange.passed_over_fields import rules as passed_over_fields
from services.resources.library.facet_counts.actions import recount
from services.resources.library.facet_counts.queries import of_rows
from services.resources.library.known_partners import queries as known_partners
from services.resources.library.resources import actions as resources
from services.resources.library.resources.actions import COLUMNS, WRITTEN
from services.resources.library.resources.rules import described, status_wanted
from shared.contracts.imports import ImportEffect
from shared.contracts.resources.resource import (
    ResourceChanged,
    ResourceDraft,
    ResourcePublished,
    ResourceStatus,
)
from shared.events.outbox import announce_many
from shared.imports.codes import Code
from shared.imports.documents import UPLOADED, Document, read
from shared.imports.findings import NAME_CHARACTERS, Findings, Place
from shared.imports.routes import Loaded, Progress
from shared.persistence.copying import copy_records
from shared.persistence.records import new_id
from shared.security.principal import Principal

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
ANNOUNCED = """
    select id as aggregate_id, version, jsonb_build_object(
      'resource_id', id, 'partner_id', partner_id, 'title', name, 'url', url, 'status', status
    ) as data
    from resource where id in (select id from touched where added = {added})
"""


async def load(
    session: AsyncSession, caller: Principal, content: bytes, progress: Progress
) -> Loaded:
    """Raises `ImportRefused` with every fault of every document."""
    drafts, findings = await read_all(content, progress)
    alone = await known_partners.is_alone(session, caller.partner_id)
    status = status_wanted(ResourceStatus.SHARED, alone=alone)

    await _copy(session, [_record(draft, caller, status) for draft in drafts])
    await session.execute(TOUCHED)
    await session.execute(LOCKED)
    before = await of_rows(session, "select id from touched")
    await resources.keep_incoming(session)

    added = await announce_many(session, ResourcePublished, ANNOUNCED.format(added="true"))
    changed = await announce_many(session, ResourceChanged, ANNOUNCED.format(added="false"))
    await recount(session, before, await of_rows(session, "select id from touched"))
    counts = {"resources": len(drafts), "added": added, "changed": changed}
    counts["unchanged"] = len(drafts) - added - changed
    return Loaded(counts, findings, [ImportEffect(noun="resources", added=added, changed=changed)])


async def read_all(content: bytes, progress: Progress) -> tuple[list[ResourceDraft], Findings]:
    """Reads in a thread, so that requests are answered meanwhile."""
    findings = Findings()
    drafts = await asyncio.to_thread(list, _drafts(content, findings))
    if not drafts and not findings.total:
        findings.add(Place(UPLOADED), Code.EMPTY, "There is no document.")
    findings.refuse()
    await progress(0.5)
    return drafts, findings


def _drafts(content: bytes, findings: Findings) -> Iterator[ResourceDraft]:
    """None any more once anything was found."""
    places: dict[str, Place] = {}
    passed_over: set[str] = set()
    for document in read(content, findings):
        draft = _read(document, places, findings)
        if draft is not None and not findings.total:
            _remark(document, passed_over, findings)
            yield draft


def _remark(document: Document, passed_over: set[str], findings: Findings) -> None:
    """The first document with a field that is passed over stands for all."""
    for name in passed_over_fields.of_description(document.value):
        if name not in passed_over:
            passed_over.add(name)
            place = document.at(f"$.{name[:NAME_CHARACTERS]}")
            findings.remark(place, Code.FIELD_PASSED_OVER)


def _read(
    document: Document, places: dict[str, Place], findings: Findings
) -> ResourceDraft | None:
    found = rules.read(document.value)
    if isinstance(found, list):
        for fault in found:
            findings.add(document.at(fault.field), fault.code, fault.reason)
        return None
    if first := places.get(found.url):
        reason = f"The same address is described before, at {_words(first)}."
        findings.add(document.at("$.id"), Code.DUPLICATE_ID, reason)
        return None
    places[found.url] = document.place
    return found


def _words(place: Place) -> str:
    line = f" line {place.line}" if place.line else ""
    return f"{place.file}{line} {place.field}"


async def _copy(session: AsyncSession, records: list[tuple[Any, ...]]) -> None:
    await session.execute(INCOMING)
    await copy_records(session, "incoming", records, COLUMNS)


def _record(draft: ResourceDraft, caller: Principal, status: str) -> tuple[Any, ...]:
    own = (new_id(), 1, caller.partner_id, caller.account_id, status)
    return (*own, *described(draft).values())
