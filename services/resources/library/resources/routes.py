"""Resources over HTTP."""

from typing import Annotated
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
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("resources")
composed = internal()
Anybody = Annotated[Principal, may(Permission.LIBRARY_READ)]
Librarian = Annotated[Principal, may(Permission.LIBRARY_WRITE)]
Composer = Annotated[Principal, may(Permission.COMPOSE, Permission.LIBRARY_READ)]


@router.post("", status_code=201, responses=refusals(409))
async def publish_resource(
    draft: ResourceDraft, caller: Librarian, session: Session, response: Response
) -> Resource:
    """Put a resource into the library. Announces `resources.resource.published.v1`."""
    row = await actions.publish(session, caller, draft)
    return tagged(response, Resource.model_validate(row))


@router.get("/own")
async def list_own_resources(
    caller: Librarian, reader: Reader, paging: Paging
) -> Page[ResourceSummary]:
    """What the caller and the caller's partner have put in, whatever its status; newest first."""
    return await queries.own_resources(reader, caller, paging)


@router.get("/{resource_id}", responses=refusals(404))
async def read_resource(
    resource_id: UUID, caller: Anybody, reader: Reader, response: Response
) -> Resource:
    """One resource. Answers alike for none and for one that the caller may not see."""
    return tagged(response, await queries.resource(reader, caller, resource_id))


@router.put("/{resource_id}", responses=refusals(404, 409, 412, 428))
async def change_resource(
    resource_id: UUID,
    wanted: ResourceChange,
    expected: IfMatch,
    caller: Librarian,
    session: Session,
    response: Response,
) -> Resource:
    """Describe a resource anew; brings a withdrawn one back.
    Announces `resources.resource.changed.v1`."""
    row = await actions.change(session, caller, resource_id, expected, wanted)
    return tagged(response, Resource.model_validate(row))


@router.post("/{resource_id}/withdrawal", status_code=201, responses=refusals(404, 409, 412, 428))
async def withdraw_resource(
    resource_id: UUID, expected: IfMatch, caller: Librarian, session: Session, response: Response
) -> Resource:
    """Take a resource out of the library; what was assigned stays assigned.
    Announces `resources.resource.withdrawn.v1`."""
    row = await actions.withdraw(session, caller, resource_id, expected)
    return tagged(response, Resource.model_validate(row))


@composed.get("/partners/{partner_id}/resources")
async def partner_resources(partner_id: UUID, _: Composer, reader: Reader) -> PartnerResources:
    return await queries.partner_resources(reader, partner_id)
