"""The internal route by which the gateway asks before it passes on a membership or an invitation."""

from uuid import UUID

from services.students.roster.role_holders import queries, rules
from shared.core.refusals import refusals
from shared.http.route import internal
from shared.persistence.database import Reader
from shared.security.callers import MembershipsWriter
from shared.security.principal import Role

composed = internal()


@composed.get("/people/{person_id}/roles/{role}", responses=refusals(404))
async def read_role_holder(
    person_id: UUID, role: Role, caller: MembershipsWriter, reader: Reader
) -> UUID:
    """The person, where the caller's district has it as somebody who may have this role."""
    known = await queries.is_known(reader, caller, person_id, role)
    rules.ensure_known(role, known=known)
    return person_id
