"""Standards frameworks over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response

from services.resources.library.frameworks import queries
from shared.contracts.resources.framework import Framework, FrameworkItem, FrameworkItemDetail
from shared.core.refusals import refusals
from shared.http.etags import tagged
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader
from shared.security.callers import LibraryReader

router = noun("frameworks")
CaseId = Annotated[UUID, Path(description="The item's CASE identifier.")]
Below = Annotated[
    UUID | None,
    Query(description="Lists the items directly below this item; without it, the top level."),
]


@router.get("")
async def list_frameworks(_: LibraryReader, reader: Reader, paging: Paging) -> Page[Framework]:
    """All standards frameworks by title."""
    return await queries.frameworks(reader, paging)


@router.get("/{framework_id}", responses=refusals(404))
async def read_framework(
    framework_id: UUID, _: LibraryReader, reader: Reader, response: Response
) -> Framework:
    """One framework."""
    return tagged(response, await queries.one_framework(reader, framework_id))


@router.get("/{framework_id}/items", responses=refusals(404))
async def list_items(
    framework_id: UUID,
    _: LibraryReader,
    reader: Reader,
    paging: Paging,
    parent: Below = None,
) -> Page[FrameworkItem]:
    """One level of the tree in its order: the top level, or the items directly below `parent`. An
    item with several parents is below each of them."""
    return await queries.items(reader, framework_id, parent, paging)


@router.get("/{framework_id}/items/{identifier}", responses=refusals(404))
async def read_item(
    framework_id: UUID, identifier: CaseId, _: LibraryReader, reader: Reader
) -> FrameworkItemDetail:
    """One item with its path from the top and its associations with other items."""
    return await queries.one_item(reader, framework_id, identifier)
