"""Loading CASE packages: all of them or none, and twice is as once."""

import asyncio
import hashlib
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.resources.exchange.case_packages import rules
from services.resources.exchange.case_packages.rules import Package
from services.resources.exchange.framework_effects.queries import known_items
from services.resources.exchange.framework_effects.rules import compared, summed
from services.resources.exchange.passed_over_fields import rules as passed_over_fields
from services.resources.library.frameworks import actions as frameworks
from services.resources.library.frameworks import queries
from services.resources.library.frameworks.actions import Contents
from shared.contracts.imports import ImportEffect
from shared.core.refusals import ImportRefused
from shared.imports.codes import Code
from shared.imports.documents import UPLOADED, Document, read
from shared.imports.findings import Findings, Place
from shared.imports.routes import Loaded, Progress
from shared.security.principal import Principal

ELSEWHERE = text("""
    select identifier from framework_item
    where identifier = any(cast(:identifiers as uuid[])) and framework_id <> :framework_id limit 1
""")


async def load(
    session: AsyncSession, caller: Principal, content: bytes, progress: Progress
) -> Loaded:
    """Raises `ImportRefused` with every fault of every package."""
    _ = caller
    packages, findings = await asyncio.to_thread(read_all, content)
    await progress(0.3)
    counts = {"frameworks": len(packages), "items": 0, "associations": 0, "unchanged": 0}
    effects: list[ImportEffect] = []
    for place, package in packages:
        effect = await take_in(session, place, package)
        if effect is None:
            counts["unchanged"] += 1
        else:
            effects.append(effect)
        counts["items"] += len(package.items)
        counts["associations"] += len(package.associations)
    return Loaded(counts, findings, [summed(effects)])


def read_all(content: bytes) -> tuple[list[tuple[Document, Package]], Findings]:
    packages: list[tuple[Document, Package]] = []
    findings = Findings()
    seen: set[str] = set()
    passed_over: set[str] = set()
    for document in read(content, findings):
        found = rules.read(document.value)
        if isinstance(found, list):
            for fault in found:
                findings.add(document.at(fault.field), fault.code, fault.reason)
            continue
        if found.document.identifier in seen:
            reason = "This framework is in the file before."
            place = document.at("$.CFDocument.identifier")
            findings.add(place, Code.DUPLICATE_ID, reason)
        seen.add(found.document.identifier)
        packages.append((document, found))
        for field, path in passed_over_fields.of_package(document.value):
            if field not in passed_over:  # the first stands for all
                passed_over.add(field)
                findings.remark(document.at(path), Code.FIELD_PASSED_OVER)
    if not packages and not findings.total:
        findings.add(Place(UPLOADED), Code.EMPTY, "There is no package.")
    findings.refuse()
    return packages, findings


async def take_in(session: AsyncSession, place: Document, package: Package) -> ImportEffect | None:
    """The effect; none where nothing changed. What the package no longer has is gone."""
    content_hash = hashlib.sha256(package.model_dump_json().encode()).hexdigest()
    identifier = UUID(package.document.identifier)
    framework = await queries.framework_row(session, identifier)
    if framework is not None and framework.content_hash == content_hash:
        return None
    framework = framework or frameworks.blank(identifier)
    await _ensure_items_own(session, framework.id, place, package)

    before = await known_items(session, framework.id)
    contents = _contents(framework.id, package)

    said = package.document.model_dump(exclude={"identifier", "last_change"})
    await frameworks.take_in(
        session,
        framework,
        said | {"content_hash": content_hash},
        contents,
        associations=len(package.associations),
    )
    return compared(framework.id, framework.title, before, contents.items)


async def _ensure_items_own(
    session: AsyncSession, framework_id: UUID, place: Document, package: Package
) -> None:
    identifiers = [UUID(item.identifier) for item in package.items]
    given = {"identifiers": identifiers, "framework_id": framework_id}
    taken = (await session.execute(ELSEWHERE, given)).scalar_one_or_none()
    if taken is not None:
        field = f"$.CFItems[{identifiers.index(taken)}].identifier"
        reason = "Another framework has an item with this identifier."
        problem = place.at(field).problem(Code.ITEM_ELSEWHERE, reason)
        raise ImportRefused([problem])


def _contents(framework_id: UUID, package: Package) -> Contents:
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
    return Contents(items, tree, links)
