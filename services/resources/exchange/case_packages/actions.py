"""Loading CASE packages: all of them or none, and twice is as once."""

import hashlib
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.resources.exchange.case_packages import rules
from services.resources.exchange.case_packages.rules import Package
from services.resources.exchange.json_documents.rules import Document, read
from services.resources.library.frameworks.records import (
    FrameworkAssociationRow,
    FrameworkEdgeRow,
    FrameworkItemRow,
    FrameworkRow,
)
from shared.contracts.imports import FileProblem
from shared.contracts.resources.framework import FrameworkImported
from shared.events.outbox import announce
from shared.imports.routes import ImportRefused, Progress
from shared.persistence.copying import copy_records
from shared.security.principal import Principal

ELSEWHERE = text("""
    select identifier from framework_item
    where identifier = any(cast(:identifiers as uuid[])) and framework_id <> :framework_id limit 1
""")
CLEARED = (
    text("delete from framework_association where framework_id = :framework_id"),
    text("delete from framework_edge where framework_id = :framework_id"),
    text("delete from framework_item where framework_id = :framework_id"),
)


async def load(
    session: AsyncSession, caller: Principal, content: bytes, progress: Progress
) -> dict[str, int]:
    """Raises `ImportRefused` with every fault of every package."""
    _ = caller
    packages = read_all(content)
    await progress(0.3)
    counts = {"frameworks": len(packages), "items": 0, "associations": 0, "unchanged": 0}
    for place, package in packages:
        changed = await take_in(session, place, package)
        counts["unchanged"] += not changed
        counts["items"] += len(package.items)
        counts["associations"] += len(package.associations)
    return counts


def read_all(content: bytes) -> list[tuple[Document, Package]]:
    packages: list[tuple[Document, Package]] = []
    problems: list[FileProblem] = []
    seen: set[str] = set()
    for document in read(content):
        if isinstance(document, FileProblem):
            problems.append(document)
            continue
        found = rules.read(document.value)
        if isinstance(found, list):
            problems += [document.problem(each.field, each.code, each.reason) for each in found]
            continue
        if found.document.identifier in seen:
            reason = "This framework is in the file before."
            place = "$.CFDocument.identifier"
            problems.append(document.problem(place, "duplicate-id", reason))
        seen.add(found.document.identifier)
        packages.append((document, found))
    if not packages and not problems:
        problems.append(FileProblem(file="file", code="empty", reason="There is no package."))
    if problems:
        raise ImportRefused(problems)
    return packages


async def take_in(session: AsyncSession, place: Document, package: Package) -> bool:
    """Whether anything changed. What the package no longer has is gone."""
    content_hash = hashlib.sha256(package.model_dump_json().encode()).hexdigest()
    framework = await _framework_row(session, UUID(package.document.identifier))
    if framework is not None and framework.content_hash == content_hash:
        return False
    framework = framework or FrameworkRow(
        identifier=UUID(package.document.identifier), uri="", title="", creator="", content_hash=""
    )
    await _ensure_items_own(session, framework.id, place, package)

    framework.sqlmodel_update(package.document.model_dump(exclude={"identifier", "last_change"}))
    framework.items_count = len(package.items)
    framework.content_hash = content_hash
    session.add(framework)
    await session.flush()
    await _replace(session, framework.id, package)

    announce(
        session,
        framework,
        FrameworkImported(
            framework_id=framework.id,
            identifier=framework.identifier,
            title=framework.title,
            items=len(package.items),
            associations=len(package.associations),
        ),
    )
    return True


async def _framework_row(session: AsyncSession, identifier: UUID) -> FrameworkRow | None:
    found = select(FrameworkRow).where(col(FrameworkRow.identifier) == identifier)
    row: FrameworkRow | None = (
        await session.execute(found.with_for_update())
    ).scalar_one_or_none()
    return row


async def _ensure_items_own(
    session: AsyncSession, framework_id: UUID, place: Document, package: Package
) -> None:
    identifiers = [UUID(item.identifier) for item in package.items]
    given = {"identifiers": identifiers, "framework_id": framework_id}
    taken = (await session.execute(ELSEWHERE, given)).scalar_one_or_none()
    if taken is not None:
        field = f"$.CFItems[{identifiers.index(taken)}].identifier"
        reason = "Another framework has an item with this identifier."
        raise ImportRefused([place.problem(field, "item-elsewhere", reason)])


async def _replace(session: AsyncSession, framework_id: UUID, package: Package) -> None:
    for statement in CLEARED:
        await session.execute(statement, {"framework_id": framework_id})
    items = [
        {"framework_id": framework_id, "identifier": UUID(item.identifier)}
        | item.model_dump(exclude={"identifier", "last_change", "list_enumeration"})
        for item in package.items
    ]
    tree = [
        {
            "framework_id": framework_id,
            "child": UUID(child),
            "parent": UUID(parent),
            "position": position,
        }
        for child, parent, position in rules.edges(package)
    ]
    links = [
        {
            "framework_id": framework_id,
            "identifier": UUID(each.identifier),
            "association_type": each.association_type,
            "origin": each.origin.identifier,
            "destination": each.destination.identifier,
            "destination_uri": each.destination.uri,
        }
        for each in package.associations
        if each.association_type != rules.CHILD_OF
    ]
    await _copy(session, FrameworkItemRow.__tablename__, items)
    await _copy(session, FrameworkEdgeRow.__tablename__, tree)
    await _copy(session, FrameworkAssociationRow.__tablename__, links)


async def _copy(session: AsyncSession, table: str, rows: Iterable[dict[str, Any]]) -> None:
    rows = list(rows)
    if not rows:
        return
    records = [tuple(row.values()) for row in rows]
    await copy_records(session, table, records, list(rows[0]))
