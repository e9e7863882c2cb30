"""Reading standards, which are public."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.resources.library.frameworks.records import (
    FrameworkAssociationRow,
    FrameworkItemRow,
    FrameworkRow,
    framework,
    framework_association,
    framework_edge,
    framework_item,
)
from services.resources.library.resources.rules import ITEM, standard_key
from shared.contracts.resources.framework import (
    Framework,
    FrameworkAssociation,
    FrameworkItem,
    FrameworkItemDetail,
)
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, many, one

LINKS = 500
LEVELS = 100
LABEL_CHARACTERS = 120
CHILDREN: Any = (
    select(func.count())
    .where(framework_edge.parent == framework_item.identifier)
    .correlate(framework_item)
    .scalar_subquery()
    .label("children_count")
)
ITEM_COLUMNS = [*columns(FrameworkItem, FrameworkItemRow), CHILDREN]
# From the top; by the first parent where an item has several.
ABOVE = text("""
    with recursive up as (
      select cast(:item as uuid) as identifier, 0 as height
      union all
      select (select min(parent::text)::uuid from framework_edge where child = up.identifier),
        height + 1
      from up where up.identifier is not null and height < :levels
    )
    select identifier from up where height > 0 and identifier is not null order by height desc
""")
BELOW = text("""
    with recursive tree as (
      select identifier from (
        select identifier from framework where identifier = any(cast(:identifiers as uuid[]))
        union
        select identifier from framework_item where identifier = any(cast(:identifiers as uuid[]))
        union
        select identifier from framework_item where uri = any(cast(:texts as text[]))
        union
        select identifier from framework_item
        where human_coding_scheme = any(cast(:texts as text[]))
      ) named
      union
      select e.child from tree t join framework_edge e on e.parent = t.identifier
    )
    select i.identifier, i.uri from tree t join framework_item i using (identifier)
""")
LABELS = text("""
    select identifier, human_coding_scheme, full_statement from framework_item
    where identifier = any(cast(:identifiers as uuid[]))
""")


async def frameworks(reader: Reading, paging: PageRequest) -> Page[Framework]:
    found = select(*columns(Framework, FrameworkRow))
    by = [framework.title, framework.id]
    return await page(reader, found, Framework, paging, by=by)


async def one_framework(reader: Reading, framework_id: UUID) -> Framework:
    found = select(*columns(Framework, FrameworkRow)).where(framework.id == framework_id)
    return await one(reader, found, Framework, "framework")


async def framework_row(session: AsyncSession, identifier: UUID) -> FrameworkRow | None:
    """For change: locked until the transaction ends."""
    found = select(FrameworkRow).where(framework.identifier == identifier)
    row: FrameworkRow | None = (
        await session.execute(found.with_for_update())
    ).scalar_one_or_none()
    return row


async def items(
    reader: Reading, framework_id: UUID, parent: UUID | None, paging: PageRequest
) -> Page[FrameworkItem]:
    """One level of the tree in its order: the top one, or what is directly below `parent`."""
    top = await one_framework(reader, framework_id)
    if parent is not None:
        await _item(reader, framework_id, parent)
    found = (
        select(*ITEM_COLUMNS)
        .join(framework_edge, framework_edge.child == framework_item.identifier)
        .where(framework_edge.parent == (parent or top.identifier))
    )
    by = [framework_edge.position]
    return await page(reader, found, FrameworkItem, paging, by=by)


async def one_item(reader: Reading, framework_id: UUID, identifier: UUID) -> FrameworkItemDetail:
    found = await _item(reader, framework_id, identifier)
    above = await reader.execute(ABOVE, {"item": identifier, "levels": LEVELS})
    places = {each: place for place, each in enumerate(above.scalars())}
    named = select(*ITEM_COLUMNS).where(framework_item.identifier.in_(places))
    path = await many(reader, named, FrameworkItem)
    return FrameworkItemDetail(
        **found.model_dump(),
        path=sorted(path, key=lambda each: places[each.identifier]),
        associations=await many(reader, _links(str(identifier)), FrameworkAssociation),
    )


async def _item(reader: Reading, framework_id: UUID, identifier: UUID) -> FrameworkItem:
    found = select(*ITEM_COLUMNS).where(
        framework_item.framework_id == framework_id, framework_item.identifier == identifier
    )
    return await one(reader, found, FrameworkItem, "item")


def _links(identifier: str) -> Any:
    return (
        select(*columns(FrameworkAssociation, FrameworkAssociationRow))
        .where(
            or_(
                framework_association.origin == identifier,
                framework_association.destination == identifier,
            )
        )
        .order_by(framework_association.association_type, framework_association.identifier)
        .limit(LINKS)
    )


async def below(reader: Reading, standards: Sequence[str]) -> list[str]:
    """The keys of these standards and of all standards below them. An unknown one stands for
    itself."""
    named = [UUID(each) for each in standards if ITEM.fullmatch(each)]
    given = {"identifiers": named, "texts": list(standards)}
    rows = await reader.execute(BELOW, given)
    keys = {key for row in rows for key in (str(row.identifier), standard_key(row.uri))}
    return sorted(keys | {standard_key(each) for each in standards})


async def labels(reader: Reading, keys: Sequence[str]) -> dict[str, str]:
    """The labels of standards: the code, else the beginning of the statement."""
    named = [UUID(key) for key in keys if ITEM.fullmatch(key)]
    if not named:
        return {}
    rows = await reader.execute(LABELS, {"identifiers": named})
    return {
        str(row.identifier): row.human_coding_scheme or row.full_statement[:LABEL_CHARACTERS]
        for row in rows
    }
