"""Use over HTTP."""

from uuid import UUID

from services.resources.assignment.uses import actions, queries
from shared.contracts.resources.use import ResourceUse, Use, UseDraft
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.callers import AssignmentsFinisher, LibraryWriterOrIndicatorsReader
from shared.security.grants import MaybeGrant

router = noun("resources")


@router.post("/{resource_id}/uses", status_code=201, responses=refusals(404))
async def record_use(
    resource_id: UUID,
    draft: UseDraft,
    caller: AssignmentsFinisher,
    grant: MaybeGrant,
    session: Session,
    now: Now,
) -> Use:
    """Record a use of a resource: the calling student's own, that of a child for whom the caller
    has a grant of students, or one without a child. Announces `resources.use.recorded.v1`."""
    row = await actions.record(session, caller, resource_id, draft, grant, now)
    return await queries.one_use(session, caller, row.id)


@router.get("/{resource_id}/use", responses=refusals(404))
async def read_use(
    resource_id: UUID, caller: LibraryWriterOrIndicatorsReader, reader: Reader
) -> ResourceUse:
    """How often a resource was used and assigned. No child is named."""
    return await queries.use_of(reader, caller, resource_id)
