"""Importing frameworks: each as a whole, in place of its previous content."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.resources.library.frameworks.records import (
    FrameworkAssociationRow,
    FrameworkEdgeRow,
    FrameworkItemRow,
    FrameworkRow,
)
from shared.contracts.resources.framework import FrameworkImported
from shared.events.outbox import announce
from shared.persistence.copying import copy_records

Rows = Sequence[dict[str, Any]]
CLEARED = (
    text("delete from framework_association where framework_id = :framework_id"),
    text("delete from framework_edge where framework_id = :framework_id"),
    text("delete from framework_item where framework_id = :framework_id"),
)


@dataclass(frozen=True)
class Contents:
    """The rows of a framework's items, of its tree and of its other associations."""

    items: Rows
    tree: Rows
    links: Rows


def blank(identifier: UUID) -> FrameworkRow:
    """Add a new framework."""
    return FrameworkRow(identifier=identifier, uri="", title="", creator="", content_hash="")


async def take_in(
    session: AsyncSession,
    framework: FrameworkRow,
    said: dict[str, Any],
    contents: Contents,
    *,
    associations: int,
) -> None:
    """Replace the content of a framework: rows that `contents` no longer has are deleted.
    `associations` is their number, those of the tree included."""
    framework.sqlmodel_update(said)
    framework.items_count = len(contents.items)
    session.add(framework)
    await session.flush()
    await _replace(session, framework.id, contents)

    announce(
        session,
        framework,
        FrameworkImported(
            framework_id=framework.id,
            identifier=framework.identifier,
            title=framework.title,
            items=len(contents.items),
            associations=associations,
        ),
    )


async def _replace(session: AsyncSession, framework_id: UUID, contents: Contents) -> None:
    for statement in CLEARED:
        await session.execute(statement, {"framework_id": framework_id})
    for table, rows in (
        (FrameworkItemRow.__tablename__, contents.items),
        (FrameworkEdgeRow.__tablename__, contents.tree),
        (FrameworkAssociationRow.__tablename__, contents.links),
    ):
        if rows:
            records = [tuple(row.values()) for row in rows]
            await copy_records(session, table, records, list(rows[0]))
