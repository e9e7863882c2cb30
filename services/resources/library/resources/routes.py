"""Resources over HTTP."""

from uuid import UUID

from fastapi import Response

from services.resources.library.resources import actions, queries
from shared.contracts.resources.resource import (
    PartnerResources,
    Resource,
    ResourceChange,
    ResourceDraft,
    ResourceSummary,
)
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.paging import Page, Paging
from shared.http.route import internal, noun
from shared.persistence.database import Reader, Session
from shared.security.callers import ComposerOrLibraryReader, LibraryReader, LibraryWriter

router = noun("resources")
composed = internal()


@router.post("", status_code=201, responses=refusals(409))
async def publish_resource(
    draft: ResourceDraft, caller: LibraryWriter, session: Session, response: Response
) -> Resource:
    """Publish a resource in the library. Announces `resources.resource.published.v1`."""
    row = await actions.publish(session, caller, draft)
    return tagged(response, await queries.one_resource(session, caller, row.id))


@router.get("/own")
async def list_own_resources(
    caller: LibraryWriter, reader: Reader, paging: Paging
) -> Page[ResourceSummary]:
    """The resources of the caller and the caller's partner, whatever their status, newest first."""
    return await queries.own_resources(reader, caller, paging)


@router.get("/{resource_id}", responses=refusals(404))
async def read_resource(
    resource_id: UUID, caller: LibraryReader, reader: Reader, response: Response
) -> Resource:
    """One resource. A resource that the caller may not see answers like one that does not exist."""
    return tagged(response, await queries.one_resource(reader, caller, resource_id))


@router.put("/{resource_id}", responses=refusals(404, 409, 412, 428))
async def change_resource(
    resource_id: UUID,
    wanted: ResourceChange,
    expected: IfMatch,
    caller: LibraryWriter,
    session: Session,
    response: Response,
) -> Resource:
    """Replace a resource's description. A withdrawn resource comes back. Announces
    `resources.resource.changed.v1`."""
    row = await actions.change(session, caller, resource_id, expected, wanted)
    return tagged(response, await queries.one_resource(session, caller, row.id))


@router.post("/{resource_id}/withdrawal", status_code=201, responses=refusals(404, 409, 412, 428))
async def withdraw_resource(
    resource_id: UUID,
    expected: IfMatch,
    caller: LibraryWriter,
    session: Session,
    response: Response,
) -> Resource:
    """Withdraw a resource from the library. Its assignments stay. Announces
    `resources.resource.withdrawn.v1`."""
    row = await actions.withdraw(session, caller, resource_id, expected)
    return tagged(response, await queries.one_resource(session, caller, row.id))


@composed.get("/partners/{partner_id}/resources")
async def partner_resources(
    partner_id: UUID, _: ComposerOrLibraryReader, reader: Reader
) -> PartnerResources:
    return await queries.partner_resources(reader, partner_id)
