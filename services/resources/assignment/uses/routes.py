"""Use over HTTP."""

from typing import Annotated
from uuid import UUID

from services.resources.assignment.uses import actions, queries
from shared.contracts.resources.use import ResourceUse, Use, UseDraft
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.grants import MaybeGrant
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("resources")
User = Annotated[Principal, may(Permission.ASSIGNMENTS_FINISH)]
Counter = Annotated[Principal, may(Permission.LIBRARY_WRITE, Permission.INDICATORS_READ)]


@router.post("/{resource_id}/uses", status_code=201, responses=refusals(404))
async def record_use(
    resource_id: UUID,
    draft: UseDraft,
    caller: User,
    grant: MaybeGrant,
    session: Session,
    now: Now,
) -> Use:
    """Record use: a student's own, a child's with students' grant for it, or nobody's.
    Announces `resources.use.recorded.v1`."""
    return Use.model_validate(
        await actions.record(session, caller, resource_id, draft, grant, now)
    )


@router.get("/{resource_id}/use", responses=refusals(404))
async def read_use(resource_id: UUID, caller: Counter, reader: Reader) -> ResourceUse:
    """How often a resource was used and assigned; no child is in it."""
    return await queries.resource_use(reader, caller, resource_id)
