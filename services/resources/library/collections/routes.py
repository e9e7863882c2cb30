"""Collections over HTTP."""

from typing import Annotated
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
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("collections")
Anybody = Annotated[Principal, may(Permission.LIBRARY_READ)]
Librarian = Annotated[Principal, may(Permission.LIBRARY_WRITE)]


@router.get("")
async def list_collections(
    caller: Anybody, reader: Reader, paging: Paging, mine: Mine = False
) -> Page[CollectionSummary]:
    """Collections by title: the shared ones and one's own, or one's own only."""
    return await queries.collections(reader, caller, paging, mine=mine)


@router.post("", status_code=201)
async def make_collection(
    draft: CollectionDraft, caller: Librarian, session: Session, response: Response
) -> CollectionSummary:
    """Put resources together. Announces `resources.collection.made.v1`."""
    row = await actions.make(session, caller, draft)
    return tagged(response, CollectionSummary.model_validate(row))


@router.get("/{collection_id}", responses=refusals(404))
async def read_collection(
    collection_id: UUID, caller: Anybody, reader: Reader, response: Response
) -> Collection:
    """One collection with its resources in order."""
    return tagged(response, await queries.collection(reader, caller, collection_id))


@router.put("/{collection_id}", responses=refusals(404, 412, 428))
async def change_collection(
    collection_id: UUID,
    wanted: CollectionChange,
    expected: IfMatch,
    caller: Librarian,
    session: Session,
    response: Response,
) -> CollectionSummary:
    """Describe a collection anew, with its resources; brings a withdrawn one back.
    Announces `resources.collection.changed.v1`."""
    row = await actions.change(session, caller, collection_id, expected, wanted)
    return tagged(response, CollectionSummary.model_validate(row))


@router.post(
    "/{collection_id}/withdrawal", status_code=201, responses=refusals(404, 409, 412, 428)
)
async def withdraw_collection(
    collection_id: UUID, expected: IfMatch, caller: Librarian, session: Session, response: Response
) -> CollectionSummary:
    """Take a collection back; what was assigned stays assigned.
    Announces `resources.collection.changed.v1`."""
    row = await actions.withdraw(session, caller, collection_id, expected)
    return tagged(response, CollectionSummary.model_validate(row))
