"""What must hold for a person who is to be given a role."""

from shared.core.refusals import Fault, Malformed
from shared.security.principal import Role

MISSING = {
    Role.GUARDIAN: "The records of your district name no such guardian of a child.",
    Role.STUDENT: "The records of your district have no such student.",
}
NOT_ON_STAFF = "The records of your district name no such member of staff."


def ensure_known(role: Role, *, known: bool) -> None:
    """Nobody at all, somebody of another district and somebody of another kind are refused alike."""
    if not known:
        reason = MISSING.get(role, NOT_ON_STAFF)
        raise Malformed(
            "person-unknown", reason,
            [Fault(field="body.person_id", code="person-unknown", reason=reason)],
        )  # fmt: skip
