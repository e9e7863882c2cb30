"""The conditions of erasing a child's record and of certifying the erasure.

Basis: 34 CFR 99.10(e): nothing is destroyed while a family's request about it is open.
"""

from collections.abc import Collection

from shared.contracts.students.erasure import ErasureDraft, ErasureGround
from shared.contracts.students.student import StudentStatus
from shared.core.refusals import Conflict

ANSWERING = frozenset({"students", "partners", "resources", "outcomes"})
"""The services whose confirmations complete the certificate."""


def ensure_may_be_erased(
    status: str, draft: ErasureDraft, *, asked: bool, undecided: bool
) -> None:
    """Refuse an erasure by hand on the ground of retention, of a child who has not left, or with an
    open amendment. `asked`: the family has asked for an amendment that is not decided. `undecided`:
    the record may be of the same child as another, which it then protects."""
    if draft.ground is ErasureGround.RETENTION_ENDED:
        raise Conflict(
            "retention-ends-by-itself",
            "The platform itself erases records whose retention time has ended.",
        )
    if draft.ground is ErasureGround.LEFT and status != StudentStatus.LEFT:
        raise Conflict("student-not-left", "The child has not left the district.")
    if asked:
        raise Conflict(
            "amendment-open", "Decide first on the amendment that the family asked for."
        )
    if undecided:
        raise Conflict(
            "duplicate-open",
            "Another record may be of the same child. Decide first whether it is.",
        )


def complete(confirmed: Collection[str]) -> bool:
    return set(confirmed) >= ANSWERING
