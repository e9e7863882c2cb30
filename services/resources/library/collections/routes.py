"""Collections over HTTP."""

from uuid import UUID

from fastapi import Response

from services.resources.library.collections import actions, queries
from shared.contracts.resources.collection import (
    Collection,
    CollectionChange,
    CollectionDraft,
    CollectionSummary,
)
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import Mine
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.callers import LibraryReader, LibraryWriter

router = noun("collections")


@router.get("")
async def list_collections(
    caller: LibraryReader, reader: Reader, paging: Paging, mine: Mine = False
) -> Page[CollectionSummary]:
    """Collections by title: the shared ones and the caller's own, or only the caller's own."""
    return await queries.collections(reader, caller, paging, mine=mine)


@router.post("", status_code=201)
async def make_collection(
    draft: CollectionDraft, caller: LibraryWriter, session: Session, response: Response
) -> CollectionSummary:
    """Make a collection of resources. Announces `resources.collection.made.v1`."""
    row = await actions.make(session, caller, draft)
    return tagged(response, await queries.one_summary(session, caller, row.id))


@router.get("/{collection_id}", responses=refusals(404))
async def read_collection(
    collection_id: UUID, caller: LibraryReader, reader: Reader, response: Response
) -> Collection:
    """One collection with its resources in order."""
    return tagged(response, await queries.one_collection(reader, caller, collection_id))


@router.put("/{collection_id}", responses=refusals(404, 412, 428))
async def change_collection(
    collection_id: UUID,
    wanted: CollectionChange,
    expected: IfMatch,
    caller: LibraryWriter,
    session: Session,
    response: Response,
) -> CollectionSummary:
    """Replace a collection's description and resources. A withdrawn collection comes back.
    Announces `resources.collection.changed.v1`."""
    row = await actions.change(session, caller, collection_id, expected, wanted)
    return tagged(response, await queries.one_summary(session, caller, row.id))


@router.post(
    "/{collection_id}/withdrawal", status_code=201, responses=refusals(404, 409, 412, 428)
)
async def withdraw_collection(
    collection_id: UUID,
    expected: IfMatch,
    caller: LibraryWriter,
    session: Session,
    response: Response,
) -> CollectionSummary:
    """Withdraw a collection. Its assignments stay. Announces `resources.collection.changed.v1`."""
    row = await actions.withdraw(session, caller, collection_id, expected)
    return tagged(response, await queries.one_summary(session, caller, row.id))
