"""To which child a use belongs."""

from uuid import UUID

from services.resources.assignment.assignments.rules import ensure_grant
from shared.core.refusals import Forbidden
from shared.security.grants import Grant
from shared.security.principal import Principal, Role


def whose(caller: Principal, named: UUID | None, grant: Grant | None) -> UUID | None:
    """The calling student; else the child that the caller names and has a grant for; else none."""
    if caller.role is Role.STUDENT:
        if named not in {None, caller.person_id}:
            raise Forbidden("grant-refused", "You may not have this part of the child's record.")
        return caller.person_id
    if named is not None:
        ensure_grant(grant, named)
    return named
