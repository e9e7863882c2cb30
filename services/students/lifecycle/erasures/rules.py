"""When a child's record may be erased, and when that is certified.

Basis: 34 CFR 99.10(e): nothing is destroyed while a family's request about it is open.
"""

from collections.abc import Collection

from shared.contracts.students.erasure import ErasureDraft, ErasureGround
from shared.contracts.students.student import StudentStatus
from shared.core.refusals import Conflict

ANSWERING = frozenset({"students", "partners", "resources", "outcomes"})
"""Whose word makes the certificate whole."""


def ensure_may_be_erased(status: str, draft: ErasureDraft, *, asked: bool) -> None:
    """`asked`: the family has asked for an amendment that is not decided."""
    if draft.ground is ErasureGround.RETENTION_ENDED:
        raise Conflict("retention-ends-by-itself", "What has had its time leaves by itself.")
    if draft.ground is ErasureGround.LEFT and status != StudentStatus.LEFT:
        raise Conflict("student-not-left", "The child has not left.")
    if asked:
        raise Conflict("amendment-open", "Decide first what the family asked to have amended.")


def complete(confirmed: Collection[str]) -> bool:
    return set(confirmed) >= ANSWERING
